package dev.sluice.plane.xdp;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.ServiceTable.Features;
import dev.sluice.lvs.ServiceTable.Persistence;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.ServiceTable.Scheduling;
import dev.sluice.lvs.scheduler.Roster;
import dev.sluice.lvs.scheduler.SchedulerKind;
import dev.sluice.lvs.scheduler.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the plane holds of one virtual service. Owned by the plane's thread. */
final class Service {
  final int number;
  final VirtualServer.Key key;
  Scheduling scheduling;
  Persistence persistence = Persistence.NONE;
  Features features = Features.NONE;
  SchedulerKind kind;

  /** The servers in the scheduler's order; with a sequence: as it was before the first pick. */
  Roster<RealKey> roster;

  /** Empty where the programs look at the servers themselves. */
  Sequence<RealKey> sequence = Sequence.none();

  int activeRing;
  final PickPool.Extent[] extents = {PickPool.Extent.NONE, PickPool.Extent.NONE};

  /** Servers in use, in the order they were added. */
  final Map<RealKey, Real> reals = new LinkedHashMap<>();

  /**
   * Removed servers: their entries' packets are dropped, and they come back with their counters.
   */
  final Map<RealKey, Real> trash = new LinkedHashMap<>();

  boolean removed;

  Service(int number, VirtualServer.Key key, Scheduling scheduling, SchedulerKind kind) {
    this.number = number;
    this.key = key;
    this.scheduling = scheduling;
    this.kind = kind;
    this.roster = Roster.of(kind, List.of());
  }

  /** A real server of it. */
  static final class Real {
    final int number;
    final RealKey key;
    int weight;

    /** The last one that was not 0. */
    int lastWeight;

    ForwardingMethod method = ForwardingMethod.DR;

    /** With method TUN. */
    Tunnel tunnel = Tunnel.ipip();

    int upperThreshold;
    int lowerThreshold;

    /** Jiffies at which its last entry was seen, or at which it was removed; only in the trash. */
    int idleSince;

    /** Had entries when it was removed: then its counters go on when it comes back. */
    boolean hadEntries;

    Real(int number, RealKey key, int weight) {
      this.number = number;
      this.key = key;
      weight(weight);
    }

    void weight(int next) {
      weight = next;
      lastWeight = next > 0 ? next : lastWeight;
    }
  }

  /** All numbers of servers that may still count packets, in and out of use. */
  Map<Integer, Real> allReals() {
    Map<Integer, Real> all = new TreeMap<>();
    reals.values().forEach(r -> all.put(r.number, r));
    trash.values().forEach(r -> all.put(r.number, r));
    return all;
  }
}
