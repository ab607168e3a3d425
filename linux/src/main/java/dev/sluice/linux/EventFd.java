package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** eventfd(2): a bell that any thread can ring and a loop can hear. */
final class EventFd implements AutoCloseable {
  private static final MethodHandle EVENTFD =
      Sys.bind("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle RING =
      Sys.bind("eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle SILENCE =
      Sys.bind("eventfd_read", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

  private final int fd;

  EventFd() {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      int made = (int) EVENTFD.invokeExact(errno.state(), 0, Fd.O_NONBLOCK | Fd.O_CLOEXEC);
      fd = (int) errno.orThrow(made, "eventfd", "open an event loop");
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  int fd() {
    return fd;
  }

  /** Makes the descriptor readable. */
  void ring() {
    try {
      int _ = (int) RING.invokeExact(Scratch.mine().errno.state(), fd, 1L);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Makes it unreadable again. */
  void silence() {
    Scratch scratch = Scratch.mine();
    try {
      int _ = (int) SILENCE.invokeExact(scratch.errno.state(), fd, scratch.option);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  @Override
  public void close() {
    Fd.close(fd);
  }
}
