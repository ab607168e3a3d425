package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.linux.Errno;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.Subprocess;
import dev.sluice.linux.SyscallException;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A try by script (MISC_CHECK). Over its timeout the script's group gets SIGTERM, two seconds later
 * SIGKILL; either way it counts as a failure, told when the script has gone, so that the next run
 * never meets the last one. A script that survives even SIGKILL (stuck in the kernel) is given up
 * after two more seconds.
 */
final class ScriptAttempt implements Attempt {
  private static final long GRACE_NANOS = 2_000_000_000L;

  private enum At {
    RUNNING,
    TERMINATED,
    KILLED
  }

  private final EventLoop loop;
  private final Checker.Misc check;
  private final @Nullable ScriptUser user;
  private final boolean supplementaryGroups;
  private final EventLoop.Timer timer;
  private @Nullable Subprocess process;
  private @Nullable Consumer<End> whenEnded;
  private At at = At.RUNNING;
  private long startedNanos;

  ScriptAttempt(
      EventLoop loop,
      Checker.Misc check,
      @Nullable ScriptUser defaultUser,
      boolean supplementaryGroups) {
    this.loop = loop;
    this.check = check;
    this.user = check.script().user() == null ? defaultUser : check.script().user();
    this.supplementaryGroups = supplementaryGroups;
    this.timer = loop.timer(this::late);
  }

  @Override
  public void start(Consumer<End> ended) {
    whenEnded = ended;
    startedNanos = System.nanoTime();
    Subprocess started =
        Subprocess.start(
            new Subprocess.Spec(
                check.script().command(),
                user == null ? null : user.user(),
                user == null ? null : user.group(),
                Map.of(),
                supplementaryGroups));
    process = started;
    timer.at(startedNanos + check.timeout().toNanos());
    var _ =
        started.exit().whenComplete((status, fault) -> loop.execute(() -> exited(status, fault)));
  }

  @Override
  public void cancel() {
    whenEnded = null;
    timer.cancel();
    if (process != null) {
      process.kill();
      process = null;
    }
  }

  private void late() {
    if (process == null) {
      return;
    }
    switch (at) {
      case RUNNING -> {
        at = At.TERMINATED;
        process.terminate();
        timer.at(loop.nowNanos() + GRACE_NANOS);
      }
      case TERMINATED -> {
        at = At.KILLED;
        process.kill();
        timer.at(loop.nowNanos() + GRACE_NANOS);
      }
      case KILLED -> end(false, null, timedOut() + " and cannot be killed");
    }
  }

  private String timedOut() {
    return "no result within " + Texts.duration(check.timeout().toNanos());
  }

  private void exited(Subprocess.@Nullable Exit exit, @Nullable Throwable fault) {
    Subprocess p = process;
    if (whenEnded == null || p == null) {
      return;
    }
    if (at != At.RUNNING) {
      p.kill(); // what is left of its group
      end(false, null, timedOut());
      return;
    }
    if (fault != null && fault.getCause() instanceof SyscallException e) {
      int errno = e.errno();
      String why = String.valueOf(e.getMessage());
      if (LocalFaults.isOne(errno, false) || errno == Errno.EAGAIN) {
        finish(
            LocalFaults.noDescriptor(errno)
                ? new End.Exhausted(why)
                : new End.Inconclusive("the script cannot be run: " + why));
        return;
      }
    }
    switch (exit) {
      case null -> {
        String why = fault == null ? "its result was lost" : String.valueOf(fault.getMessage());
        end(false, null, "the script cannot be run: " + why);
      }
      case Subprocess.Exit.Exited(int status) when status == 0 -> end(true, null, "exit status 0");
      case Subprocess.Exit.Exited(int status)
          when check.dynamic() && status >= 2 && !launcherFailed(status, p.output()) ->
          end(true, status - 2, "exit status " + status + ": weight " + (status - 2));
      case Subprocess.Exit.Exited(int status) -> {
        String said = lastLine(p.output());
        String shown = said.isEmpty() ? "" : " (" + said + ")";
        end(false, null, "exit status " + status + ", expected 0" + shown);
      }
      case Subprocess.Exit.Signalled killed ->
          // A crashed script must not set a weight.
          end(false, null, killed.words());
    }
  }

  /** Whether the status is not the script's own: the launcher's come with its complaint. */
  private static boolean launcherFailed(int status, String output) {
    return (status == 126 || status == 127) && output.startsWith("setpriv:");
  }

  private static String lastLine(String output) {
    String text = output.strip();
    String line = text.substring(text.lastIndexOf('\n') + 1).strip();
    return line.length() > 120 ? line.substring(0, 119) + "…" : line;
  }

  private void end(boolean passed, @Nullable Integer weight, String evidence) {
    long total = System.nanoTime() - startedNanos;
    finish(new End.Judged(new CheckOutcome(passed, weight, evidence, -1, -1, total)));
  }

  private void finish(End how) {
    timer.cancel();
    process = null;
    Consumer<End> tell = whenEnded;
    whenEnded = null;
    if (tell != null) {
      tell.accept(how);
    }
  }
}
