package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.Action;
import dev.sluice.vrrp.machine.FaultReason;
import dev.sluice.vrrp.machine.InstanceSettings;
import dev.sluice.vrrp.machine.InstanceState;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.Reading;
import dev.sluice.vrrp.machine.Tracked;
import dev.sluice.vrrp.machine.Trackers;
import dev.sluice.vrrp.machine.VrrpRouter;
import dev.sluice.vrrp.machine.VrrpRouter.Effect;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One router: the machines of its daemon and the machine they run on. It does what the driver does
 * around {@link VrrpRouter}: interfaces become faults and terms, packets that arrived while it
 * stood still are read before any timer counts.
 */
final class SimulatedRouter {
  /** Packets that wait while it stands still; what comes after them is lost. */
  private static final int MOST_KEPT = 64;

  /** Does what the machines want done. */
  interface Outlet {
    void perform(SimulatedRouter router, int instance, Action action);
  }

  final int index;
  final ClusterSpec.Router spec;

  /** The time of the pending timer in the heap; {@link VrrpTimers#NONE}: none. */
  long armedAt = VrrpTimers.NONE;

  private final Outlet outlet;
  private final Map<String, Integer> places = new HashMap<>();
  private final Map<Integer, InstanceSettings> settings = new HashMap<>();

  /** Trackers' terms outlive a restart of the daemon: what they watch does. */
  private final Map<Integer, Map<String, MachineEvent.TermSet>> terms = new HashMap<>();

  private final Set<String> devicesDown = new HashSet<>();
  private final List<String> due = new ArrayList<>();
  private final Queue<Kept> inbox = new ArrayDeque<>();
  private @Nullable VrrpRouter machines;
  private boolean frozen;

  private record Kept(int instance, Packet packet, long arrivedNanos) {}

  SimulatedRouter(int index, ClusterSpec.Router spec, Outlet outlet) {
    this.index = index;
    this.spec = spec;
    this.outlet = outlet;
    for (int i = 0; i < spec.instances().size(); i++) {
      InstanceSettings own = spec.instances().get(i).settings();
      places.put(own.name(), i);
      settings.put(i, own);
    }
  }

  boolean running() {
    return machines != null;
  }

  boolean frozen() {
    return frozen;
  }

  /** How an instance stands; null: the daemon does not run. */
  @Nullable InstanceState state(int instance) {
    VrrpRouter running = machines;
    return running == null ? null : running.state(name(instance));
  }

  /** The settings an instance has now. */
  InstanceSettings settings(int instance) {
    return Objects.requireNonNull(settings.get(instance));
  }

  /** Whether packets get from the instance's interface to the wire and back. */
  boolean attached(int instance) {
    String device = spec.instances().get(instance).device();
    return device == null || !devicesDown.contains(device);
  }

  private String name(int instance) {
    return spec.instances().get(instance).settings().name();
  }

  // --- life -------------------------------------------------------------------------------------

  void start(long now) {
    if (machines != null) {
      return;
    }
    VrrpRouter fresh = new VrrpRouter();
    machines = fresh;
    frozen = false;
    long clock = spec.clock(now);
    for (int i = 0; i < spec.instances().size(); i++) {
      fresh.add(settings(i), clock + spec.startupDelayNanos());
    }
    for (int i = 0; i < spec.instances().size(); i++) {
      give(i, new MachineEvent.LocalAddressIs(spec.instances().get(i).address()), now);
      interfaces(i, now);
      for (MachineEvent term : terms.getOrDefault(i, Map.of()).values()) {
        give(i, term, now);
      }
    }
    perform(fresh.groups(spec.groups(), clock));
    due(now);
  }

  void stop(long now) {
    VrrpRouter running = machines;
    if (running == null) {
      return;
    }
    for (int i = 0; i < spec.instances().size(); i++) {
      give(i, new MachineEvent.Stopped(), now);
      running.remove(name(i));
    }
    kill();
  }

  void kill() {
    machines = null;
    frozen = false;
    inbox.clear();
  }

  void freeze() {
    frozen = machines != null;
  }

  void thaw(long now, Cluster cluster) {
    if (!frozen) {
      return;
    }
    frozen = false;
    VrrpRouter running = machines;
    if (running != null) {
      perform(running.woke(spec.clock(now)));
    }
    Kept kept;
    while ((kept = inbox.poll()) != null) {
      cluster.deliver(this, kept.instance(), kept.packet(), kept.arrivedNanos());
    }
    for (int i = 0; i < spec.instances().size(); i++) {
      interfaces(i, now);
    }
    cluster.tick(this);
  }

  // --- what comes in ----------------------------------------------------------------------------

  /**
   * Keeps a packet until the router goes on, or loses it where the buffer is full; false: it does
   * not stand still.
   */
  boolean keep(int instance, Packet packet, long now) {
    if (frozen && inbox.size() < MOST_KEPT) {
      inbox.add(new Kept(instance, packet, now));
    }
    return frozen;
  }

  /** In BACKUP an advert counts from its arrival, as the driver has it by the kernel's stamp. */
  void hear(int instance, Packet packet, long arrivedNanos, long now) {
    InstanceState state = state(instance);
    give(
        instance,
        new MachineEvent.AdvertSeen(packet.priority(), packet.intervalNanos(), packet.source()),
        state != null && state.kind() == VrrpState.BACKUP ? arrivedNanos : now);
  }

  void device(String device, boolean up, long now) {
    boolean changed = up ? devicesDown.remove(device) : devicesDown.add(device);
    if (changed && machines != null && !frozen) {
      for (int i = 0; i < spec.instances().size(); i++) {
        interfaces(i, now);
      }
    }
  }

  private void interfaces(int instance, long now) {
    ClusterSpec.Instance own = spec.instances().get(instance);
    String device = own.device();
    if (device != null && own.trackPrimary()) {
      FaultReason down = new FaultReason(FaultReason.Kind.INTERFACE_DOWN, device);
      give(
          instance,
          devicesDown.contains(device)
              ? new MachineEvent.FaultRaised(down)
              : new MachineEvent.FaultCleared(down),
          now);
    }
    VrrpRouter running = machines;
    if (running != null) {
      for (Tracked tracked : own.tracked()) {
        for (MachineEvent event :
            Trackers.tell(tracked, reading(tracked), running.state(name(instance)))) {
          give(instance, event, now);
        }
      }
    }
  }

  private Reading reading(Tracked tracked) {
    return switch (tracked.source()) {
      case INTERFACE -> Reading.of(!devicesDown.contains(tracked.name()));
      case SCRIPT, PROCESS, BFD -> new Reading.Up();
      case FILE -> new Reading.Unknown();
    };
  }

  void term(int instance, MachineEvent.TermSet term, long now) {
    terms.computeIfAbsent(instance, _ -> new HashMap<>()).put(term.name(), term);
    give(instance, term, now);
  }

  /** A daemon that does not run starts with the new settings. */
  void reload(List<InstanceSettings> next, long now) {
    for (InstanceSettings one : next) {
      Integer place = places.get(one.name());
      if (place != null) {
        settings.put(place, one);
        VrrpRouter running = machines;
        if (running != null) {
          perform(running.replace(one, spec.clock(now)));
        }
      }
    }
  }

  /** Gives each instance whose deadline has come its tick. */
  void due(long now) {
    VrrpRouter running = machines;
    if (running == null || frozen) {
      return;
    }
    long clock = spec.clock(now);
    due.clear();
    running.due(clock, due);
    for (int i = 0; i < due.size(); i++) {
      perform(running.tick(due.get(i), clock));
    }
  }

  /** The true time of the next tick; {@link VrrpTimers#NONE}: none. */
  long deadline() {
    VrrpRouter running = machines;
    if (running == null || frozen) {
      return VrrpTimers.NONE;
    }
    long deadline = running.deadlineNanos();
    return deadline == VrrpTimers.NONE ? VrrpTimers.NONE : spec.trueTime(deadline);
  }

  private void give(int instance, MachineEvent event, long now) {
    VrrpRouter running = machines;
    if (running != null) {
      perform(running.on(name(instance), event, spec.clock(now)));
    }
  }

  private void perform(List<Effect> effects) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.OfInstance(String name, Action action)) {
        outlet.perform(this, Objects.requireNonNull(places.get(name)), action);
      }
    }
  }
}
