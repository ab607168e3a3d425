package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The births, names and deaths of all processes of the machine, from the kernel's process connector
 * (linux/cn_proc.h). Threads are left out. Needs CAP_NET_ADMIN before Linux 6.6, and the machine's
 * own process namespace; a daemon in another network namespace listens in that of process 1.
 *
 * <p>Non-blocking: watch {@link #fd} and {@link #drain}. Open it before the first {@link
 * Processes#all}, and none falls between the two.
 */
public final class ProcessEvents implements AutoCloseable {
  private static final int NETLINK_CONNECTOR = 11;
  private static final int CN_IDX_PROC = 1;
  private static final int CN_VAL_PROC = 1;
  private static final int LISTEN = 1;

  /** {@code struct cn_msg}: idx, val, seq, ack, u16 len, u16 flags. */
  private static final int CN_MSG = 20;

  private static final int NONE = 0;
  private static final int FORK = 0x1;
  private static final int EXEC = 0x2;
  private static final int COMM = 0x200;
  private static final int EXIT = 0x8000_0000;

  /** In {@code struct proc_event}: what, cpu, u64 time, then what happened. */
  private static final int WHAT = NetlinkReader.HEADER + CN_MSG;

  private static final int DATA = WHAT + 16;
  private static final int BUFFER = 8192;
  private static final int RECEIVE_BUFFER = 4 << 20;
  private static final int DATAGRAMS_PER_DRAIN = 1024;
  private static final long ANSWER_MILLIS = 1000;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment in = arena.allocate(BUFFER, 8);
  private final int fd;
  private boolean closed;

  private ProcessEvents() {
    fd =
        Sockets.open(
            Sockaddr.AF_NETLINK,
            Sockets.SOCK_DGRAM | Sockets.SOCK_NONBLOCK,
            NETLINK_CONNECTOR,
            "listen to process events");
    try {
      if (Sockets.intOption(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, RECEIVE_BUFFER) < 0) {
        int _ = Sockets.intOption(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, RECEIVE_BUFFER);
      }
      int length = Sockaddr.netlink(Scratch.mine().address, CN_IDX_PROC);
      Sockets.check(
          Sockets.bind(fd, length), "bind", "listen to process events (needs CAP_NET_ADMIN)");
      listen(false);
      awaitConsent();
      if (KernelVersion.current().atLeast(6, 6)) {
        listen(true);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Listens from now on.
   *
   * @throws UnsupportedKernelException when the kernel does not answer: it has no process
   *     connector, or we are in a container, or in a network namespace without the right to leave
   *     it for a moment; {@link Processes} still tells what runs
   */
  public static ProcessEvents open() {
    try {
      return new ProcessEvents();
    } catch (SyscallException e) {
      if (e.is(Errno.EPROTONOSUPPORT)) {
        throw unsupported();
      }
      if (!e.is(Errno.ECONNREFUSED)) {
        throw e;
      }
    }
    // The connector lives in the first network namespace only; a socket stays where it was made.
    try {
      return NetworkNamespace.in(Path.of("/proc/1/ns/net"), ProcessEvents::new);
    } catch (SyscallException e) {
      // Another namespace's door may be closed to us: that takes CAP_SYS_PTRACE and CAP_SYS_ADMIN.
      if (e.is(Errno.ECONNREFUSED) || e.is(Errno.EACCES) || e.is(Errno.EPERM)) {
        throw unsupported();
      }
      throw e;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("interrupted while listening to process events", e);
    }
  }

  private static UnsupportedKernelException unsupported() {
    return new UnsupportedKernelException(
        "process connector (CONFIG_PROC_EVENTS, outside containers)",
        "2.6.15",
        "processes can only be looked for from time to time");
  }

  /**
   * Linux 6.6 takes a mask of events behind the word. The confirmation passes no such mask, so it
   * is given only after that.
   */
  private void listen(boolean filter) {
    int words = filter ? 2 : 1;
    int length = NetlinkReader.HEADER + CN_MSG + 4 * words;
    NetlinkWriter out = new NetlinkWriter(in);
    NetlinkWriter _ =
        out.begin(Rtm.NLMSG_DONE, 0, 0)
            .u32(CN_IDX_PROC)
            .u32(CN_VAL_PROC)
            .u32(0)
            .u32(0)
            .u16(4 * words)
            .u16(0)
            .u32(LISTEN);
    if (filter) {
      NetlinkWriter _ = out.u32(FORK | EXEC | COMM | EXIT);
    }
    MemorySegment message = out.finish();
    int addressLength = Sockaddr.netlink(Scratch.mine().address, 0);
    int sent = Sockets.sendTo(fd, message, length, addressLength);
    Sockets.check(sent, "sendto", "listen to process events");
  }

  /** The kernel confirms with an event of its own; where it will not, it says nothing at all. */
  private void awaitConsent() {
    long deadline = System.nanoTime() + ANSWER_MILLIS * 1_000_000;
    try (Epoll epoll = new Epoll(1)) {
      epoll.add(fd, Epoll.IN, 0);
      while (true) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || epoll.await(left) < 0) {
          throw unsupported();
        }
        int n = Sockets.receiveFrom(fd, in, Sockets.MSG_DONTWAIT);
        if (n >= DATA + 4 && in.get(JAVA_INT_UNALIGNED, WHAT) == NONE) {
          int error = in.get(JAVA_INT_UNALIGNED, DATA);
          Sockets.check(-error, "connector", "listen to process events (needs CAP_NET_ADMIN)");
          return;
        }
      }
    }
  }

  /** Room for what waits, in bytes; forced: beyond net.core.rmem_max, with CAP_NET_ADMIN. */
  public void receiveBuffer(long bytes, boolean forced) {
    Sockets.receiveBuffer(fd, bytes, forced);
  }

  /** For {@link EventLoop#watch}. */
  public int fd() {
    return fd;
  }

  /** Tells every event that waits, in order; after very many it returns with the rest unread. */
  public void drain(Consumer<ProcessEvent> to) {
    for (int i = 0; i < DATAGRAMS_PER_DRAIN; i++) {
      int n = Sockets.receiveFrom(fd, in, Sockets.MSG_DONTWAIT);
      if (n == -Errno.EINTR) {
        continue;
      }
      if (n == -Errno.ENOBUFS) {
        to.accept(new ProcessEvent.Overrun());
        continue;
      }
      if (n < 0) {
        return;
      }
      if (n >= DATA + 8 && Sockaddr.netlinkPort(Scratch.mine().address) == 0) {
        tell(n, to);
      }
    }
  }

  private void tell(int length, Consumer<ProcessEvent> to) {
    if ((in.get(JAVA_SHORT_UNALIGNED, NetlinkReader.HEADER + 16L) & 0xffff) < 24) {
      return;
    }
    int first = word(0);
    int second = word(1);
    switch (in.get(JAVA_INT_UNALIGNED, WHAT)) {
      case FORK -> {
        if (length >= DATA + 16 && word(2) == word(3)) {
          to.accept(new ProcessEvent.Forked(second, word(3)));
        }
      }
      case EXEC -> to.accept(new ProcessEvent.Executed(second));
      case COMM -> {
        if (first == second && length >= DATA + 24) {
          to.accept(new ProcessEvent.Renamed(second, name()));
        }
      }
      case EXIT -> {
        if (first == second) {
          to.accept(new ProcessEvent.Exited(second, word(2)));
        }
      }
      default -> {}
    }
  }

  private int word(int index) {
    return in.get(JAVA_INT_UNALIGNED, DATA + 4L * index);
  }

  private String name() {
    byte[] name = new byte[16];
    MemorySegment.copy(in, JAVA_BYTE, DATA + 8L, name, 0, 16);
    int end = 0;
    while (end < 16 && name[end] != 0) {
      end++;
    }
    return new String(name, 0, end, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Fd.close(fd);
      arena.close();
    }
  }
}
