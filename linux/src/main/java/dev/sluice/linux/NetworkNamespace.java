package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Network namespaces. A thread is in one: sockets, {@code /proc/sys/net} and rtnetlink are those of
 * the thread that opens them, and stay so. A thread that is started is where its starter is.
 */
public final class NetworkNamespace {
  private static final int CLONE_NEWNET = 0x40000000;
  private static final MethodHandle SETNS =
      Sys.bind("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private NetworkNamespace() {}

  /** The number by which the kernel tells namespaces apart: that of the calling thread. */
  public static long currentInode() {
    return inode(Path.of("/proc/thread-self/ns/net"));
  }

  /** The number of the namespace that a file stands for. */
  public static long inode(Path nsFile) {
    try {
      return ((Number) Files.getAttribute(nsFile, "unix:ino")).longValue();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the network namespace " + nsFile, e);
    }
  }

  /** The file of a namespace made by {@code ip netns add NAME}. */
  public static Path named(String name) {
    return Path.of("/run/netns", name);
  }

  /**
   * Moves the calling platform thread into a namespace, for good. Needs CAP_SYS_ADMIN. Give it a
   * thread of its own.
   */
  public static void enter(Path nsFile) {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread would take its carrier along");
    }
    String attempt = "enter the network namespace " + nsFile;
    int fd = Fd.Open.file(nsFile.toString(), Fd.O_RDONLY, attempt);
    Sys.CallState errno = Scratch.mine().errno;
    try {
      int result = (int) SETNS.invokeExact(errno.state(), fd, CLONE_NEWNET);
      long _ = errno.orThrow(result, "setns", attempt);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    } finally {
      Fd.close(fd);
    }
  }

  /**
   * Runs something inside a namespace, on a platform thread of its own, and waits for it.
   *
   * @throws Exception what the task threw
   */
  public static <T> T in(Path nsFile, Callable<T> task) throws Exception {
    FutureTask<T> inside =
        new FutureTask<>(() -> {
          enter(nsFile);
          return task.call();
        });
    Thread _ = Thread.ofPlatform().name("netns-" + nsFile.getFileName()).daemon().start(inside);
    try {
      return inside.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }
}
