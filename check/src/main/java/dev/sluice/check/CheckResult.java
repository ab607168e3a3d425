package dev.sluice.check;

import dev.sluice.config.model.Checker;
import org.jspecify.annotations.Nullable;

/**
 * Where a checker stands after a try, or after a configuration was applied.
 *
 * @param checker the definition that it was reached with; after a reload the id may mean another
 * @param phase the state in one word
 * @param decided whether there is a verdict at all
 * @param up the verdict; before the first one what the server counts as
 * @param changed whether this try made or turned over the verdict
 * @param dynamicWeight the weight that a script asks for; null: the configured one
 * @param failures failed tries in a row that are still being retried
 * @param outcome of the last try; null: there was none yet
 * @param atNanos when, on the scale of {@link System#nanoTime}
 */
public record CheckResult(
    CheckId id,
    Checker checker,
    CheckPhase phase,
    boolean decided,
    boolean up,
    boolean changed,
    @Nullable Integer dynamicWeight,
    int failures,
    @Nullable CheckOutcome outcome,
    long atNanos) {

  /** The last try in words; empty before the first one. */
  public String evidence() {
    return outcome == null ? "" : outcome.evidence();
  }

  /** How long the last try took; 0 before the first one. */
  public long durationNanos() {
    return outcome == null ? 0 : outcome.totalNanos();
  }

  /** Whether the checker fails its retries while up, or is about to come up. */
  public boolean turning() {
    return phase == CheckPhase.GOING_DOWN || phase == CheckPhase.GOING_UP;
  }
}
