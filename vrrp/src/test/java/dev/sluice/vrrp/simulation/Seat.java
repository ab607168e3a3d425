package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.InstanceSettings;
import java.net.InetAddress;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An instance as the judge sees it: from what it was told and what it was heard to do, never from
 * the machine. Its clock is the router's own.
 */
final class Seat {
  /** Rounding of clocks, and ticks that come in the order of the heap. */
  static final long SLACK = 20_000;

  final int router;
  final int instance;
  final ClusterSpec.Instance spec;
  private final Map<String, Integer> terms = new TreeMap<>();
  private int added;

  InstanceSettings settings;
  VrrpState kind = VrrpState.INIT;
  boolean held;

  /** When the silence began: the last advert that counts, or the start in BACKUP. */
  long silentSince;

  /** Priority 0 of the master after that; -1: none. */
  long zeroAt = -1;

  /** Of the master heard last. */
  long interval;

  /** The highest priority it had since; the higher, the sooner it may move. */
  int highest;

  /** When it heard the first lower advert of a preempt_delay; -1: none. */
  long delaySince = -1;

  /** Whether nothing was heard since it came from INIT or FAULT. */
  boolean fresh;

  boolean afterFault;
  @Nullable InetAddress master;
  long lastSent;

  /** As {@link #lastSent}, but a standstill is no excuse. */
  long spokeAt;

  /** The priority it told last; -1: none. */
  int reported = -1;

  Seat(int router, int instance, ClusterSpec.Instance spec) {
    this.router = router;
    this.instance = instance;
    this.spec = spec;
    this.settings = spec.settings();
  }

  void term(String name, int value) {
    Integer before = terms.put(name, value);
    added += value - (before == null ? 0 : before);
  }

  /** Base and terms, 1 to 254; an owner stays what it is. */
  int priority() {
    if (settings.priority() == 255) {
      return 255;
    }
    return Math.max(1, Math.min(254, settings.priority() + added));
  }

  /** RFC 3768 6.1, RFC 5798 6.1. */
  long skew(int priority, long masterInterval) {
    return (settings.version() == 2 ? 1_000_000_000L : masterInterval) * (256 - priority) / 256;
  }

  long down(int priority, long masterInterval) {
    return settings.downTimerAdverts() * masterInterval + skew(priority, masterInterval);
  }

  void listen(long clock, boolean fromFault) {
    silentSince = clock;
    zeroAt = -1;
    interval = settings.advertIntervalNanos();
    highest = priority();
    delaySince = fromFault && settings.preemptDelayNanos() > 0 ? clock : -1;
    fresh = true;
    afterFault = fromFault;
    master = null;
  }

  /** An advert heard in BACKUP. */
  void hear(int priority, long advertised, InetAddress from, long arrived) {
    if (priority == 0) {
      // keepalived says it twice: the first one counts.
      if (zeroAt < silentSince) {
        zeroAt = arrived;
      }
      return;
    }
    boolean lower = priority < priority();
    boolean delayed =
        settings.preemptDelayNanos() > 0
            && (delaySince < 0 || arrived < delaySince + settings.preemptDelayNanos());
    if (!lower) {
      delaySince = -1;
    } else if (delaySince < 0 && settings.preemptDelayNanos() > 0) {
      delaySince = arrived;
    }
    if (!lower || !settings.preempt() || delayed) {
      yieldTo(advertised, from, arrived);
    } else {
      master = from;
    }
  }

  void yieldTo(long advertised, InetAddress from, long arrived) {
    silentSince = arrived;
    zeroAt = -1;
    interval = settings.version() == 2 ? settings.advertIntervalNanos() : advertised;
    highest = priority();
    fresh = false;
    master = from;
  }

  /** Why it may not become MASTER now; null: it may. */
  @Nullable String tooEarly(long clock, boolean inGroup) {
    if (clock - silentSince + SLACK >= down(highest, interval)) {
      return null;
    }
    if (zeroAt >= silentSince && clock - zeroAt + SLACK >= skew(highest, interval)) {
      return null;
    }
    boolean owner = settings.priority() == 255;
    if (fresh
        && owner
        && afterFault
        && clock - silentSince + SLACK >= interval + skew(255, interval)) {
      return null;
    }
    if (fresh
        && !afterFault
        && inGroup
        && settings.startAsMaster()
        && (owner || clock - silentSince + SLACK >= interval + interval / 256)) {
      return null;
    }
    return "silence of "
        + (clock - silentSince) / 1000
        + " us, Master_Down_Interval is "
        + down(highest, interval) / 1000
        + " us";
  }
}
