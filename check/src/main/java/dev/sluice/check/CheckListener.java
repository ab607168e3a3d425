package dev.sluice.check;

/** Hears of every try. Called in the check loop's thread: it must not block. */
@FunctionalInterface
public interface CheckListener {
  /** A try ended, or a configuration was applied and the check stands like this. */
  void result(CheckResult result);
}
