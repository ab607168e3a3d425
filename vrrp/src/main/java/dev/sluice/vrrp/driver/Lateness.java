package dev.sluice.vrrp.driver;

import dev.sluice.vrrp.VrrpSnapshot;

/**
 * How late the VRRP thread's timers ran: a histogram by powers of two of microseconds, that a
 * percentile can be told without keeping anything.
 */
final class Lateness {
  private static final int BUCKETS = 40;

  private final long[] buckets = new long[BUCKETS];
  private long count;
  private long worstNanos;

  /** One timer that was due so long ago. */
  void add(long nanos) {
    long late = Math.max(0, nanos);
    count++;
    worstNanos = Math.max(worstNanos, late);
    buckets[Math.min(BUCKETS - 1, 64 - Long.numberOfLeadingZeros(late / 1000))]++;
  }

  /** The upper bound of the bucket in which this share of all lies. */
  private long percentileNanos(double share) {
    long wanted = (long) Math.ceil(count * share);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += buckets[i];
      if (seen >= wanted) {
        return Math.min(worstNanos, (1L << i) * 1000);
      }
    }
    return worstNanos;
  }

  VrrpSnapshot.Lateness snapshot() {
    return new VrrpSnapshot.Lateness(
        count, percentileNanos(0.5), percentileNanos(0.99), worstNanos);
  }
}
