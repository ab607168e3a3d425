package dev.sluice.check;

/**
 * A check at one moment.
 *
 * @param last where it stands
 * @param sinceNanos when the verdict was reached (or the check began), on the scale of {@link
 *     System#nanoTime}
 * @param runs tries so far
 * @param failed failed tries so far
 * @param running whether a try is under way
 * @param history what it has been through
 */
public record CheckSnapshot(
    CheckResult last,
    long sinceNanos,
    long runs,
    long failed,
    boolean running,
    CheckHistory history) {
  /** Which check. */
  public CheckId id() {
    return last.id();
  }
}
