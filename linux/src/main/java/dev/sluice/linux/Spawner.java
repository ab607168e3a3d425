package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The one thread that starts processes. It lives as long as the JVM, because the kernel's "kill the
 * child when the parent dies" means the parent <em>thread</em>. It also reads what they write and
 * hears of their end, by an event loop, so that a process needs no thread of ours.
 *
 * <p>A signal never meets a process number that was given to somebody else: the kernel keeps the
 * number until the process is waited for, and that happens in this thread. One that was told to end
 * is waited for only after {@link #KEPT_NANOS}, or after SIGKILL: until then the rest of its group
 * can be reached by its number.
 */
final class Spawner {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** How long the number of one that was told to end is kept. */
  private static final long KEPT_NANOS = 10_000_000_000L;

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
      Running known = running.get(process);
      if (known == null) {
        return;
      }
      known.condemned = true;
      PosixSpawn.kill(-known.pid, signal);
      if (signal == Subprocess.SIGKILL) {
        known.killed = true;
        if (known.gone) {
          reap(process, known);
        }
      }
    });
  }

  private void startNow(Subprocess process) {
    Fd.Pipe pipe;
    try {
      pipe = Fd.Open.pipe();
    } catch (SyscallException e) {
      boolean _ = process.exit().completeExceptionally(new IOException(cannot(process.spec()), e));
      return;
    }
    boolean begun = false;
    try {
      Subprocess.Spec spec = process.spec();
      int pid = PosixSpawn.start(command(spec), environment(spec), pipe.writing());
      int pidfd = pidfd(pid);
      EventLoop.Watch output =
          loop.watch(pipe.reading(), EventLoop.READ, _ -> read(process, pipe.reading()));
      EventLoop.Watch end = loop.watch(pidfd, EventLoop.READ, _ -> ended(process));
      running.put(process, new Running(pid, pidfd, end, pipe.reading(), output));
      process.started(pid);
      begun = true;
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

  /** One that cannot be watched must not run. */
  private static int pidfd(int pid) {
    try {
      return PosixSpawn.pidfd(pid);
    } catch (RuntimeException e) {
      PosixSpawn.kill(-pid, Subprocess.SIGKILL);
      throw e;
    }
  }

  private static String cannot(Subprocess.Spec spec) {
    return "cannot run " + spec.command().getFirst();
  }

  private static List<String> command(Subprocess.Spec spec) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
    command.addAll(identity(spec));
    command.add("--");
    command.addAll(spec.command());
    return command;
  }

  private static List<String> environment(Subprocess.Spec spec) {
    Map<String, String> all = new HashMap<>();
    all.put("PATH", DEFAULT_PATH);
    all.putAll(spec.environment());
    return all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
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
        spec.supplementaryGroups() ? "--init-groups" : "--clear-groups");
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
            alive.output.close();
          }
        }
        return;
      }
    }
  }

  private void ended(Subprocess process) {
    Running was = running.get(process);
    if (was == null || was.gone) {
      return;
    }
    boolean keep = was.condemned && !was.killed;
    Subprocess.Exit exit;
    try {
      exit = PosixSpawn.exitOf(was.pid, !keep);
      if (exit == null) {
        return; // not yet
      }
    } catch (SyscallException e) {
      forget(process, was);
      boolean _ = process.exit().completeExceptionally(new IOException(e.getMessage(), e));
      return;
    }
    read(process, was.fd);
    was.gone = true;
    was.end.close();
    if (keep) {
      loop.timer(() -> reap(process, was)).at(loop.nowNanos() + KEPT_NANOS);
    } else {
      forget(process, was);
    }
    boolean _ = process.exit().complete(exit);
  }

  private void reap(Subprocess process, Running was) {
    if (running.get(process) == was) {
      var _ = PosixSpawn.exitOf(was.pid, true);
      forget(process, was);
    }
  }

  private void forget(Subprocess process, Running was) {
    running.remove(process);
    was.output.close();
    was.end.close();
    Fd.close(was.fd);
    Fd.close(was.pidfd);
  }

  /** What is known of a process that was not waited for yet. */
  private static final class Running {
    final int pid;
    final int pidfd;
    final EventLoop.Watch end;
    final int fd;
    final EventLoop.Watch output;
    boolean condemned;
    boolean killed;
    boolean gone;

    Running(int pid, int pidfd, EventLoop.Watch end, int fd, EventLoop.Watch output) {
      this.pid = pid;
      this.pidfd = pidfd;
      this.end = end;
      this.fd = fd;
      this.output = output;
    }
  }
}
