package dev.sluice.linux;

/**
 * How often a loop may turn: at once after a quiet time, and in a storm once an interval, so that
 * what arrives meanwhile is taken in one turn. An interrupt of a network card is mitigated in the
 * same way. The price is that in a storm something waits up to an interval longer.
 *
 * <p>It is the generic cell rate algorithm (ITU-T I.371): a turn is due at {@code next}, and may be
 * early by as much as the burst allows.
 */
final class Pace {
  private final long intervalNanos;
  private final long burstNanos;
  private long next;

  /**
   * A pace that has seen no turn yet.
   *
   * @param burst turns in a row that need not wait
   * @param intervalNanos between further ones
   * @param now on the clock of {@link #restNanos}
   */
  Pace(int burst, long intervalNanos, long now) {
    this.intervalNanos = intervalNanos;
    this.burstNanos = burst * intervalNanos;
    this.next = now;
  }

  /** A turn begins now: how long to rest before the one after it; 0 for not at all. */
  long restNanos(long now) {
    next = (next - now > 0 ? next : now) + intervalNanos;
    return Math.max(0, next - burstNanos - now);
  }
}
