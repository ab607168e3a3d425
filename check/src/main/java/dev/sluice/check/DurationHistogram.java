package dev.sluice.check;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something took how long, in fixed buckets of half a decade from 100 µs to 30 s. One
 * thread adds, every thread may read.
 */
public final class DurationHistogram {
  /**
   * Upper ends of the buckets in nanoseconds, inclusive; what is longer has a bucket of its own.
   */
  private static final long[] UPPER = {
    100_000L,
    300_000L,
    1_000_000L,
    3_000_000L,
    10_000_000L,
    30_000_000L,
    100_000_000L,
    300_000_000L,
    1_000_000_000L,
    3_000_000_000L,
    10_000_000_000L,
    30_000_000_000L
  };

  /** The buckets, then the sum in nanoseconds. */
  private final AtomicLongArray counts = new AtomicLongArray(UPPER.length + 2);

  DurationHistogram() {}

  /** How many buckets there are; the last one has no upper end. */
  public static int buckets() {
    return UPPER.length + 1;
  }

  /** The upper end of a bucket in nanoseconds; {@link Long#MAX_VALUE} for the last one. */
  public static long upperNanos(int bucket) {
    return bucket < UPPER.length ? UPPER[bucket] : Long.MAX_VALUE;
  }

  void add(long nanos) {
    int bucket = 0;
    while (bucket < UPPER.length && nanos > UPPER[bucket]) {
      bucket++;
    }
    raise(bucket, 1);
    raise(UPPER.length + 1, nanos);
  }

  private void raise(int index, long by) {
    counts.setRelease(index, counts.getPlain(index) + by);
  }

  /** How many fell into a bucket. */
  public long count(int bucket) {
    return counts.getAcquire(bucket);
  }

  /** How many there were in all. */
  public long count() {
    long all = 0;
    for (int i = 0; i < buckets(); i++) {
      all += count(i);
    }
    return all;
  }

  /** All together, in nanoseconds. */
  public long sumNanos() {
    return counts.getAcquire(UPPER.length + 1);
  }
}
