package dev.sluice.core.ipvs;

import dev.sluice.core.api.IpvsTable;
import dev.sluice.lvs.Plane.Counters;

/**
 * Counters since the last zero, and IPVS's rates: every two seconds an average moves a quarter of
 * the way to what those seconds had, in whole numbers (lvs.md g).
 */
final class Estimator {
  /** Seconds between two calls of {@link #tick}. */
  static final int PERIOD_SECONDS = 2;

  private static final Counters NOTHING = new Counters(0, 0, 0, 0, 0);

  private Counters base = NOTHING;
  private Counters last = NOTHING;
  private long connections;
  private long inPackets;
  private long outPackets;
  private long inBytes;
  private long outBytes;

  /** Another two seconds have gone by. */
  void tick(Counters now) {
    if (behind(now, last)) {
      // Its service was removed and made anew.
      base = NOTHING;
      last = NOTHING;
    }
    connections += few(now.connections() - last.connections(), connections);
    inPackets += few(now.inPackets() - last.inPackets(), inPackets);
    outPackets += few(now.outPackets() - last.outPackets(), outPackets);
    inBytes += many(now.inBytes() - last.inBytes(), inBytes);
    outBytes += many(now.outBytes() - last.outBytes(), outBytes);
    last = now;
  }

  private static boolean behind(Counters now, Counters then) {
    return now.connections() < then.connections() || now.inPackets() < then.inPackets();
  }

  private static long few(long more, long average) {
    return ((more << 9) - average) >> 2;
  }

  private static long many(long more, long average) {
    return ((more << 4) - average) >> 2;
  }

  /** Everything counts from here, and the averages begin again. */
  void zero(Counters now) {
    base = now;
    last = now;
    connections = 0;
    inPackets = 0;
    outPackets = 0;
    inBytes = 0;
    outBytes = 0;
  }

  /** Counters of this moment, rates of the last two seconds. */
  IpvsTable.Statistics shown(Counters now) {
    Counters from = behind(now, base) ? NOTHING : base;
    return new IpvsTable.Statistics(
        now.connections() - from.connections(),
        now.inPackets() - from.inPackets(),
        now.outPackets() - from.outPackets(),
        now.inBytes() - from.inBytes(),
        now.outBytes() - from.outBytes(),
        (connections + 511) >> 10,
        (inPackets + 511) >> 10,
        (outPackets + 511) >> 10,
        (inBytes + 15) >> 5,
        (outBytes + 15) >> 5);
  }
}
