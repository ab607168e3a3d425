package dev.sluice.vrrp.objects;

/** Lets a few things happen at once and then one per period. */
public final class TokenBucket {
  private final int burst;
  private final long periodNanos;
  private double tokens;
  private long lastNanos;

  /** A full bucket. */
  public TokenBucket(int burst, long periodNanos, long nowNanos) {
    this.burst = burst;
    this.periodNanos = periodNanos;
    this.tokens = burst;
    this.lastNanos = nowNanos;
  }

  /**
   * Takes a token if there is one.
   *
   * @return when it may happen: {@code nowNanos}, with a token taken, or later, with none taken
   */
  public long take(long nowNanos) {
    tokens = Math.min(burst, tokens + (double) (nowNanos - lastNanos) / periodNanos);
    lastNanos = nowNanos;
    // A period of a bucket that was just empty must give a whole token, whatever the rounding.
    if (tokens >= 1 - 1e-9) {
      tokens -= 1;
      return nowNanos;
    }
    return nowNanos + Math.max(1, (long) Math.ceil((1 - tokens) * periodNanos));
  }
}
