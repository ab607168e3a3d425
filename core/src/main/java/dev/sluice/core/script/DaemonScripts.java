package dev.sluice.core.script;

import dev.sluice.config.model.GlobalSettings.ScriptSettings;
import dev.sluice.config.model.Script;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.script.ScriptRunner.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code startup_script} and {@code shutdown_script}: the daemon waits for them, at most their
 * timeout, and goes on whatever became of them, as keepalived does.
 */
public final class DaemonScripts {
  /** Beyond the limit, at which the runner answers by itself. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final ScriptRunner runner;
  private final Consumer<JournalEvent> journal;

  public DaemonScripts(ScriptRunner runner, Consumer<JournalEvent> journal) {
    this.runner = runner;
    this.journal = journal;
  }

  /** Before the daemon's work begins. */
  public void startup(ScriptSettings settings) {
    run("startup_script", settings.startup(), settings.startupTimeout());
  }

  /** When everything else has ended. */
  public void shutdown(ScriptSettings settings) {
    run("shutdown_script", settings.shutdown(), settings.shutdownTimeout());
  }

  private void run(String keyword, @Nullable Script script, Duration limit) {
    if (script == null) {
      return;
    }
    long begun = System.nanoTime();
    ScriptRunner.Run run = runner.start(script, List.of(), limit);
    Outcome outcome;
    try {
      outcome = run.outcome().get(limit.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      outcome = new Outcome.TimedOut(limit, "");
    } catch (ExecutionException e) {
      outcome = new Outcome.NotStarted(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (outcome instanceof Outcome.TimedOut) {
      // It had its time; what comes now must not run beside it.
      run.process().kill();
    }
    journal.accept(
        new JournalEvent.ScriptEnded(
            keyword,
            String.join(" ", script.command()),
            outcome.success(),
            outcome.evidence(),
            outcome.output().strip(),
            Duration.ofNanos(System.nanoTime() - begun)));
  }
}
