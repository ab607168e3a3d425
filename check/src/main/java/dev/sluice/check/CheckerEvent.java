package dev.sluice.check;

import org.jspecify.annotations.Nullable;

/** What can happen to a checker. */
public sealed interface CheckerEvent {

  /**
   * The checker begins.
   *
   * @param warmupNanos how long until the first try: a random part of the configured warmup
   */
  record Start(long warmupNanos) implements CheckerEvent {}

  /** The moment asked for by {@link CheckerAction.Wake} has come. */
  record Due() implements CheckerEvent {}

  /**
   * The try succeeded.
   *
   * @param dynamicWeight the weight that a {@code misc_dynamic} script asks for; null: none
   */
  record Passed(@Nullable Integer dynamicWeight) implements CheckerEvent {}

  /** The try failed. */
  record Failed() implements CheckerEvent {}
}
