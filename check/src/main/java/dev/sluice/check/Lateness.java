package dev.sluice.check;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How late tries begin, in buckets of an eighth of a power of two from 1 µs on: a quantile is right
 * to 12.5 %. One thread adds, every thread may read.
 */
final class Lateness {
  private static final int STEPS = 8;
  private static final int BUCKETS = 26 * STEPS;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

  void add(long nanos) {
    int bucket = bucket(nanos / 1000);
    counts.setRelease(bucket, counts.getPlain(bucket) + 1);
  }

  private static int bucket(long micros) {
    if (micros < STEPS) {
      return (int) Math.max(0, micros);
    }
    int power = 63 - Long.numberOfLeadingZeros(micros);
    int step = (int) (micros >>> (power - 3)) & (STEPS - 1);
    return Math.min(BUCKETS - 1, (power - 2) * STEPS + step);
  }

  /** The upper end of a bucket. */
  private static long upperMicros(int bucket) {
    if (bucket < STEPS) {
      return bucket + 1L;
    }
    int power = bucket / STEPS + 2;
    return (long) (STEPS + bucket % STEPS + 1) << (power - 3);
  }

  long[] copy() {
    var all = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      all[i] = counts.getAcquire(i);
    }
    return all;
  }

  /** The value that so large a part does not exceed, in nanoseconds; 0 when there is none. */
  static long quantileNanos(long[] counts, double part) {
    long all = 0;
    for (long c : counts) {
      all += c;
    }
    long rank = (long) Math.ceil(all * part);
    for (int i = 0; i < counts.length; i++) {
      rank -= counts[i];
      if (rank <= 0 && all > 0) {
        return upperMicros(i) * 1000;
      }
    }
    return 0;
  }
}
