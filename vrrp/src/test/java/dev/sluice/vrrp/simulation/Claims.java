package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.simulation.ClusterSpec.Place;
import dev.sluice.vrrp.simulation.ClusterSpec.VirtualRouter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold between routers that all hear each other, a while after the last disturbance:
 *
 * <pre>
 * a master           within Master_Down_Interval of the best, and the time of two packets
 * one master         within an interval, and the time of two packets
 * the best is master once it preempts, preempt_delay included
 * rest               nobody changes any more
 * </pre>
 *
 * Nothing is claimed where packets are lost, or where A hears B but B does not hear A.
 */
final class Claims {
  private static final long NEVER = Long.MAX_VALUE;

  private final Judge judge;
  private final List<VirtualRouter> virtual;
  private final int routers;
  private final List<Happening.Cut> cuts = new ArrayList<>();
  private final long[] lastChange;
  private final long maxInterval;
  private final boolean grouped;

  /** How long a master that sits makes a better one wait (nopreempt_strict). */
  private final long hold;

  private Conditions conditions;
  private long disturbed;
  private boolean dirty = true;
  private long deadline = NEVER;
  private String complaint = "";
  private @Nullable List<List<List<Place>>> components;

  Claims(Judge judge, Conditions conditions) {
    this.judge = judge;
    this.conditions = conditions;
    virtual = judge.spec.virtualRouters();
    routers = judge.desks.length;
    lastChange = new long[virtual.size()];
    long slowest = 0;
    boolean groups = false;
    for (ClusterSpec.Router router : judge.spec.routers()) {
      groups |= !router.groups().isEmpty();
      for (ClusterSpec.Instance instance : router.instances()) {
        slowest = Math.max(slowest, instance.settings().advertIntervalNanos());
      }
    }
    maxInterval = slowest;
    grouped = groups;
    long longest = 0;
    for (Judge.Desk desk : judge.desks) {
      for (Seat seat : desk.seats) {
        if (seat.settings.nopreemptStrict()) {
          longest = Math.max(longest, seat.down(1, slowest) + slowest);
        }
      }
    }
    hold = longest;
  }

  void happened(long at, Happening happening) {
    disturbed = Math.max(disturbed, at);
    components = null;
    dirty = true;
    switch (happening) {
      case Happening.Cut cut -> cuts.add(cut);
      case Happening.Mended(int from, int to, String link) ->
          cuts.remove(new Happening.Cut(from, to, link));
      case Happening.NetworkIs(Conditions next) -> conditions = next;
      case Happening.Started(int r) ->
          disturbed =
              Math.max(disturbed, at + slow(judge.spec.routers().get(r).startupDelayNanos()));
      default -> {}
    }
  }

  /** Who takes part is another matter now. */
  void recast() {
    components = null;
    dirty = true;
  }

  /** Somebody changed its state. */
  void changed(long at, Seat seat) {
    dirty = true;
    if (quiet() && at > disturbed + rest()) {
      throw judge.violation(
          seat, "changes its state though nothing happened for " + (at - disturbed) + " ns");
    }
    for (int v = 0; v < virtual.size(); v++) {
      if (virtual.get(v).places().contains(new Place(seat.router, seat.instance))) {
        lastChange[v] = at;
      }
    }
  }

  /** Since the last event nothing has changed. */
  void moved(long at) {
    if (dirty) {
      reckon();
      dirty = false;
    }
    if (at > deadline) {
      throw new Judge.Violation(complaint);
    }
  }

  private void reckon() {
    deadline = NEVER;
    List<List<List<Place>>> all = components();
    for (int v = 0; v < all.size(); v++) {
      for (List<Place> component : all.get(v)) {
        reckon(v, component);
      }
    }
  }

  private void reckon(int v, List<Place> component) {
    long base = Math.max(disturbed, lastChange[v]);
    Seat master = null;
    Seat best = null;
    int masters = 0;
    long down = NEVER;
    for (Place place : component) {
      Seat seat = seat(place);
      if (seat.kind == VrrpState.MASTER) {
        masters++;
        master = seat;
      }
      down = Math.min(down, groupDown(seat));
      if (seat.settings.preempt() && (best == null || seat.priority() > best.priority())) {
        best = seat;
      }
    }
    String where = " for " + virtual.get(v).name() + " among " + component;
    long way = 2 * conditions.maxDelayNanos() + 2 * Seat.SLACK;
    if (masters == 0) {
      claim(base + slow(down) + way, "no master" + where);
    } else if (masters > 1) {
      claim(base + slow(maxInterval + hold) + 2 * way, masters + " masters" + where);
    } else if (best != null && master != null && best.priority() > master.priority()) {
      claim(
          base
              + slow(maxInterval + hold + best.settings.preemptDelayNanos() + groupDown(best))
              + 2 * way,
          "a master of priority "
              + master.priority()
              + where
              + ", where the best has "
              + best.priority());
    }
  }

  private void claim(long until, String text) {
    if (until < deadline) {
      deadline = until;
      complaint = text;
    }
  }

  /** In a group the last member's timer counts. */
  private long groupDown(Seat seat) {
    long longest = 0;
    for (Seat mate : judge.desks[seat.router].mates(seat)) {
      longest = Math.max(longest, mate.down(mate.priority(), maxInterval));
    }
    return longest;
  }

  /** After this long without a disturbance nobody moves. */
  private long rest() {
    long worst = 0;
    long delay = 0;
    for (Judge.Desk desk : judge.desks) {
      for (Seat seat : desk.seats) {
        worst = Math.max(worst, seat.down(1, maxInterval));
        delay = Math.max(delay, seat.settings.preemptDelayNanos());
      }
    }
    return slow(2 * worst + hold + delay + 2 * maxInterval) + 8 * conditions.maxDelayNanos();
  }

  private boolean quiet() {
    return conditions.loss() == 0 && !components().isEmpty();
  }

  /** By the slowest clock. */
  private static long slow(long nanos) {
    return (long) (nanos * (1 + 1.2 * Scenarios.DRIFT));
  }

  private Seat seat(Place place) {
    return judge.desks[place.router()].seats[place.instance()];
  }

  /** Per virtual router those that hear each other; empty where nothing can be claimed. */
  private List<List<List<Place>>> components() {
    List<List<List<Place>>> known = components;
    if (known != null) {
      return known;
    }
    List<List<List<Place>>> all = new ArrayList<>();
    if (conditions.loss() == 0) {
      for (VirtualRouter one : virtual) {
        List<List<Place>> mine = components(one);
        if (mine == null || (grouped && cuts.stream().anyMatch(cut -> cut.link() != null))) {
          all.clear();
          break;
        }
        all.add(mine);
      }
    }
    components = all;
    return all;
  }

  private @Nullable List<List<Place>> components(VirtualRouter one) {
    boolean[][] apart = new boolean[routers][routers];
    for (Happening.Cut cut : cuts) {
      if (cut.link() == null || cut.link().equals(one.link())) {
        apart[cut.from()][cut.to()] = true;
      }
    }
    List<List<Place>> found = new ArrayList<>();
    for (Place place : one.places()) {
      Judge.Desk desk = judge.desks[place.router()];
      if (!desk.running || desk.frozen || desk.faulty(seat(place))) {
        continue;
      }
      List<Place> home = null;
      for (List<Place> component : found) {
        int heard = 0;
        int hearing = 0;
        for (Place other : component) {
          heard += apart[other.router()][place.router()] ? 0 : 1;
          hearing += apart[place.router()][other.router()] ? 0 : 1;
        }
        if (heard != hearing || (heard != 0 && heard != component.size())) {
          return null;
        }
        if (heard != 0) {
          if (home != null) {
            return null;
          }
          home = component;
        }
      }
      if (home == null) {
        home = new ArrayList<>();
        found.add(home);
      }
      home.add(place);
    }
    return found;
  }
}
