package dev.sluice.check;

/** What a checker wants done. */
public sealed interface CheckerAction {

  /**
   * Make one try now.
   *
   * @param url which URL, 0 for checkers without URLs
   */
  record Run(int url) implements CheckerAction {}

  /** Send {@link CheckerEvent.Due} at this moment. */
  record Wake(long atNanos) implements CheckerAction {}

  /** The verdict was reached for the first time or turned over. */
  record Verdict(boolean up) implements CheckerAction {}
}
