package dev.sluice.core.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Moments on the monotonic clock as moments of the calendar. */
final class Times {
  private final long nowNanos;
  private final Instant now;

  private Times(long nowNanos, Instant now) {
    this.nowNanos = nowNanos;
    this.now = now;
  }

  /** Both clocks read at this moment. */
  static Times now() {
    return new Times(System.nanoTime(), Instant.now());
  }

  /** A moment of {@link System#nanoTime} in ISO-8601, UTC, milliseconds. */
  String iso(long nanos) {
    return now.plusNanos(nanos - nowNanos).truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
