package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.Action;
import dev.sluice.vrrp.simulation.ClusterSpec.Place;
import dev.sluice.vrrp.simulation.ClusterSpec.VirtualRouter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Writes down who was MASTER when, and what an operator should know of it. */
public final class Timeline implements Observer {
  /** More than this often MASTER and no longer, with nothing happening: it flaps. */
  private static final int FLAPS = 1;

  private final ClusterSpec spec;
  private final List<VirtualRouter> virtual;
  private final Map<Place, Integer> indexOf = new HashMap<>();
  private final List<Line> lines = new ArrayList<>();
  private final List<List<Period>> periods = new ArrayList<>();
  private final List<SortedSet<Integer>> masters = new ArrayList<>();
  private final Set<String> warnings = new LinkedHashSet<>();
  private final Map<Place, Integer> fallen = new HashMap<>();

  /** Something that happened, or that an instance did about it. */
  public sealed interface Line {
    /** Since the start. */
    long atNanos();

    /** From outside. */
    record Happened(long atNanos, Happening happening) implements Line {}

    /** An instance changed its state. */
    record Changed(long atNanos, Place place, VrrpState from, VrrpState to, String cause)
        implements Line {}
  }

  /**
   * Who was MASTER of a virtual router.
   *
   * @param masters the routers; empty: nobody
   */
  public record Period(long fromNanos, long untilNanos, SortedSet<Integer> masters) {
    public Period {
      masters = Collections.unmodifiableSortedSet(new TreeSet<>(masters));
    }

    /** How long. */
    public long nanos() {
      return untilNanos - fromNanos;
    }
  }

  public Timeline(ClusterSpec spec) {
    this.spec = spec;
    virtual = spec.virtualRouters();
    for (int v = 0; v < virtual.size(); v++) {
      periods.add(new ArrayList<>());
      masters.add(new TreeSet<>());
      for (Place place : virtual.get(v).places()) {
        indexOf.put(place, v);
      }
    }
  }

  @Override
  public void happened(long atNanos, Happening happening) {
    lines.add(new Line.Happened(atNanos, happening));
    fallen.clear();
    if (happening instanceof Happening.Killed(int router)) {
      for (int i = 0; i < spec.routers().get(router).instances().size(); i++) {
        master(atNanos, new Place(router, i), false);
      }
    }
  }

  @Override
  public void refused(long atNanos, int router, int instance, int fromRouter, String why) {
    warnings.add(
        name(router)
            + " drops what "
            + name(fromRouter)
            + " sends for "
            + spec.routers().get(router).instances().get(instance).settings().name()
            + ": "
            + why);
  }

  @Override
  public void acted(long atNanos, int router, int instance, Action action) {
    Place place = new Place(router, instance);
    switch (action) {
      case Action.StateChanged(VrrpState from, VrrpState to, String cause) -> {
        lines.add(new Line.Changed(atNanos, place, from, to, cause));
        master(atNanos, place, to == VrrpState.MASTER);
        if (from == VrrpState.MASTER && fallen.merge(place, 1, Integer::sum) > FLAPS) {
          warnings.add(
              spec.instance(place).settings().name()
                  + " flaps: "
                  + name(router)
                  + " becomes MASTER again and again with nothing happening");
        }
      }
      case Action.Ended _ -> master(atNanos, place, false);
      case Action _ -> {}
    }
  }

  private void master(long at, Place place, boolean is) {
    Integer v = indexOf.get(place);
    if (v == null) {
      return;
    }
    SortedSet<Integer> before = new TreeSet<>(masters.get(v));
    boolean changed =
        is ? masters.get(v).add(place.router()) : masters.get(v).remove(place.router());
    if (changed) {
      close(v, at, before);
    }
  }

  private void close(int v, long at, SortedSet<Integer> masters) {
    List<Period> all = periods.get(v);
    long from = all.isEmpty() ? 0 : all.getLast().untilNanos();
    if (at > from) {
      if (!all.isEmpty() && all.getLast().masters().equals(masters)) {
        from = all.removeLast().fromNanos();
      }
      all.add(new Period(from, at, masters));
    }
  }

  /** Ends it. */
  public void end(long atNanos) {
    for (int v = 0; v < virtual.size(); v++) {
      close(v, atNanos, masters.get(v));
      judge(v);
    }
  }

  private void judge(int v) {
    VirtualRouter one = virtual.get(v);
    long served = one.places().stream().map(Place::router).distinct().count();
    if (served == 1 && spec.routers().size() > 1) {
      warnings.add(
          one.name()
              + " is served by "
              + name(one.places().getFirst().router())
              + " alone: no other file has virtual_router_id "
              + one.virtualRouterId()
              + " for IPv"
              + one.family()
              + " on "
              + one.link());
    }
    for (Period period : periods.get(v)) {
      if (period.masters().size() > 1 && period.nanos() > handover(one)) {
        warnings.add(
            String.format(
                Locale.ROOT,
                "%s has %d masters (%s) for %s ms from %.3f s",
                one.name(),
                period.masters().size(),
                String.join(", ", period.masters().stream().map(this::name).toList()),
                millis(period.nanos()),
                period.fromNanos() / 1e9));
      }
    }
    if (masters.get(v).isEmpty()) {
      warnings.add(one.name() + " has no master at the end");
    }
    Set<Integer> places = new HashSet<>();
    for (Place place : one.places()) {
      if (!places.add(place.router())) {
        warnings.add(
            name(place.router())
                + " has virtual_router_id "
                + one.virtualRouterId()
                + " twice on "
                + one.link());
      }
    }
  }

  /** A handover takes the time of a packet: that is no warning. */
  private long handover(VirtualRouter one) {
    return one.places().stream()
            .mapToLong(place -> spec.instance(place).settings().advertIntervalNanos())
            .min()
            .orElse(0)
        / 10;
  }

  /** Milliseconds; a fraction only below 10. */
  public static String millis(long nanos) {
    return nanos < 10_000_000L
        ? String.format(Locale.ROOT, "%.1f", nanos / 1e6)
        : Long.toString(Math.round(nanos / 1e6));
  }

  private String name(int router) {
    return spec.routers().get(router).name();
  }

  /** The virtual routers, in the order of the spec. */
  public List<VirtualRouter> virtualRouters() {
    return virtual;
  }

  /** Everything that happened. */
  public List<Line> lines() {
    return Collections.unmodifiableList(lines);
  }

  /** Who was MASTER, from the start to the end without a gap. */
  public List<Period> periods(int virtualRouter) {
    return Collections.unmodifiableList(periods.get(virtualRouter));
  }

  /** Times without a master after the first one. */
  public List<Period> outages(int virtualRouter) {
    List<Period> all = periods.get(virtualRouter);
    return all.stream().skip(1).filter(period -> period.masters().isEmpty()).toList();
  }

  /** The masters at the end. */
  public SortedSet<Integer> mastersAtEnd(int virtualRouter) {
    return Collections.unmodifiableSortedSet(masters.get(virtualRouter));
  }

  /** What an operator should know, in words. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }
}
