package dev.sluice.vrrp.machine;

/**
 * Skew_Time and Master_Down_Interval (RFC 3768 6.1, RFC 5798 6.1) in nanoseconds, not rounded to
 * centiseconds.
 */
public final class VrrpTimers {
  /** No deadline. The clock counts from boot, so no true deadline comes near. */
  public static final long NONE = Long.MAX_VALUE;

  /** Nanoseconds of a centisecond, the wire's unit of version 3. */
  public static final long CENTISECOND = 10_000_000L;

  private static final long SECOND = 1_000_000_000L;

  private VrrpTimers() {}

  /**
   * How much later than the best the router of this priority moves: in version 2 a share of a
   * second, in version 3 of the master's interval.
   */
  public static long skewNanos(int version, int priority, long masterIntervalNanos) {
    long whole = version == 2 ? SECOND : masterIntervalNanos;
    return (256 - priority) * whole / 256;
  }

  /** Silence after which the master counts as dead. */
  public static long masterDownNanos(
      int version, int priority, long masterIntervalNanos, int adverts) {
    return adverts * masterIntervalNanos + skewNanos(version, priority, masterIntervalNanos);
  }
}
