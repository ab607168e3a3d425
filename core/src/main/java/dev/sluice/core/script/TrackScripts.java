package dev.sluice.core.script;

import dev.sluice.config.model.VrrpScript;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs every {@code vrrp_script} at its interval, the first time at once; a run that is still going
 * is not joined by a second. Rise and fall are counted by the VRRP room, which gets every result.
 *
 * <p>Owned by the caller's thread; results come on any thread.
 */
public final class TrackScripts {
  private final ScriptRunner runner;
  private final ScheduledExecutorService timers;
  private final Results results;
  private final Map<String, Running> running = new HashMap<>();

  /** Takes the result of one run. */
  @FunctionalInterface
  public interface Results {
    /** Called on any thread; must not wait. */
    void result(String script, boolean success, String evidence);
  }

  private record Running(VrrpScript script, ScheduledFuture<?> schedule) {}

  /** Nothing runs until {@link #apply}. */
  public TrackScripts(ScriptRunner runner, ScheduledExecutorService timers, Results results) {
    this.runner = runner;
    this.timers = timers;
    this.results = results;
  }

  /** Runs exactly these from now on; an unchanged script keeps its rhythm. */
  public void apply(List<VrrpScript> desired) {
    var wanted = new HashMap<String, VrrpScript>();
    for (VrrpScript s : desired) {
      wanted.put(s.name(), s);
    }
    running
        .values()
        .removeIf(r -> {
          if (r.script().equals(wanted.get(r.script().name()))) {
            return false;
          }
          r.schedule().cancel(false);
          return true;
        });
    for (VrrpScript s : desired) {
      running.computeIfAbsent(s.name(), _ -> start(s));
    }
  }

  private Running start(VrrpScript script) {
    var once = new OneAtATime(script);
    return new Running(
        script,
        timers.scheduleAtFixedRate(
            once::run, 0, Math.max(1, script.interval().toNanos()), TimeUnit.NANOSECONDS));
  }

  private final class OneAtATime {
    private final VrrpScript script;
    private final java.util.concurrent.atomic.AtomicBoolean busy =
        new java.util.concurrent.atomic.AtomicBoolean();

    OneAtATime(VrrpScript script) {
      this.script = script;
    }

    void run() {
      if (!busy.compareAndSet(false, true)) {
        return;
      }
      var _ =
          runner
              .run(script.script(), List.of(), script.timeout())
              .whenComplete((outcome, failure) -> {
                busy.set(false);
                if (outcome != null) {
                  results.result(script.name(), outcome.success(), outcome.evidence());
                } else {
                  results.result(script.name(), false, String.valueOf(failure));
                }
              });
    }
  }
}
