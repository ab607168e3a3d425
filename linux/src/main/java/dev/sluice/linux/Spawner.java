package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The one thread that starts processes. It lives as long as the JVM, because the kernel's "kill the
 * child when the parent dies" means the parent <em>thread</em>. It also reads what they write, by
 * an event loop, so that a process needs no thread of ours.
 *
 * <p>Starting, signalling and ending of a process happen in this thread one after the other, so a
 * signal never meets a process number that was given to somebody else.
 */
final class Spawner {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final MethodHandle KILL =
      Sys.bind("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private final EventLoop loop = EventLoop.open("spawner");
  private final MemorySegment buffer = Arena.ofAuto().allocate(8192);
  private final Map<Subprocess, Running> running = new HashMap<>();

  private Spawner() {}

  /** Begun by the first process, in the namespace of the thread that wants it. */
  private static final class Holder {
    static final Spawner SHARED = begin();

    private static Spawner begin() {
      Spawner spawner = new Spawner();
      Thread _ = Thread.ofPlatform().name("sluice-spawner").daemon().start(spawner.loop::run);
      return spawner;
    }
  }

  static Spawner shared() {
    return Holder.SHARED;
  }

  void start(Subprocess process) {
    loop.execute(() -> startNow(process));
  }

  void signal(Subprocess process, int signal) {
    loop.execute(() -> {
      Running alive = running.get(process);
      // The group may outlive its leader, never the leader its group.
      if (alive != null) {
        kill((int) -process.pid(), signal);
      }
    });
  }

  private void startNow(Subprocess process) {
    Fd.Pipe pipe = Fd.Open.pipe();
    boolean begun = false;
    try {
      Process child = builder(process.spec(), pipe).start();
      process.started(child.pid());
      EventLoop.Watch watch =
          loop.watch(pipe.reading(), EventLoop.READ, _ -> read(process, pipe.reading()));
      running.put(process, new Running(watch, pipe.reading()));
      begun = true;
      var _ =
          child.onExit().thenAccept(ended -> loop.execute(() -> ended(process, ended.exitValue())));
    } catch (IOException e) {
      boolean _ = process.exit().completeExceptionally(e);
    } catch (RuntimeException e) {
      boolean _ = process.exit().completeExceptionally(new IOException(cannot(process.spec()), e));
    } finally {
      // The child's end is open in the child; while ours is, the pipe would never end.
      Fd.close(pipe.writing());
      if (!begun) {
        Fd.close(pipe.reading());
      }
    }
  }

  private static String cannot(Subprocess.Spec spec) {
    return "cannot run " + spec.command().getFirst();
  }

  private static ProcessBuilder builder(Subprocess.Spec spec, Fd.Pipe pipe) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("setsid", "setpriv", "--pdeathsig", "KILL"));
    command.addAll(identity(spec));
    command.add("--");
    command.addAll(spec.command());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(new File("/proc/self/fd/" + pipe.writing()));
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", DEFAULT_PATH);
    environment.putAll(spec.environment());
    return builder;
  }

  /** The options of setpriv(1) that make it another user; none when it is not to be, or cannot. */
  private static List<String> identity(Subprocess.Spec spec) throws IOException {
    if ((spec.user() == null && spec.group() == null) || !Capabilities.has(Capability.SETUID)) {
      return List.of();
    }
    OptionalInt group = spec.group() == null ? OptionalInt.empty() : Accounts.group(spec.group());
    if (spec.group() != null && group.isEmpty()) {
      throw new IOException(cannot(spec) + ": there is no group " + spec.group());
    }
    if (spec.user() == null) {
      return List.of("--regid", Integer.toString(group.orElseThrow()), "--clear-groups");
    }
    Accounts.User user =
        Accounts.user(spec.user())
            .orElseThrow(() -> new IOException(cannot(spec) + ": there is no user " + spec.user()));
    return List.of(
        "--reuid",
        Integer.toString(user.uid()),
        "--regid",
        Integer.toString(group.orElse(user.gid())),
        "--init-groups");
  }

  /** Reads what is there; the end of the pipe ends the watch, not the process. */
  private void read(Subprocess process, int fd) {
    while (true) {
      int n = Fd.read(fd, buffer, buffer.byteSize());
      if (n > 0) {
        process.wrote(buffer.asSlice(0, n).toArray(JAVA_BYTE));
      } else {
        if (n == 0) {
          Running alive = running.get(process);
          if (alive != null) {
            alive.watch.close();
          }
        }
        return;
      }
    }
  }

  private void ended(Subprocess process, int status) {
    Running was = running.remove(process);
    if (was != null) {
      read(process, was.fd);
      was.watch.close();
      Fd.close(was.fd);
    }
    boolean _ = process.exit().complete(status);
  }

  private static void kill(int pid, int signal) {
    try {
      int _ = (int) KILL.invokeExact(Scratch.mine().errno.state(), pid, signal);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  private record Running(EventLoop.Watch watch, int fd) {}
}
