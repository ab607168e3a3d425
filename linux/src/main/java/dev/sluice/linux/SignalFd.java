package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * signalfd(2): signals as numbers to be read. It gets only what <em>every</em> thread of the
 * process blocks; a JVM's threads block what the process was started with, but for those signals
 * that HotSpot handles. So the launcher blocks and ignores them before the JVM starts: HotSpot
 * leaves an ignored signal alone, and the kernel keeps a blocked one although it is ignored.
 */
public final class SignalFd implements AutoCloseable {
  public static final int HUP = 1;
  public static final int INT = 2;
  public static final int USR1 = 10;
  public static final int USR2 = 12;
  public static final int TERM = 15;

  /** The first real-time signal that the C library leaves to programs. */
  public static final int RTMIN = 34;

  /** The last one. */
  public static final int RTMAX = 64;

  private static final int SIG_BLOCK = 0;
  private static final int SIGSET_BYTES = 128;
  private static final int SIGINFO_BYTES = 128;
  private static final int CLOEXEC = Fd.O_CLOEXEC;

  private static final MethodHandle SIGNALFD =
      Sys.bind("signalfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SIGMASK =
      Sys.bind("pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SIGNAL =
      Sys.bind("signal", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG));

  private final Arena arena = Arena.ofShared();
  private final MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
  private final int fd;

  private SignalFd(int fd) {
    this.fd = fd;
  }

  /**
   * Reads these signals from now on. Their disposition becomes the default again, so that processes
   * we start do not inherit that they are ignored.
   *
   * @param signals numbers that {@link #blocked} holds true for
   */
  public static SignalFd open(int... signals) {
    Sys.CallState errno = Scratch.mine().errno;
    try (var arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(SIGSET_BYTES, 8);
      for (int signal : signals) {
        add(set, signal);
        long _ = (long) SIGNAL.invokeExact(errno.state(), signal, 0L);
      }
      int made = (int) SIGNALFD.invokeExact(errno.state(), -1, set, CLOEXEC);
      return new SignalFd((int) errno.orThrow(made, "signalfd", "read signals"));
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Whether the calling thread blocks a signal; its threads inherit that. */
  public static boolean blocked(int signal) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(SIGSET_BYTES, 8);
      int _ =
          (int)
              SIGMASK.invokeExact(Scratch.mine().errno.state(), SIG_BLOCK, MemorySegment.NULL, set);
      return (set.get(JAVA_BYTE, (signal - 1) / 8) >> (signal - 1) % 8 & 1) == 1;
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  private static void add(MemorySegment set, int signal) {
    int at = (signal - 1) / 8;
    set.set(JAVA_BYTE, at, (byte) (set.get(JAVA_BYTE, at) | 1 << (signal - 1) % 8));
  }

  /** Waits for the next signal and answers its number. One thread at a time. */
  public int take() {
    while (true) {
      int n = Fd.read(fd, info, SIGINFO_BYTES);
      if (n == SIGINFO_BYTES) {
        return info.get(JAVA_INT, 0);
      }
      if (n != -Errno.EINTR) {
        throw new SyscallException("read", n < 0 ? -n : 0, "read a signal");
      }
    }
  }

  /** Nobody may be in {@link #take} any more. */
  @Override
  public void close() {
    Fd.close(fd);
    arena.close();
  }
}
