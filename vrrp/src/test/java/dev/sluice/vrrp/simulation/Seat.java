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

  /**
   * Since when a priority 0 counts: as {@link #silentSince}, but a member that left MASTER along
   * with another of its group heeds what came after the advert that made that one leave.
   */
  long heedsSince;

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

  /** Whether the one that said priority 0 was the one it followed. */
  boolean known;

  long lastSent;

  /** As {@link #lastSent}, but a standstill is no excuse. */
  long spokeAt;

  /** After it stood still: the end of the interval in which it must listen. */
  long listenUntil;

  /** Since when it is MASTER. */
  long masterSince;

  /** The last one it met as MASTER who loses, or is made to wait; null: none in this period. */
  @Nullable InetAddress rival;

  /** When its conflict with the rival began, and when it heard it last. */
  long rivalSince;

  long rivalSeen;
  private long bidSince;
  private long bidSeen = -1;

  /** How long a bid is resisted: by the priority that it had when the bid began. */
  long patience;

  /** When the addresses must be announced again after a conflict; -1: not. */
  final long[] repairs = {-1, -1};

  /** Whether it said priority 0 since it got its addresses, and whether it gave them up without. */
  boolean saidZero;

  boolean leftSilently;

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
    heedsSince = clock;
    zeroAt = -1;
    interval = settings.advertIntervalNanos();
    highest = priority();
    delaySince = fromFault && settings.preemptDelayNanos() > 0 ? clock : -1;
    fresh = true;
    listenUntil = 0;
    afterFault = fromFault;
    master = null;
  }

  /** An advert heard in BACKUP. */
  void hear(int priority, long advertised, InetAddress from, long arrived) {
    if (priority == 0) {
      release(from, arrived);
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

  /** Priority 0 heard in BACKUP; answers whether it counts: a bystander's does not. */
  boolean release(InetAddress from, long arrived) {
    InetAddress followed = master;
    if (followed != null && !followed.equals(from) && !settings.strict()) {
      return false;
    }
    known = followed != null || (known && zeroAt >= heedsSince);
    master = from;
    // keepalived says it twice: the first one counts.
    if (zeroAt < heedsSince) {
      zeroAt = arrived;
    }
    return true;
  }

  /** A conflict with this router goes on, or begins; answers whether it goes on. */
  boolean meets(InetAddress from, long clock) {
    boolean again =
        from.equals(rival) && clock - rivalSeen <= down(1, settings.advertIntervalNanos());
    if (!again) {
      rival = from;
      rivalSince = clock;
    }
    rivalSeen = clock;
    return again;
  }

  /** Whether it has been MASTER for longer than a newcomer. */
  boolean sitting(long clock) {
    return clock - masterSince + SLACK >= down(priority(), settings.advertIntervalNanos());
  }

  /** A better one bids, nopreempt_strict; answers since when, whoever they are. */
  long bid(long clock, long advertised) {
    long pause = down(1, Math.max(settings.advertIntervalNanos(), advertised));
    if (bidSeen < 0 || clock - bidSeen > pause) {
      bidSince = clock;
      patience = down(priority(), settings.advertIntervalNanos());
    }
    bidSeen = clock;
    return bidSince;
  }

  void becameMaster(long clock) {
    masterSince = clock;
    bidSeen = -1;
    rival = null;
    repairs[0] = -1;
    repairs[1] = -1;
  }

  /** It stood still until now. */
  void thawed(long clock) {
    long due = Math.max(silentSince + down(highest, interval), listenUntil);
    if (kind == VrrpState.BACKUP && clock - due > interval + SLACK) {
      listenUntil = clock + interval + skew(highest, interval);
    }
  }

  /** Adverts of a conflict that it wins, at its clock. */
  void conflict(long clock) {
    if (settings.garp().lowerPrioRepeat() > 0) {
      repairs[0] = clock + 1_000_000_000L;
      repairs[1] = clock + 10_000_000_000L;
    }
  }

  /** It announces its addresses. */
  void announced(long clock) {
    for (int i = 0; i < repairs.length; i++) {
      // Conflicts are timed by the millisecond.
      if (repairs[i] >= 0 && clock + 1_000_000 + SLACK >= repairs[i]) {
        repairs[i] = -1;
      }
    }
  }

  /** Why it is late with announcing again; null: it is not. */
  @Nullable String unrepaired(long clock) {
    for (long due : repairs) {
      if (due >= 0 && clock > due + SLACK) {
        return "did not announce its addresses again, due " + (clock - due) / 1000 + " us ago";
      }
    }
    return null;
  }

  void yieldTo(long advertised, InetAddress from, long arrived) {
    silentSince = arrived;
    heedsSince = arrived;
    zeroAt = -1;
    interval = settings.version() == 2 ? settings.advertIntervalNanos() : advertised;
    highest = priority();
    fresh = false;
    master = from;
  }

  /** What a priority that rose since may have taken from a running timer, at most. */
  private long shifted() {
    return skew(1, interval) - skew(highest, interval);
  }

  /** Why it may not become MASTER now; null: it may. */
  @Nullable String tooEarly(long clock, boolean inGroup) {
    boolean released = zeroAt >= heedsSince && zeroAt >= 0;
    if (!released && clock + SLACK < listenUntil) {
      return "it stood still, and must listen for " + (listenUntil - clock) / 1000 + " us more";
    }
    if (clock - silentSince + SLACK >= down(highest, interval)) {
      return null;
    }
    long wait = settings.fastRelease() && known ? 0 : skew(highest, interval);
    if (released && clock - zeroAt + SLACK >= wait) {
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
        && (owner || clock - silentSince + SLACK >= interval + interval / 256 - shifted())) {
      return null;
    }
    return "silence of "
        + (clock - silentSince) / 1000
        + " us, Master_Down_Interval is "
        + down(highest, interval) / 1000
        + " us";
  }
}
