package dev.sluice.check;

/** Hears of every try. Called in the check loop's thread: it must not block. */
@FunctionalInterface
public interface CheckListener {
  /** A try ended, or a configuration was applied and a check that is new in it stands like this. */
  void result(CheckResult result);

  /**
   * A try passed as the one before it did: nothing is new but how long it took. At ten thousand
   * servers nearly every try is like that.
   */
  default void routine(CheckResult result) {
    result(result);
  }
}
