package dev.sluice.lab;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waiting for a condition with a deadline: the only way the lab waits for anything. The deadline
 * says when something is broken, not how long it usually takes; make it generous, machines stall.
 */
public final class Await {
  private static final long FIRST_PAUSE_NANOS = 2_000_000;
  private static final long LONGEST_PAUSE_NANOS = 50_000_000;

  private Await() {}

  /**
   * Waits until {@code condition} holds and returns how long that took.
   *
   * @param what ends the sentence "waited N s for …"
   * @throws LabException at the deadline, naming {@code what}
   */
  public static Duration until(String what, Duration deadline, BooleanSupplier condition) {
    return until(what, deadline, condition, () -> "");
  }

  /**
   * As {@link #until(String, Duration, BooleanSupplier)}; {@code describe} adds what is the case
   * instead.
   */
  public static Duration until(
      String what, Duration deadline, BooleanSupplier condition, Supplier<String> describe) {
    long start = System.nanoTime();
    value(
        what,
        deadline,
        () -> condition.getAsBoolean() ? Optional.of(what) : Optional.empty(),
        describe);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Waits until {@code source} yields a value, and returns it. */
  public static <T> T value(
      String what, Duration deadline, Supplier<Optional<T>> source, Supplier<String> describe) {
    long end = System.nanoTime() + deadline.toNanos();
    long pause = FIRST_PAUSE_NANOS;
    while (true) {
      Optional<T> value = source.get();
      if (value.isPresent()) {
        return value.get();
      }
      if (System.nanoTime() - end > 0) {
        String instead = describe.get();
        throw new LabException(
            "waited %.1f s for %s%s"
                .formatted(
                    deadline.toMillis() / 1e3,
                    what,
                    instead.isEmpty() ? "" : "; instead: " + instead));
      }
      if (Thread.interrupted()) {
        throw new LabException("interrupted while waiting for " + what);
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(pause * 3 / 2, LONGEST_PAUSE_NANOS);
    }
  }
}
