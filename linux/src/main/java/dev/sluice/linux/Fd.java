package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** File descriptors: close(2), read(2), write(2), open(2), pipe2(2). */
final class Fd {
  static final int O_RDONLY = 0;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;

  private static final MethodHandle CLOSE =
      Sys.bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      Sys.bind("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      Sys.bind("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  private Fd() {}

  /** Closes; an error of close(2) leaves nothing to be done and is not told. */
  static void close(int fd) {
    try {
      int _ = (int) CLOSE.invokeExact(Scratch.mine().errno.state(), fd);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** How many bytes came, 0 at the end, or {@code -errno}. */
  static int read(int fd, MemorySegment into, long length) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      long n = (long) READ.invokeExact(errno.state(), fd, into, length);
      return (int) errno.or(n);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** How many bytes went, or {@code -errno}. */
  static int write(int fd, MemorySegment from, long length) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      long n = (long) WRITE.invokeExact(errno.state(), fd, from, length);
      return (int) errno.or(n);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Opening and making descriptors: apart, so that a loop does not link what it never calls. */
  static final class Open {
    private static final MethodHandle OPEN =
        Sys.bind(
            "open",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle PIPE2 =
        Sys.bind("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    private Open() {}

    /** A descriptor of the file, closed on exec. */
    static int file(String path, int flags, String attempt) {
      Sys.CallState errno = Scratch.mine().errno;
      try (var arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom(path);
        int fd = (int) OPEN.invokeExact(errno.state(), name, flags | O_CLOEXEC, 0);
        return (int) errno.orThrow(fd, "open", attempt);
      } catch (Throwable t) {
        throw Sys.rethrow(t);
      }
    }

    /**
     * A pipe, closed on exec, both ends non-blocking; whoever opens an end anew by /proc/self/fd
     * has a blocking one of its own.
     */
    static Pipe pipe() {
      Scratch scratch = Scratch.mine();
      try {
        int result =
            (int) PIPE2.invokeExact(scratch.errno.state(), scratch.option, O_CLOEXEC | O_NONBLOCK);
        long _ = scratch.errno.orThrow(result, "pipe2", "make a pipe");
      } catch (Throwable t) {
        throw Sys.rethrow(t);
      }
      return new Pipe(scratch.option.get(JAVA_INT, 0), scratch.option.get(JAVA_INT, 4));
    }
  }

  /** The two ends of a pipe. */
  record Pipe(int reading, int writing) {}
}
