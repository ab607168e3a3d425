package dev.sluice.core.script;

import dev.sluice.config.model.VrrpScript;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs every {@code vrrp_script} at its interval, the first time at once. A run that is still going
 * when the next is due, or that was ended and has not gone yet, is not joined by a second: that one
 * is left out. Rise and fall are counted by the VRRP room, which gets every result.
 *
 * <p>A reload that does not change a script does not disturb its rhythm. Where command or user
 * change, a result of the old command that still comes is nobody's.
 *
 * <p>{@link #apply} comes from one thread at a time; results come on any thread.
 */
public final class TrackScripts {
  private final ScriptRunner runner;
  private final ScheduledExecutorService timers;
  private final Results results;
  private final Map<String, Repeated> running = new HashMap<>();

  /** Takes the result of one run. */
  @FunctionalInterface
  public interface Results {
    /** Called on any thread; must not wait. */
    void result(String script, boolean success, String evidence);
  }

  /** Nothing runs until {@link #apply}. */
  public TrackScripts(ScriptRunner runner, ScheduledExecutorService timers, Results results) {
    this.runner = runner;
    this.timers = timers;
    this.results = results;
  }

  /** Runs exactly these from now on. */
  public void apply(List<VrrpScript> desired) {
    var wanted = new HashMap<String, VrrpScript>();
    for (VrrpScript s : desired) {
      wanted.put(s.name(), s);
    }
    running
        .values()
        .removeIf(r -> {
          VrrpScript now = wanted.get(r.script.name());
          if (now != null && sameRuns(r.script, now)) {
            return false;
          }
          r.stop();
          return true;
        });
    for (VrrpScript s : desired) {
      running.computeIfAbsent(s.name(), _ -> new Repeated(s)).begin();
    }
  }

  /** Weights and counts are others' business. */
  private static boolean sameRuns(VrrpScript a, VrrpScript b) {
    return a.script().equals(b.script())
        && a.interval().equals(b.interval())
        && a.timeout().equals(b.timeout());
  }

  /** One script with its rhythm. */
  private final class Repeated {
    private final VrrpScript script;
    private final long intervalNanos;
    private boolean begun;
    private boolean busy;
    private boolean stopped;
    private long dueNanos;

    Repeated(VrrpScript script) {
      this.script = script;
      this.intervalNanos = Math.max(1_000_000, script.interval().toNanos());
    }

    synchronized void begin() {
      if (!begun) {
        begun = true;
        dueNanos = System.nanoTime();
        schedule();
      }
    }

    synchronized void stop() {
      stopped = true;
    }

    private void schedule() {
      try {
        var _ =
            timers.schedule(
                this::due, Math.max(0, dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        stopped = true; // the daemon ends
      }
    }

    private synchronized void due() {
      if (stopped) {
        return;
      }
      if (!busy) {
        busy = true;
        ScriptRunner.Run run = runner.start(script.script(), List.of(), script.timeout());
        var _ = run.outcome().thenAccept(this::ended);
        var _ = run.gone().whenComplete((_, _) -> free());
      }
      // The rhythm holds; what a stalled machine missed is not made up for.
      long late = System.nanoTime() - dueNanos;
      dueNanos += intervalNanos * (1 + Math.max(0, late) / intervalNanos);
      schedule();
    }

    private synchronized void free() {
      busy = false;
    }

    private void ended(ScriptRunner.Outcome outcome) {
      synchronized (this) {
        if (stopped) {
          return;
        }
      }
      results.result(script.name(), outcome.success(), outcome.evidence());
    }
  }
}
