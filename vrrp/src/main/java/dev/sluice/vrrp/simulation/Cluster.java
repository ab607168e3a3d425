package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.Action;
import dev.sluice.vrrp.machine.InstanceState;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.VrrpTimers;
import dev.sluice.vrrp.simulation.ClusterSpec.Place;
import dev.sluice.vrrp.simulation.ClusterSpec.VirtualRouter;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs the routers of a spec on a made-up network. The same spec, seed and happenings give the same
 * run to the nanosecond. Nobody runs before a {@link Happening.Started}.
 */
public final class Cluster {
  private final ClusterSpec spec;
  private final Observer observer;
  private final Network network;
  private final List<SimulatedRouter> routers = new ArrayList<>();

  /** Whom an instance's adverts reach, by router and instance. */
  private final List<List<List<Place>>> listeners = new ArrayList<>();

  /** What routers that stand still have not learned yet. */
  private final List<List<Happening>> missed = new ArrayList<>();

  private final PriorityQueue<Due> heap = new PriorityQueue<>();
  private long now;
  private long order;

  private sealed interface Task {
    record Arrival(SimulatedRouter to, int instance, Packet packet) implements Task {}

    record Tick(SimulatedRouter router) implements Task {}

    record Befalls(Happening happening) implements Task {}
  }

  private record Due(long at, long order, Task task) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  /** A cluster at time 0, in which nothing has happened yet. */
  public Cluster(ClusterSpec spec, Conditions conditions, long seed, Observer observer) {
    this.spec = spec;
    this.observer = observer;
    this.network = new Network(spec.routers().size(), seed, conditions);
    for (int i = 0; i < spec.routers().size(); i++) {
      routers.add(new SimulatedRouter(i, spec.routers().get(i), this::perform));
      missed.add(new ArrayList<>());
    }
    for (ClusterSpec.Router router : spec.routers()) {
      listeners.add(
          new ArrayList<>(router.instances().stream().map(_ -> List.<Place>of()).toList()));
    }
    for (VirtualRouter virtual : spec.virtualRouters()) {
      for (Place from : virtual.places()) {
        listeners
            .get(from.router())
            .set(
                from.instance(),
                virtual.places().stream().filter(to -> reaches(from, to)).toList());
      }
    }
  }

  /** A unicast advert reaches the listed peers that are unicast too (V-35). */
  private boolean reaches(Place from, Place to) {
    ClusterSpec.Instance sender = spec.instance(from);
    ClusterSpec.Instance receiver = spec.instance(to);
    return from.router() != to.router()
        && sender.peers().isEmpty() == receiver.peers().isEmpty()
        && (sender.peers().isEmpty() || sender.peers().contains(receiver.address()));
  }

  /** Plans something. What is planned for one moment happens in the order it was planned. */
  public void at(long atNanos, Happening happening) {
    heap.add(new Due(Math.max(now, atNanos), order++, new Task.Befalls(happening)));
  }

  /** Lets time pass until then. */
  public void runUntil(long untilNanos) {
    Due next;
    while ((next = heap.peek()) != null && next.at() <= untilNanos) {
      heap.poll();
      if (next.at() > now) {
        now = next.at();
      }
      switch (next.task()) {
        case Task.Befalls(Happening happening) -> {
          observer.moved(now);
          befall(happening);
        }
        case Task.Arrival(SimulatedRouter to, int instance, Packet packet) -> {
          observer.moved(now);
          if (to.running() && to.attached(instance) && !to.keep(instance, packet, now)) {
            deliver(to, instance, packet, now);
            settle(to);
          }
        }
        case Task.Tick(SimulatedRouter router) -> {
          if (router.armedAt == next.at()) {
            router.armedAt = VrrpTimers.NONE;
            if (router.deadline() <= now) {
              observer.moved(now);
              tick(router);
              settle(router);
            } else {
              arm(router);
            }
          }
        }
      }
    }
    now = Math.max(now, untilNanos);
    observer.moved(now);
  }

  /** The time since the start. */
  public long nowNanos() {
    return now;
  }

  /** How an instance stands; null: the daemon does not run. */
  public @Nullable InstanceState state(int router, int instance) {
    return routers.get(router).state(instance);
  }

  /** Whether an instance is MASTER, also of a router that stands still. */
  public boolean master(int router, int instance) {
    InstanceState state = state(router, instance);
    return state != null && state.kind() == VrrpState.MASTER;
  }

  private void befall(Happening happening) {
    if (waits(happening)) {
      return;
    }
    observer.happened(now, happening);
    switch (happening) {
      case Happening.Started(int r) -> routers.get(r).start(now);
      case Happening.Stopped(int r) -> routers.get(r).stop(now);
      case Happening.Killed(int r) -> {
        routers.get(r).kill();
        missed(r);
      }
      case Happening.Frozen(int r) -> routers.get(r).freeze();
      case Happening.Thawed(int r) -> {
        routers.get(r).thaw(now, this);
        missed(r);
      }
      case Happening.Cut(int from, int to, String link) -> network.cut(from, to, link, 1);
      case Happening.Mended(int from, int to, String link) -> network.cut(from, to, link, -1);
      case Happening.InterfaceDown(int r, String device) ->
          routers.get(r).device(device, false, now);
      case Happening.InterfaceUp(int r, String device) -> routers.get(r).device(device, true, now);
      case Happening.TermSet(int r, int instance, var source, String name, int value) ->
          routers.get(r).term(instance, new MachineEvent.TermSet(source, name, value), now);
      case Happening.Reloaded(int r, var settings) -> routers.get(r).reload(settings, now);
      case Happening.NetworkIs(Conditions conditions) -> network.conditions(conditions);
    }
    for (SimulatedRouter router : routers) {
      settle(router);
    }
  }

  /** A router that stands still learns of some things only when it goes on. */
  private boolean waits(Happening happening) {
    int router =
        switch (happening) {
          case Happening.Stopped(int r) -> r;
          case Happening.TermSet term -> term.router();
          case Happening.Reloaded(int r, var _) -> r;
          default -> -1;
        };
    return router >= 0 && routers.get(router).frozen() && missed.get(router).add(happening);
  }

  private void missed(int router) {
    List<Happening> late = List.copyOf(missed.get(router));
    missed.get(router).clear();
    late.forEach(this::befall);
  }

  /** Lets a router's timers fire. */
  void tick(SimulatedRouter router) {
    observer.ticked(now, router.index);
    router.due(now);
  }

  /** Gives a packet to an instance that accepts it. */
  void deliver(SimulatedRouter to, int instance, Packet packet, long arrivedNanos) {
    String refusal = packet.refusal(to.spec.instances().get(instance), to.settings(instance));
    if (refusal != null) {
      observer.refused(now, to.index, instance, packet.fromRouter(), refusal);
      return;
    }
    observer.heard(
        now,
        to.index,
        instance,
        packet.priority(),
        packet.intervalNanos(),
        packet.source(),
        arrivedNanos);
    to.hear(instance, packet, arrivedNanos, now);
  }

  private void settle(SimulatedRouter router) {
    observer.settled(now, router.index);
    arm(router);
  }

  /** A deadline that moved away leaves the earlier timer in the heap, which then finds nothing. */
  private void arm(SimulatedRouter router) {
    long deadline = router.deadline();
    if (deadline < router.armedAt) {
      router.armedAt = Math.max(now, deadline);
      heap.add(new Due(router.armedAt, order++, new Task.Tick(router)));
    }
  }

  private void perform(SimulatedRouter router, int instance, Action action) {
    observer.acted(now, router.index, instance, action);
    if (action instanceof Action.SendAdvert(int priority) && router.attached(instance)) {
      send(router, instance, priority);
    }
  }

  private void send(SimulatedRouter from, int instance, int priority) {
    ClusterSpec.Instance own = from.spec.instances().get(instance);
    Packet packet = new Packet(from.index, own, from.settings(instance), priority, own.address());
    for (Place to : listeners.get(from.index).get(instance)) {
      int copies = network.copies(from.index, to.router(), own.link());
      for (int i = 0; i < copies; i++) {
        heap.add(
            new Due(
                network.arrival(now, from.index, to.router(), own.link()),
                order++,
                new Task.Arrival(routers.get(to.router()), to.instance(), packet)));
      }
    }
  }
}
