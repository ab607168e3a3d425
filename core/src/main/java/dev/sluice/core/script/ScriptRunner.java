package dev.sluice.core.script;

import dev.sluice.config.model.Script;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.linux.Subprocess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands with a time limit: SIGTERM to the process group when it is over, SIGKILL two
 * seconds later (keepalived's manner). Waits for nothing; the answer is a future.
 */
public final class ScriptRunner {
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final ScheduledExecutorService timers;
  private volatile @Nullable ScriptUser defaultUser;

  /** How a command ended. */
  public sealed interface Outcome {
    /** In words, for a log line. */
    String evidence();

    /** It exited; 128 plus the signal's number when a signal ended it. */
    record Exited(int status, String output) implements Outcome {
      @Override
      public String evidence() {
        String last = output.strip();
        int newline = last.lastIndexOf('\n');
        last = newline < 0 ? last : last.substring(newline + 1);
        return "exit status " + status + (last.isEmpty() ? "" : ": " + last);
      }
    }

    /** The time limit ended it. */
    record TimedOut(Duration limit) implements Outcome {
      @Override
      public String evidence() {
        return "no exit within " + limit.toMillis() / 1000.0 + " s";
      }
    }

    /** It could not be started. */
    record NotStarted(String reason) implements Outcome {
      @Override
      public String evidence() {
        return reason;
      }
    }

    /** Whether it exited with status 0. */
    default boolean success() {
      return this instanceof Exited e && e.status() == 0;
    }
  }

  /** A runner that takes its time limits from this executor. */
  public ScriptRunner(ScheduledExecutorService timers) {
    this.timers = timers;
  }

  /**
   * Whom scripts without a user of their own run as.
   *
   * @param user null: the user we run as
   */
  public void defaultUser(@Nullable ScriptUser user) {
    defaultUser = user;
  }

  /**
   * Starts a command.
   *
   * @param more arguments after the configured ones
   * @param limit zero: none
   */
  public CompletableFuture<Outcome> run(Script script, List<String> more, Duration limit) {
    var command = new ArrayList<>(script.command());
    command.addAll(more);
    ScriptUser user = script.user() != null ? script.user() : defaultUser;
    Subprocess process;
    try {
      process =
          Subprocess.start(
              new Subprocess.Spec(
                  command,
                  user == null ? null : user.user(),
                  user == null ? null : user.group(),
                  Map.of()));
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(
          new Outcome.NotStarted(String.valueOf(e.getMessage())));
    }
    var result = new CompletableFuture<Outcome>();
    ScheduledFuture<?> deadline =
        limit.isZero()
            ? null
            : timers.schedule(
                () -> expire(process, limit, result), limit.toNanos(), TimeUnit.NANOSECONDS);
    var _ =
        process
            .exit()
            .whenComplete((status, failure) -> {
              if (deadline != null) {
                deadline.cancel(false);
              }
              result.complete(
                  failure != null
                      ? new Outcome.NotStarted(String.valueOf(failure.getMessage()))
                      : new Outcome.Exited(status, process.output()));
            });
    return result;
  }

  private void expire(Subprocess process, Duration limit, CompletableFuture<Outcome> result) {
    if (result.complete(new Outcome.TimedOut(limit))) {
      process.terminate();
      var _ = timers.schedule(process::kill, GRACE.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
