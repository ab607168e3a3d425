package dev.sluice.linux.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.linux.Accounts;
import dev.sluice.linux.Errno;
import dev.sluice.linux.Sys;
import dev.sluice.linux.SyscallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * The file system in which maps and links outlive the process that made them.
 *
 * <p>It is {@code /sys/fs/bpf} where that is a bpffs. Under {@code ip netns exec}, {@code /sys} is
 * another mount that dies with the process, so the calls here run on one thread of their own, which
 * then joins the mount namespace of process 1, or where that is not permitted that of the nearest
 * ancestor with another one than ours. Where there is no bpffs on {@code /sys/fs/bpf} one is
 * mounted, as systemd does.
 */
public final class BpfFs implements AutoCloseable {
  /** Where bpffs is by convention. */
  public static final Path ROOT = Path.of("/sys/fs/bpf");

  private static final long BPF_FS_MAGIC = 0xcafe4a11L;
  private static final int CLONE_FS = 0x200;
  private static final int CLONE_NEWNS = 0x20000;
  private static final int O_RDONLY_CLOEXEC = 0x80000;

  private static final MethodHandle STATFS =
      Sys.bind("statfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle UNSHARE =
      Sys.bind("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle SETNS =
      Sys.bind("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle OPEN =
      Sys.bind(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          java.lang.foreign.Linker.Option.firstVariadicArg(2));
  private static final MethodHandle MOUNT =
      Sys.bind(
          "mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

  private final ExecutorService thread;

  private BpfFs(ExecutorService thread) {
    this.thread = thread;
  }

  /**
   * Finds a bpffs that lives on, or mounts one.
   *
   * @throws BpfException when there is none and none can be mounted
   */
  public static BpfFs open() {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("sluice-bpffs").daemon(true).factory());
    BpfFs fs = new BpfFs(thread);
    try {
      fs.call(() -> {
        settle();
        return true;
      });
    } catch (RuntimeException e) {
      thread.shutdown();
      throw e;
    }
    return fs;
  }

  private static void settle() {
    if (isBpfFs(ROOT)) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      Sys.CallState state = Sys.CallState.in(arena);
      Optional<Path> outer = outerNamespace();
      if (outer.isPresent()) {
        join(outer.get(), arena, state);
      }
      if (isBpfFs(ROOT)) {
        return;
      }
      MemorySegment bpf = arena.allocateFrom("bpf");
      int result =
          (int)
              MOUNT.invokeExact(
                  state.state(),
                  bpf,
                  arena.allocateFrom(ROOT.toString()),
                  bpf,
                  0L,
                  // The kernel's default is a directory that anybody may write to.
                  arena.allocateFrom("mode=0700"));
      state.orThrow(result, "mount", "mount a bpffs on " + ROOT);
    } catch (SyscallException e) {
      throw new BpfException(
          "no bpffs on "
              + ROOT
              + " and none can be mounted ("
              + e.getMessage()
              + "). Forwarding could not outlive the daemon. Run as root, or mount it:"
              + " mount -t bpf bpf /sys/fs/bpf",
          e);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  private static void join(Path namespace, Arena arena, Sys.CallState state) throws Throwable {
    int fd =
        (int)
            OPEN.invokeExact(
                state.state(), arena.allocateFrom(namespace.toString()), O_RDONLY_CLOEXEC);
    state.orThrow(fd, "open", "open the mount namespace " + namespace);
    try {
      int result = (int) UNSHARE.invokeExact(state.state(), CLONE_FS);
      state.orThrow(result, "unshare", "give the bpffs thread a root of its own");
      result = (int) SETNS.invokeExact(state.state(), fd, CLONE_NEWNS);
      state.orThrow(result, "setns", "enter the mount namespace " + namespace);
    } finally {
      Bpf.close(fd);
    }
  }

  /** The mount namespace that lives on when ours does not; empty: ours is it, as far as we see. */
  private static Optional<Path> outerNamespace() {
    Optional<String> own = namespace(Path.of("/proc/thread-self/ns/mnt"));
    Path init = Path.of("/proc/1/ns/mnt");
    Optional<String> inits = namespace(init);
    if (inits.isPresent()) {
      return inits.equals(own) ? Optional.empty() : Optional.of(init);
    }
    // Process 1 has capabilities that we have not, so its namespace is closed to us. The namespace
    // of whoever called ip netns exec is as good: nearest first.
    Optional<ProcessHandle> ancestor = ProcessHandle.current().parent();
    while (ancestor.isPresent() && ancestor.get().pid() > 1) {
      Path candidate = Path.of("/proc", Long.toString(ancestor.get().pid()), "ns/mnt");
      Optional<String> its = namespace(candidate);
      if (its.isEmpty()) {
        break;
      }
      if (!its.equals(own)) {
        return Optional.of(candidate);
      }
      ancestor = ancestor.get().parent();
    }
    return Optional.empty();
  }

  private static Optional<String> namespace(Path link) {
    try {
      return Optional.of(Files.readSymbolicLink(link).toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isBpfFs(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment answer = arena.allocate(256, 8);
      Sys.CallState state = Sys.CallState.in(arena);
      int result =
          (int) STATFS.invokeExact(state.state(), arena.allocateFrom(path.toString()), answer);
      return result == 0 && answer.get(JAVA_LONG, 0) == BPF_FS_MAGIC;
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  private <T> T call(Callable<T> task) {
    try {
      return thread.submit(task).get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException r -> throw r;
        case IOException io -> throw new UncheckedIOException(io);
        case Error error -> throw error;
        case null, default -> throw new AssertionError(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BpfException("interrupted while using " + ROOT, e);
    }
  }

  /**
   * Makes a directory that only we see, and those above it.
   *
   * @throws BpfException when one of them is another user's, who could put his maps in place of
   *     ours
   */
  public void makeDirectories(Path directory) {
    call(() -> {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      for (Path p = directory; p != null && !p.equals(ROOT); p = p.getParent()) {
        requireOurs(p);
      }
      return true;
    });
  }

  private static void requireOurs(Path directory) throws IOException {
    var facts =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    boolean ours =
        Integer.valueOf(Accounts.effectiveUid())
            .equals(Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    if (!facts.isDirectory()
        || !ours
        || facts.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || facts.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new BpfException(
          directory
              + " belongs to "
              + facts.owner().getName()
              + " with permissions "
              + PosixFilePermissions.toString(facts.permissions())
              + ": others could exchange what is pinned there; remove it",
          null);
    }
  }

  /** The names in a directory, sorted; none when it does not exist. */
  public List<String> list(Path directory) {
    return call(() -> {
      try (Stream<Path> entries = Files.list(directory)) {
        return entries.map(p -> String.valueOf(p.getFileName())).sorted().toList();
      } catch (NoSuchFileException e) {
        return List.of();
      }
    });
  }

  /** Pins a map, program or link; a dot in the file's name is not permitted. */
  public void pin(int fd, Path at) {
    call(() -> {
      try (Arena arena = Arena.ofConfined()) {
        Bpf.Call call = Bpf.call();
        call.putAddress(0, arena.allocateFrom(at.toString())).putInt(8, fd);
        return call.bpf(Bpf.OBJ_PIN, "pin " + at);
      }
    });
  }

  /** A new descriptor of what is pinned there; empty when nothing is. */
  public OptionalInt get(Path at) {
    return call(() -> {
      try (Arena arena = Arena.ofConfined()) {
        Bpf.Call call = Bpf.call();
        call.putAddress(0, arena.allocateFrom(at.toString()));
        int fd = call.bpf(Bpf.OBJ_GET);
        if (fd == -Errno.ENOENT) {
          return OptionalInt.empty();
        }
        if (fd < 0) {
          throw Bpf.failure(-fd, "open the pin " + at);
        }
        return OptionalInt.of(fd);
      }
    });
  }

  /** Removes a pin; false when there was none. */
  public boolean unpin(Path at) {
    return call(() -> Files.deleteIfExists(at));
  }

  /** Removes a directory when it is empty; false when it is not, or is not there. */
  public boolean removeDirectory(Path directory) {
    return call(() -> {
      try {
        return Files.deleteIfExists(directory);
      } catch (DirectoryNotEmptyException e) {
        return false;
      }
    });
  }

  /** Ends the thread; pins stay. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
