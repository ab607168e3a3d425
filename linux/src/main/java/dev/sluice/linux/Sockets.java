package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** The socket calls, on descriptors; what a socket is for is the business of its class. */
final class Sockets {
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_NONBLOCK = Fd.O_NONBLOCK;
  static final int SOCK_CLOEXEC = Fd.O_CLOEXEC;

  static final int MSG_TRUNC = 0x20;
  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_NOSIGNAL = 0x4000;

  static final int SOL_SOCKET = 1;
  static final int SO_ERROR = 4;
  static final int SO_SNDBUF = 7;
  static final int SO_RCVBUF = 8;
  static final int SO_PRIORITY = 12;
  static final int SO_LINGER = 13;
  static final int SO_RCVTIMEO = 20;
  static final int SO_BINDTODEVICE = 25;
  static final int SO_RCVBUFFORCE = 33;
  static final int SO_TIMESTAMPNS = 35;
  static final int SO_MARK = 36;
  static final int SO_RXQ_OVFL = 40;
  static final int SO_MEMINFO = 55;

  /** SK_MEMINFO_DROPS: the place of the count among the words of SO_MEMINFO, which are nine. */
  private static final int MEMINFO_DROPS = 8;

  private static final MethodHandle SOCKET =
      Sys.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      Sys.bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CONNECT =
      Sys.bind("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      Sys.bind(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKOPT =
      Sys.bind(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SENDTO =
      Sys.bind(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECVFROM =
      Sys.bind(
          "recvfrom",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));

  private static final MethodHandle SENDMSG =
      Sys.bind("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECVMSG =
      Sys.bind("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

  private Sockets() {}

  /** A socket, closed on exec. */
  static int open(int family, int type, int protocol, String attempt) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      int fd = (int) SOCKET.invokeExact(errno.state(), family, type | SOCK_CLOEXEC, protocol);
      return (int) errno.orThrow(fd, "socket", attempt);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** 0 or {@code -errno}; the address lies in the scratch memory. */
  static int bind(int fd, int addressLength) {
    Scratch scratch = Scratch.mine();
    try {
      int result =
          (int) BIND.invokeExact(scratch.errno.state(), fd, scratch.address, addressLength);
      return (int) scratch.errno.or(result);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** 0 or {@code -errno} (EINPROGRESS among them); the address lies in the scratch memory. */
  static int connect(int fd, int addressLength) {
    Scratch scratch = Scratch.mine();
    try {
      int result =
          (int) CONNECT.invokeExact(scratch.errno.state(), fd, scratch.address, addressLength);
      return (int) scratch.errno.or(result);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Sets an option whose value lies in the scratch memory: 0 or {@code -errno}. */
  static int option(int fd, int level, int option, int valueLength) {
    Scratch scratch = Scratch.mine();
    try {
      int result =
          (int)
              SETSOCKOPT.invokeExact(
                  scratch.errno.state(), fd, level, option, scratch.option, valueLength);
      return (int) scratch.errno.or(result);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Sets an {@code int} option: 0 or {@code -errno}. */
  static int intOption(int fd, int level, int option, int value) {
    Scratch.mine().option.set(JAVA_INT, 0, value);
    return option(fd, level, option, 4);
  }

  /** Sets an {@code int} option, or throws. */
  static void set(int fd, int level, int option, int value, String attempt) {
    check(intOption(fd, level, option, value), "setsockopt", attempt);
  }

  /** A receive buffer of so many bytes; forced: beyond net.core.rmem_max, with CAP_NET_ADMIN. */
  static void receiveBuffer(int fd, long bytes, boolean forced) {
    int size = (int) Math.min(bytes, Integer.MAX_VALUE);
    if (!forced || intOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, size) < 0) {
      int _ = intOption(fd, SOL_SOCKET, SO_RCVBUF, size);
    }
  }

  /** SO_BINDTODEVICE: 0 or {@code -errno}. */
  static int bindDevice(int fd, String device) {
    byte[] name = device.getBytes(StandardCharsets.UTF_8);
    if (name.length > 15) {
      return -Errno.ENODEV;
    }
    MemorySegment value = Scratch.mine().option;
    MemorySegment.copy(name, 0, value, JAVA_BYTE, 0, name.length);
    return option(fd, SOL_SOCKET, SO_BINDTODEVICE, name.length);
  }

  /** An {@code int} option's value, or {@code -errno}. */
  static int intOption(int fd, int level, int option) {
    Scratch scratch = Scratch.mine();
    scratch.addressLength.set(JAVA_INT, 0, 4);
    try {
      int result =
          (int)
              GETSOCKOPT.invokeExact(
                  scratch.errno.state(), fd, level, option, scratch.option, scratch.addressLength);
      return result < 0 ? (int) scratch.errno.or(result) : scratch.option.get(JAVA_INT, 0);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /**
   * SO_MEMINFO's count of packets that the kernel dropped instead of queueing them, as 32 bits; 0
   * where the kernel does not tell (before 4.12).
   */
  static int drops(int fd) {
    Scratch scratch = Scratch.mine();
    int length = (MEMINFO_DROPS + 1) * Integer.BYTES;
    scratch.addressLength.set(JAVA_INT, 0, length);
    try {
      int result =
          (int)
              GETSOCKOPT.invokeExact(
                  scratch.errno.state(),
                  fd,
                  SOL_SOCKET,
                  SO_MEMINFO,
                  scratch.option,
                  scratch.addressLength);
      return result < 0 || scratch.addressLength.get(JAVA_INT, 0) < length
          ? 0
          : scratch.option.get(JAVA_INT, (long) MEMINFO_DROPS * Integer.BYTES);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Sends to the address in the scratch memory: bytes sent or {@code -errno}; never waits. */
  static int sendTo(int fd, MemorySegment data, long length, int addressLength) {
    Scratch scratch = Scratch.mine();
    try {
      long n =
          (long)
              SENDTO.invokeExact(
                  scratch.errno.state(),
                  fd,
                  data,
                  length,
                  MSG_DONTWAIT | MSG_NOSIGNAL,
                  scratch.address,
                  addressLength);
      return (int) scratch.errno.or(n);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Sends to the connected peer: bytes sent or {@code -errno}; a lost peer raises no signal. */
  static int send(int fd, MemorySegment data, long length) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      long n =
          (long)
              SENDTO.invokeExact(
                  errno.state(), fd, data, length, MSG_NOSIGNAL, MemorySegment.NULL, 0);
      return (int) errno.or(n);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Receives: bytes or {@code -errno}. */
  static int receive(int fd, MemorySegment into, int flags) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      long n =
          (long)
              RECVFROM.invokeExact(
                  errno.state(),
                  fd,
                  into,
                  into.byteSize(),
                  flags,
                  MemorySegment.NULL,
                  MemorySegment.NULL);
      return (int) errno.or(n);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Receives, and leaves the sender in the scratch memory: bytes or {@code -errno}. */
  static int receiveFrom(int fd, MemorySegment into, int flags) {
    Scratch scratch = Scratch.mine();
    scratch.addressLength.set(JAVA_INT, 0, (int) scratch.address.byteSize());
    try {
      long n =
          (long)
              RECVFROM.invokeExact(
                  scratch.errno.state(),
                  fd,
                  into,
                  into.byteSize(),
                  flags,
                  scratch.address,
                  scratch.addressLength);
      return (int) scratch.errno.or(n);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Sends what a {@code struct msghdr} tells: bytes sent or {@code -errno}; never waits. */
  static int sendMessage(int fd, MemorySegment header) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      long n = (long) SENDMSG.invokeExact(errno.state(), fd, header, MSG_DONTWAIT | MSG_NOSIGNAL);
      return (int) errno.or(n);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Receives into what a {@code struct msghdr} points to: bytes or {@code -errno}. */
  static int receiveMessage(int fd, MemorySegment header, int flags) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      long n = (long) RECVMSG.invokeExact(errno.state(), fd, header, flags);
      return (int) errno.or(n);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Throws for {@code -errno}. */
  static void check(int result, String call, String attempt) {
    if (result < 0) {
      throw new SyscallException(call, -result, attempt);
    }
  }
}
