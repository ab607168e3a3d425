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
  private volatile Defaults defaults = new Defaults(null, false);

  private record Defaults(@Nullable ScriptUser user, boolean supplementaryGroups) {}

  /** How a command ended. */
  public sealed interface Outcome {
    /** In words, for a log line. */
    String evidence();

    /** Whether it exited with status 0. */
    default boolean success() {
      return this instanceof Exited e && e.status() == 0;
    }

    /** The end of what it wrote; may be empty. */
    default String output() {
      return "";
    }

    /** It exited. */
    record Exited(int status, String output) implements Outcome {
      @Override
      public String evidence() {
        return "exit status " + status + lastLine(output);
      }
    }

    /** A signal ended it that was not ours. */
    record Signalled(int signal, String output) implements Outcome {
      @Override
      public String evidence() {
        return "killed by signal " + signal + lastLine(output);
      }
    }

    /** The time limit ended it. */
    record TimedOut(Duration limit, String output) implements Outcome {
      @Override
      public String evidence() {
        return "no exit within " + limit.toMillis() / 1000.0 + " s" + lastLine(output);
      }
    }

    /** It could not be started. */
    record NotStarted(String reason) implements Outcome {
      @Override
      public String evidence() {
        return reason;
      }
    }

    private static String lastLine(String output) {
      String last = output.strip();
      int newline = last.lastIndexOf('\n');
      last = newline < 0 ? last : last.substring(newline + 1);
      return last.isEmpty() ? "" : ": " + last;
    }
  }

  /**
   * A command on its way.
   *
   * @param outcome how it ended; at its time limit, although it may take a moment to go
   * @param gone completes when the process is no more
   */
  public record Run(
      Subprocess process, CompletableFuture<Outcome> outcome, CompletableFuture<?> gone) {}

  /** A runner that takes its time limits from this executor. */
  public ScriptRunner(ScheduledExecutorService timers) {
    this.timers = timers;
  }

  /**
   * Whom scripts without a user of their own run as, and with which groups.
   *
   * @param user null: the user we run as
   * @param supplementaryGroups whether scripts get all groups of their user
   */
  public void defaults(@Nullable ScriptUser user, boolean supplementaryGroups) {
    defaults = new Defaults(user, supplementaryGroups);
  }

  /**
   * Runs a command.
   *
   * @param more arguments after the configured ones
   * @param limit zero: none
   */
  public CompletableFuture<Outcome> run(Script script, List<String> more, Duration limit) {
    return start(script, more, limit).outcome();
  }

  /** As {@link #run}, for who needs to know when it has really gone. */
  public Run start(Script script, List<String> more, Duration limit) {
    Defaults by = defaults;
    ScriptUser user = script.user() != null ? script.user() : by.user();
    Subprocess process =
        Subprocess.start(
            new Subprocess.Spec(
                command(script, more),
                user == null ? null : user.user(),
                user == null ? null : user.group(),
                Map.of(),
                by.supplementaryGroups()));
    var outcome = new CompletableFuture<Outcome>();
    ScheduledFuture<?> deadline =
        limit.isZero()
            ? null
            : timers.schedule(
                () -> expire(process, limit, outcome), limit.toNanos(), TimeUnit.NANOSECONDS);
    var gone =
        process
            .exit()
            .handle((exit, failure) -> {
              if (deadline != null) {
                deadline.cancel(false);
              }
              return outcome.complete(outcome(exit, failure, process.output()));
            });
    return new Run(process, outcome, gone);
  }

  /** {@code </path} runs nothing: it tests, as the script's user, that the file can be opened. */
  private static List<String> command(Script script, List<String> more) {
    String program = script.command().getFirst();
    if (program.startsWith("<")) {
      return List.of("dd", "if=" + program.substring(1), "of=/dev/null", "count=0", "status=none");
    }
    var command = new ArrayList<>(script.command());
    command.addAll(more);
    return command;
  }

  private static Outcome outcome(
      Subprocess.@Nullable Exit exit, @Nullable Throwable failure, String output) {
    return switch (exit) {
      case null ->
          new Outcome.NotStarted(
              String.valueOf(failure == null ? "its end was lost" : failure.getMessage()));
      case Subprocess.Exit.Exited(int status) -> new Outcome.Exited(status, output);
      case Subprocess.Exit.Signalled(int signal) -> new Outcome.Signalled(signal, output);
    };
  }

  private void expire(Subprocess process, Duration limit, CompletableFuture<Outcome> result) {
    if (result.complete(new Outcome.TimedOut(limit, process.output()))) {
      process.terminate();
      // Also when it has gone by then: others of its group may not have.
      var _ = timers.schedule(process::kill, GRACE.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
