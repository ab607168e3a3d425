package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;

/**
 * A named pipe (fifo(7)) that we write to. It is held open for reading, too, so that it needs no
 * reader to be opened, and keeps what is written until one comes. Writing never waits. One thread's
 * at a time.
 */
public final class NamedPipe implements AutoCloseable {
  /** PIPE_BUF: up to this many bytes go whole or not at all. */
  public static final int MOST = 4096;

  private static final int O_RDWR = 2;
  private static final int S_IFMT = 0xf000;
  private static final int S_IFIFO = 0x1000;

  private static final MethodHandle MKFIFO =
      Sys.bind("mkfifo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(MOST);
  private final Path path;
  private final boolean created;
  private final int fd;
  private boolean closed;

  private NamedPipe(Path path, boolean created, int fd) {
    this.path = path;
    this.created = created;
    this.fd = fd;
  }

  /**
   * Opens the pipe, and makes it where there is none.
   *
   * @param permissions of one that is made
   * @param uid its owner, when we may say so; -1: ourselves
   * @param gid its group; -1: our own
   * @throws IOException something else is there, or it cannot be made
   */
  public static NamedPipe open(Path path, Set<PosixFilePermission> permissions, int uid, int gid)
      throws IOException {
    boolean created = make(path);
    if (created) {
      Path _ = Files.setPosixFilePermissions(path, permissions);
      if (Capabilities.has(Capability.CHOWN)) {
        own(path, "unix:uid", uid);
        own(path, "unix:gid", gid);
      }
    }
    if (!isPipe(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(path + " exists and is no named pipe: remove it, or name another");
    }
    int fd;
    try {
      fd = Fd.Open.file(path.toString(), O_RDWR | Fd.O_NONBLOCK, "open the pipe " + path);
    } catch (SyscallException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (!isPipe(Path.of("/proc/self/fd/" + fd))) {
      Fd.close(fd);
      throw new IOException(path + " was replaced while it was opened: reload to try again");
    }
    return new NamedPipe(path, created, fd);
  }

  private static boolean make(Path path) throws IOException {
    Sys.CallState errno = Scratch.mine().errno;
    try (Arena arena = Arena.ofConfined()) {
      int result =
          (int) MKFIFO.invokeExact(errno.state(), arena.allocateFrom(path.toString()), 0600);
      if (result < 0 && errno.errno() == Errno.EEXIST) {
        return false;
      }
      long _ = errno.orThrow(result, "mkfifo", "make the pipe " + path);
      return true;
    } catch (SyscallException e) {
      throw new IOException(e.getMessage(), e);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  private static void own(Path path, String attribute, int number) throws IOException {
    if (number >= 0) {
      Path _ = Files.setAttribute(path, attribute, number, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static boolean isPipe(Path path, LinkOption... options) throws IOException {
    Map<String, Object> facts = Files.readAttributes(path, "unix:mode", options);
    return facts.get("mode") instanceof Integer mode && (mode & S_IFMT) == S_IFIFO;
  }

  /**
   * Writes these bytes whole, or nothing.
   *
   * @return false: the pipe is full
   */
  public boolean write(byte[] bytes) throws IOException {
    if (bytes.length > MOST) {
      throw new IllegalArgumentException(bytes.length + " bytes do not go into a pipe whole");
    }
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    int n = Fd.write(fd, buffer, bytes.length);
    if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
      return false;
    }
    if (n < 0) {
      throw new IOException("cannot write to the pipe " + path + ": " + Errno.text(-n));
    }
    return true;
  }

  /** Whether {@link #open} has made it. */
  public boolean created() {
    return created;
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Closes our end; what was not read is lost with it unless a reader has it open. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Fd.close(fd);
      arena.close();
    }
  }
}
