package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Route;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;
import dev.sluice.vrrp.objects.Claims;
import dev.sluice.vrrp.objects.KernelObject;
import dev.sluice.vrrp.objects.TokenBucket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Finds out what others took away: what someone else removes is put back in the same turn of the
 * loop, up to {@link #REPAIRS_AT_ONCE} times and then once per {@link #REPAIR_PERIOD_NANOS} and
 * object; not with {@code no_track}.
 */
final class Repair {
  private static final int REPAIRS_AT_ONCE = 10;
  private static final long REPAIR_PERIOD_NANOS = 1_000_000_000L;

  /** Who does what is found to be necessary. */
  interface Hand {
    /** The next batch must look at it. */
    void dirty(KernelObject.Key key, ObjectKeeper.Why why);

    /** It is to be looked at then. */
    void later(KernelObject.Key key, long atNanos);

    /** Something is gone that we had. */
    void gone(String owner, KernelObject object, String cause);
  }

  private final Interfaces interfaces;
  private final VrrpListener listener;
  private final Claims claims;
  private final Holdings holdings;
  private final Hand hand;
  private final Set<KernelObject.Key> suspects = new LinkedHashSet<>();

  Repair(
      Interfaces interfaces, VrrpListener listener, Claims claims, Holdings holdings, Hand hand) {
    this.interfaces = interfaces;
    this.listener = listener;
    this.claims = claims;
    this.holdings = holdings;
    this.hand = hand;
  }

  /** The monitor tells that an address is gone; whether it still is shows after all news. */
  void addressRemoved(InterfaceAddress removed) {
    KernelObject.Key key = holdings.at(removed);
    if (key != null) {
      suspects.add(key);
    }
    suspectRoutes();
  }

  /** The monitor tells that a route is gone. */
  void routeRemoved(Route route) {
    for (KernelObject.Key path : holdings.paths()) {
      if (path instanceof KernelObject.Key.OfRoute key
          && key.table() == route.table()
          && key.prefixLength() == route.prefixLength()
          && Objects.equals(key.destination(), route.destination())) {
        suspects.add(path);
      }
    }
  }

  /** A rule is gone, or a link or address changed: IPv4 routes then go without a word. */
  void suspectRoutes() {
    suspects.addAll(holdings.paths());
  }

  /** News were lost: everything is to be looked at. */
  void suspectAll() {
    suspects.addAll(holdings.keys());
  }

  /** This one is to be looked at. */
  void suspect(KernelObject.Key key) {
    suspects.add(key);
  }

  /** Whether it may be gone. */
  boolean suspected(KernelObject.Key key) {
    return suspects.contains(key);
  }

  /** Whether {@link #examine} has anything to do. */
  boolean pending() {
    return !suspects.isEmpty();
  }

  /** Looks at what may be gone, after all news are in. */
  void examine(long nowNanos) {
    if (suspects.isEmpty()) {
      return;
    }
    List<KernelObject.Key> keys = List.copyOf(suspects);
    suspects.clear();
    for (KernelObject.Key key : keys) {
      Holdings.Holding holding = holdings.get(key);
      if (holding == null || !holding.held || holding.adopted || claims.wanted(key) == null) {
        continue;
      }
      if (key instanceof KernelObject.Key.OfAddress) {
        addressSuspected(holding, key, nowNanos);
      } else if (holding.object.tracked()) {
        if (holding.notBeforeNanos > nowNanos) {
          hand.later(key, holding.notBeforeNanos);
        } else {
          // Adding it anew tells: where it still is, the kernel refuses.
          hand.dirty(key, ObjectKeeper.REPAIR);
        }
      }
    }
  }

  private void addressSuspected(Holdings.Holding holding, KernelObject.Key key, long nowNanos) {
    if (!(holding.object instanceof KernelObject.Address(String device, VirtualAddress va))
        || interfaces.find(holding.ifindex, va.address(), ObjectWire.length(va)).isPresent()) {
      return;
    }
    holding.held = false;
    holdings.left(va, holding.ifindex);
    if (interfaces.byIndex(holding.ifindex).isEmpty()) {
      // Gone with its interface: it comes when that comes, or now where it is back already.
      if (interfaces.byName(device).isPresent()) {
        hand.dirty(key, ObjectKeeper.INTERFACE_THERE);
      }
      return;
    }
    if (Leases.over(holding, nowNanos)) {
      hand.gone(holding.owner, holding.object, "its lease ran out: we were held up");
      hand.dirty(key, ObjectKeeper.REPAIR);
      return;
    }
    if (!holding.object.tracked()) {
      holding.abandoned = true;
      hand.gone(holding.owner, holding.object, "removed by someone else; no_track");
      return;
    }
    holding.stolen = true;
    long at = token(holding, nowNanos);
    if (at <= nowNanos) {
      hand.dirty(key, ObjectKeeper.REPAIR);
    } else {
      hand.later(key, at);
    }
  }

  /** When the next repair of this object may happen; tells once that there are too many. */
  long token(Holdings.Holding holding, long nowNanos) {
    TokenBucket bucket = holding.bucket;
    if (bucket == null) {
      bucket = new TokenBucket(REPAIRS_AT_ONCE, REPAIR_PERIOD_NANOS, nowNanos);
      holding.bucket = bucket;
    }
    long at = bucket.take(nowNanos);
    if (at > nowNanos && !holding.limitTold) {
      holding.limitTold = true;
      listener.on(
          new VrrpEvent.Warning(
              holding.owner,
              holding.object.words()
                  + " is removed by someone else again and again; it is put back at most once a"
                  + " second: find out who manages the interface beside us"));
    }
    return at;
  }
}
