package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * epoll(7): readiness of file descriptors, each known to its owner by a token. Level-triggered. The
 * wait is epoll_pwait2(2), whose time-out is in nanoseconds, so that a turn of a loop needs no
 * timerfd and no second system call.
 */
final class Epoll implements AutoCloseable {
  static final int IN = 0x1;
  static final int OUT = 0x4;
  static final int ERR = 0x8;
  static final int HUP = 0x10;

  private static final int CTL_ADD = 1;
  private static final int CTL_DEL = 2;
  private static final int CTL_MOD = 3;
  private static final int EPOLL_CLOEXEC = 0x80000;

  /**
   * The same number on every architecture; through syscall(2) as glibc knows it only since 2.35.
   */
  private static final long SYS_EPOLL_PWAIT2 = 441;

  /** {@code struct epoll_event}: packed on x86-64 only. */
  static final StructLayout EVENT =
      (System.getProperty("os.arch").equals("amd64")
              ? MemoryLayout.structLayout(
                  JAVA_INT.withName("events"), JAVA_LONG_UNALIGNED.withName("data"))
              : MemoryLayout.structLayout(
                  JAVA_INT.withName("events"),
                  MemoryLayout.paddingLayout(4),
                  JAVA_LONG.withName("data")))
          .withName("epoll_event");

  /** {@code struct timespec} of 64-bit machines. */
  static final StructLayout TIMESPEC =
      MemoryLayout.structLayout(JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"))
          .withName("timespec");

  private static final long DATA = EVENT.byteOffset(groupElement("data"));
  private static final long SIZE = EVENT.byteSize();

  private static final MethodHandle CREATE =
      Sys.bind("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle CTL =
      Sys.bind("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle PWAIT2 =
      Sys.bind(
          "syscall",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));

  private final Arena arena = Arena.ofShared();
  private final Sys.CallState errno = Sys.CallState.in(arena);
  private final int batch;
  private final MemorySegment ready;
  private final MemorySegment one = arena.allocate(EVENT);
  private final MemorySegment timeout = arena.allocate(TIMESPEC);
  private final int fd;

  /**
   * @param batch how many ready descriptors one wait can tell
   */
  Epoll(int batch) {
    this.batch = batch;
    ready = arena.allocate(EVENT, batch);
    fd = create();
    if (await(0) == -Errno.ENOSYS) {
      close();
      throw new UnsupportedKernelException(
          "epoll_pwait2", "5.11", "sluice cannot wait to the nanosecond; upgrade the kernel");
    }
  }

  private int create() {
    try {
      int created = (int) CREATE.invokeExact(errno.state(), EPOLL_CLOEXEC);
      return (int) errno.orThrow(created, "epoll_create1", "open an event loop");
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  void add(int target, int events, long token) {
    long _ = errno.orThrow(control(CTL_ADD, target, events, token), "epoll_ctl", watching(target));
  }

  void modify(int target, int events, long token) {
    long _ = errno.orThrow(control(CTL_MOD, target, events, token), "epoll_ctl", watching(target));
  }

  /** Forgets a descriptor; one that was closed before is forgotten already. */
  void remove(int target) {
    int _ = control(CTL_DEL, target, 0, 0);
  }

  private static String watching(int target) {
    return "watch file descriptor " + target;
  }

  private int control(int operation, int target, int events, long token) {
    one.set(JAVA_INT, 0, events);
    one.set(JAVA_LONG_UNALIGNED, DATA, token);
    try {
      return (int) CTL.invokeExact(errno.state(), fd, operation, target, one);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /**
   * Waits at most so long, for ever when negative. Answers how many of {@link #events} and {@link
   * #token} are valid (0 also when a signal came), or {@code -errno}.
   */
  int await(long nanos) {
    MemorySegment limit = MemorySegment.NULL;
    if (nanos >= 0) {
      timeout.set(JAVA_LONG, 0, nanos / 1_000_000_000L);
      timeout.set(JAVA_LONG, 8, nanos % 1_000_000_000L);
      limit = timeout;
    }
    long n;
    try {
      n =
          (long)
              PWAIT2.invokeExact(
                  errno.state(),
                  SYS_EPOLL_PWAIT2,
                  (long) fd,
                  ready,
                  (long) batch,
                  limit,
                  MemorySegment.NULL,
                  8L);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
    long result = errno.or(n);
    return result == -Errno.EINTR ? 0 : (int) result;
  }

  int events(int index) {
    return ready.get(JAVA_INT_UNALIGNED, index * SIZE);
  }

  long token(int index) {
    return ready.get(JAVA_LONG_UNALIGNED, index * SIZE + DATA);
  }

  @Override
  public void close() {
    Fd.close(fd);
    arena.close();
  }
}
