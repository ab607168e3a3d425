package dev.sluice.core;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What the tests of this room share. */
public final class Await {
  private Await() {}

  /** Waits for a condition; a machine that stalls is given time. */
  public static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("never: " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
    }
  }
}
