package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes of files by inotify(7), of whatever now has the name: it is the folder that is watched,
 * so that a file may be written in place, replaced by a rename as editors do, removed, and created
 * later, its folder too. A name that is a symbolic link is told also when a link beside it is
 * replaced (as Kubernetes publishes its files).
 *
 * <p>Non-blocking: watch {@link #fd} and {@link #drain}. It looks at the file system in {@link
 * #add} and {@link #drain}: not for a thread that must not wait. Used from one thread at a time.
 */
public final class FileWatch implements AutoCloseable {
  /** What happened. */
  public enum Kind {
    /** There is new content: read it. */
    CHANGED,
    /** The name is gone. */
    REMOVED,
    /** Changes were lost: read this file again. */
    UNKNOWN
  }

  /** What happened to a file. */
  public record Change(Path file, Kind kind) {}

  private static final int IN_CLOSE_WRITE = 0x8;
  private static final int IN_MOVED_FROM = 0x40;
  private static final int IN_MOVED_TO = 0x80;
  private static final int IN_CREATE = 0x100;
  private static final int IN_DELETE = 0x200;
  private static final int IN_MOVE_SELF = 0x800;
  private static final int IN_Q_OVERFLOW = 0x4000;
  private static final int IN_IGNORED = 0x8000;
  private static final int IN_ONLYDIR = 0x0100_0000;
  private static final int MASK =
      IN_CLOSE_WRITE
          | IN_MOVED_FROM
          | IN_MOVED_TO
          | IN_CREATE
          | IN_DELETE
          | IN_MOVE_SELF
          | IN_ONLYDIR;

  /** {@code struct inotify_event}: wd, mask, cookie, len, then the name. */
  private static final int EVENT = 16;

  private static final int BUFFER = 16 * 1024;

  private static final MethodHandle INIT =
      Sys.bind("inotify_init1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle ADD =
      Sys.bind("inotify_add_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle REMOVE =
      Sys.bind("inotify_rm_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  /** A watched folder, and the files that wait for something in it. */
  private record Folder(Path path, Set<Path> files) {}

  private final Arena arena = Arena.ofShared();
  private final MemorySegment in = arena.allocate(BUFFER, 8);
  private final Map<Integer, Folder> folders = new HashMap<>();
  private final Set<Path> files = new LinkedHashSet<>();
  private final int fd;
  private boolean closed;

  private FileWatch(int fd) {
    this.fd = fd;
  }

  /** Watches nothing yet. */
  public static FileWatch open() {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      int fd = (int) INIT.invokeExact(errno.state(), Fd.O_NONBLOCK | Fd.O_CLOEXEC);
      return new FileWatch((int) errno.orThrow(fd, "inotify_init1", "watch files"));
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** For {@link EventLoop#watch}. */
  public int fd() {
    return fd;
  }

  /** Watches a file that may not exist yet; its present content is not told. */
  public void add(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    if (absolute.getParent() == null) {
      throw new IllegalArgumentException("not a file: " + file);
    }
    if (files.add(absolute)) {
      arm(absolute);
    }
  }

  /** Forgets a file. */
  public void remove(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    if (files.remove(absolute)) {
      disarm(absolute);
    }
  }

  /** Watches the file's folder, or the nearest one above it that exists. */
  private void arm(Path file) {
    Path armed = null;
    while (true) {
      Path folder = folderOf(file);
      if (folder.equals(armed)) {
        return;
      }
      disarm(file);
      int wd = watch(folder);
      if (wd >= 0) {
        folders.computeIfAbsent(wd, _ -> new Folder(folder, new HashSet<>())).files().add(file);
        // What was created between looking and watching is found by looking again.
        armed = folder;
      } else if (wd != -Errno.ENOENT && wd != -Errno.ENOTDIR) {
        throw new SyscallException("inotify_add_watch", -wd, "watch " + file + " for changes");
      }
    }
  }

  private static Path folderOf(Path file) {
    Path folder = file.getParent();
    while (folder != null && !Files.isDirectory(folder)) {
      folder = folder.getParent();
    }
    return folder == null ? Path.of("/") : folder;
  }

  private int watch(Path folder) {
    Sys.CallState errno = Scratch.mine().errno;
    try (var confined = Arena.ofConfined()) {
      MemorySegment name = confined.allocateFrom(folder.toString());
      int wd = (int) ADD.invokeExact(errno.state(), fd, name, MASK);
      return (int) errno.or(wd);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  private void disarm(Path file) {
    for (Map.Entry<Integer, Folder> entry : List.copyOf(folders.entrySet())) {
      if (entry.getValue().files().remove(file) && entry.getValue().files().isEmpty()) {
        folders.remove(entry.getKey());
        unwatch(entry.getKey());
      }
    }
  }

  private void unwatch(int wd) {
    try {
      int _ = (int) REMOVE.invokeExact(Scratch.mine().errno.state(), fd, wd);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Tells every change that waits, in order; one file may be told several times. */
  public void drain(Consumer<Change> to) {
    while (true) {
      int n = Fd.read(fd, in, BUFFER);
      if (n == -Errno.EINTR) {
        continue;
      }
      if (n <= 0) {
        return;
      }
      int at = 0;
      while (at + EVENT <= n) {
        int length = in.get(JAVA_INT_UNALIGNED, at + 12L);
        event(
            in.get(JAVA_INT_UNALIGNED, at),
            in.get(JAVA_INT_UNALIGNED, at + 4L),
            name(at, length),
            to);
        at += EVENT + length;
      }
    }
  }

  private String name(int at, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(in, JAVA_BYTE, at + (long) EVENT, bytes, 0, length);
    int end = 0;
    while (end < length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  private void event(int wd, int mask, String name, Consumer<Change> to) {
    if ((mask & IN_Q_OVERFLOW) != 0) {
      for (Path file : List.copyOf(files)) {
        arm(file);
        to.accept(new Change(file, Kind.UNKNOWN));
      }
      return;
    }
    Folder folder = folders.get(wd);
    if (folder == null) {
      return;
    }
    if ((mask & (IN_IGNORED | IN_MOVE_SELF)) != 0) {
      lost(wd, folder, (mask & IN_MOVE_SELF) != 0, to);
      return;
    }
    Path changed = folder.path().resolve(name);
    for (Path file : List.copyOf(folder.files())) {
      if (file.equals(changed)) {
        Kind kind = kind(file, mask);
        if (kind != null) {
          to.accept(new Change(file, kind));
        }
      } else if (folder.path().equals(file.getParent())) {
        if ((mask & (IN_MOVED_TO | IN_CREATE)) != 0
            && Files.isSymbolicLink(file)
            && Files.isSymbolicLink(changed)) {
          to.accept(new Change(file, Kind.CHANGED));
        }
      } else if (file.startsWith(changed) && (mask & (IN_MOVED_TO | IN_CREATE)) != 0) {
        arm(file);
        if (Files.exists(file)) {
          to.accept(new Change(file, Kind.CHANGED));
        }
      }
    }
  }

  /** What an event means for a file of this very name; null: nothing yet. */
  private static @Nullable Kind kind(Path file, int mask) {
    if ((mask & (IN_MOVED_FROM | IN_DELETE)) != 0) {
      return Kind.REMOVED;
    }
    // A file that was just created is still empty: its writer will close it. A link is complete.
    boolean complete = (mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0 || linked(file);
    return complete ? Kind.CHANGED : null;
  }

  private static boolean linked(Path file) {
    try {
      return Files.isSymbolicLink(file)
          || (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
    } catch (IOException e) {
      return false; // gone again: its removal is told
    }
  }

  /** The folder was removed, unmounted or renamed. */
  private void lost(int wd, Folder folder, boolean renamed, Consumer<Change> to) {
    folders.remove(wd);
    if (renamed) {
      unwatch(wd);
    }
    for (Path file : folder.files()) {
      arm(file);
      if (folder.path().equals(file.getParent())) {
        to.accept(new Change(file, Files.exists(file) ? Kind.CHANGED : Kind.REMOVED));
      }
    }
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
