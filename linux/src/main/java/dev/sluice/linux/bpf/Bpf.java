package dev.sluice.linux.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.linux.Errno;
import dev.sluice.linux.Sys;
import dev.sluice.linux.SyscallException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** bpf(2) and the few calls around it; offsets are those of {@code union bpf_attr}. */
final class Bpf {
  static final int MAP_CREATE = 0;
  static final int MAP_LOOKUP = 1;
  static final int MAP_UPDATE = 2;
  static final int MAP_DELETE = 3;
  static final int OBJ_PIN = 6;
  static final int OBJ_GET = 7;
  static final int PROG_TEST_RUN = 10;
  static final int OBJ_GET_INFO_BY_FD = 15;
  static final int MAP_LOOKUP_BATCH = 24;
  static final int LINK_CREATE = 28;
  static final int LINK_UPDATE = 29;
  static final int LINK_DETACH = 34;

  private static final int ATTR_BYTES = 128;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final long SYS_BPF = System.getProperty("os.arch").equals("aarch64") ? 280 : 321;

  private static final MethodHandle SYSCALL =
      Sys.bind(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle CLOSE =
      Sys.bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FCNTL =
      Sys.bind(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle MMAP =
      Sys.bind(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      Sys.bind("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

  private static final ThreadLocal<Call> CALL = ThreadLocal.withInitial(Call::new);

  private Bpf() {}

  /** What one thread's calls need: made once per thread. */
  static final class Call {
    final Arena arena = Arena.ofAuto();
    final Sys.CallState state = Sys.CallState.in(arena);
    final MemorySegment attr = arena.allocate(ATTR_BYTES, 8);
    final MemorySegment info = arena.allocate(256, 8);
    final MemorySegment key = arena.allocate(8, 8);

    /** The attributes, zeroed. */
    Call fresh() {
      attr.fill((byte) 0);
      return this;
    }

    Call putInt(long offset, int value) {
      attr.set(JAVA_INT, offset, value);
      return this;
    }

    Call putLong(long offset, long value) {
      attr.set(JAVA_LONG, offset, value);
      return this;
    }

    Call putAddress(long offset, MemorySegment value) {
      attr.set(JAVA_LONG, offset, value.address());
      return this;
    }

    int getInt(long offset) {
      return attr.get(JAVA_INT, offset);
    }

    /** The call's result, or {@code -errno}. */
    int bpf(int command) {
      try {
        return (int)
            state.or((long) SYSCALL.invokeExact(state.state(), SYS_BPF, command, attr, ATTR_BYTES));
      } catch (Throwable t) {
        throw Sys.rethrow(t);
      }
    }

    /** The call's result, or the exception that names the attempt. */
    int bpf(int command, String attempt) {
      int result = bpf(command);
      if (result < 0) {
        throw failure(-result, attempt);
      }
      return result;
    }
  }

  static Call call() {
    return CALL.get().fresh();
  }

  /** Refusal for want of permission becomes the exception with the remedy. */
  static RuntimeException failure(int errno, String attempt) {
    SyscallException cause = new SyscallException("bpf", errno, attempt);
    if (errno == Errno.EPERM) {
      return new BpfException(
          attempt
              + ": not permitted. Run as root, or with the capabilities CAP_BPF, CAP_NET_ADMIN,"
              + " CAP_PERFMON and CAP_SYS_ADMIN (for pins)",
          cause);
    }
    if (errno == Errno.ENOSYS) {
      return new BpfException(attempt + ": this kernel is built without bpf(2)", cause);
    }
    return cause;
  }

  static void close(int fd) {
    try {
      int _ = (int) CLOSE.invokeExact(CALL.get().state.state(), fd);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Another descriptor of the same kernel object. */
  static int duplicate(int fd) {
    Sys.CallState state = CALL.get().state;
    try {
      int copy = (int) FCNTL.invokeExact(state.state(), fd, F_DUPFD_CLOEXEC, 3);
      return (int) state.orThrow(copy, "fcntl", "duplicate a BPF descriptor");
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** The kernel's memory of a map, until the arena closes. */
  static MemorySegment map(int fd, long bytes, Arena arena, String what) {
    Sys.CallState state = CALL.get().state;
    try {
      long address =
          (long)
              MMAP.invokeExact(
                  state.state(), MemorySegment.NULL, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0L);
      if (address == -1) {
        throw new SyscallException("mmap", state.errno(), "map the memory of " + what);
      }
      return MemorySegment.ofAddress(address).reinterpret(bytes, arena, Bpf::unmap);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  private static void unmap(MemorySegment segment) {
    try {
      int _ = (int) MUNMAP.invokeExact(CALL.get().state.state(), segment, segment.byteSize());
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** What the kernel tells about the object behind a descriptor; valid until the next call. */
  static MemorySegment info(int fd, String attempt) {
    Call call = call();
    call.info.fill((byte) 0);
    call.putInt(0, fd).putInt(4, (int) call.info.byteSize()).putAddress(8, call.info);
    call.bpf(OBJ_GET_INFO_BY_FD, attempt);
    return call.info;
  }

  /** A C string field of fixed size. */
  static String fixedString(MemorySegment at, long offset, int size) {
    byte[] bytes = at.asSlice(offset, size).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.US_ASCII);
  }
}
