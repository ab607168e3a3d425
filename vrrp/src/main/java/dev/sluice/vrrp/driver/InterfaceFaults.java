package dev.sluice.vrrp.driver;

import dev.sluice.vrrp.machine.EffectivePriority;
import dev.sluice.vrrp.machine.FaultReason;
import dev.sluice.vrrp.machine.FaultReason.Kind;
import dev.sluice.vrrp.machine.MachineEvent;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Tells the instances how their interfaces, source addresses and tracked interfaces stand, and
 * gives them sockets as far as they can have one.
 */
final class InterfaceFaults {
  /** The kinds this class raises and clears. */
  private static final Set<Kind> MINE =
      EnumSet.of(
          Kind.INTERFACE_MISSING,
          Kind.INTERFACE_DOWN,
          Kind.NO_ADDRESS,
          Kind.NO_ADDRESS_IPV6,
          Kind.SOURCE_ADDRESS_MISSING,
          Kind.SOCKET_FAILED,
          Kind.NOT_SUPPORTED);

  private final VrrpEngine engine;

  InterfaceFaults(VrrpEngine engine) {
    this.engine = engine;
  }

  void refreshAll() {
    Set<InetAddress> virtual = virtualAddresses();
    for (Running instance : List.copyOf(engine.instances.values())) {
      refresh(instance, virtual);
    }
  }

  /** As below for one. */
  void refresh(Running instance) {
    refresh(instance, virtualAddresses());
  }

  /** Compares what is with what the instance knows, and tells it the difference. */
  private void refresh(Running instance, Set<InetAddress> virtual) {
    String name = instance.name();
    Standing standing = Standing.of(instance.config, engine.interfaces, virtual);
    SortedSet<FaultReason> now = new TreeSet<>(standing.faults());
    InetAddress local = standing.local();
    instance.ifindex = standing.ifindex();

    // New faults first: what they lead to may still need the present socket (priority 0).
    for (FaultReason reason : now) {
      engine.dispatch(name, new MachineEvent.FaultRaised(reason));
    }
    if (local == null) {
      engine.port.detach(instance);
    } else {
      if (!local.equals(instance.local)) {
        instance.local = local;
        instance.derive();
        engine.dispatch(name, new MachineEvent.LocalAddressIs(local));
      }
      String failure = engine.port.attach(instance, local);
      if (failure != null) {
        FaultReason reason = new FaultReason(Kind.SOCKET_FAILED, failure);
        now.add(reason);
        engine.dispatch(name, new MachineEvent.FaultRaised(reason));
      }
    }
    for (FaultReason reason : List.copyOf(engine.router.state(name).faults())) {
      if (MINE.contains(reason.kind()) && !now.contains(reason)) {
        engine.dispatch(name, new MachineEvent.FaultCleared(reason));
      }
    }
    engine.readings.tell(instance, EffectivePriority.Source.INTERFACE);
  }

  private Set<InetAddress> virtualAddresses() {
    Set<InetAddress> virtual = new HashSet<>();
    for (Running instance : engine.instances.values()) {
      instance.addresses.forEach(held -> virtual.add(held.config.address()));
    }
    return virtual;
  }
}
