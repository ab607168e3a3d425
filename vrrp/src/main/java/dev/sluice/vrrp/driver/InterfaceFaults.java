package dev.sluice.vrrp.driver;

import dev.sluice.vrrp.machine.EffectivePriority;
import dev.sluice.vrrp.machine.FaultReason;
import dev.sluice.vrrp.machine.FaultReason.Kind;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.objects.KernelObject;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

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

  /** How many instances name an address as theirs. */
  private final Map<InetAddress, Integer> claimed = new HashMap<>();

  /** What has been, or was to be, the source of an instance's adverts. */
  private final Set<InetAddress> sources = new HashSet<>();

  InterfaceFaults(VrrpEngine engine) {
    this.engine = engine;
  }

  void refreshAll() {
    for (Running instance : List.copyOf(engine.instances.values())) {
      refresh(instance);
    }
  }

  /** Compares what is with what the instance knows, and tells it the difference. */
  void refresh(Running instance) {
    String name = instance.name();
    Standing standing = Standing.of(instance.config, engine.interfaces, claimed.keySet());
    SortedSet<FaultReason> now = new TreeSet<>(standing.faults());
    InetAddress local = standing.local();
    Stream.of(local, instance.config.unicastSource(), instance.config.multicastSource())
        .filter(Objects::nonNull)
        .forEach(source -> sources.add(Objects.requireNonNull(source)));
    instance.ifindex = standing.ifindex();
    String deviceFault = engine.vmacs.ensure(instance);
    if (deviceFault != null) {
      now.add(new FaultReason(Kind.NOT_SUPPORTED, deviceFault));
    }

    // New faults first: what they lead to may still need the present socket (priority 0).
    for (FaultReason reason : now) {
      engine.dispatch(name, new MachineEvent.FaultRaised(reason));
    }
    if (local == null || deviceFault != null) {
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

  // --- whose addresses are virtual --------------------------------------------------------------

  /** An instance names its addresses. */
  void claim(Running instance) {
    addresses(instance, +1);
  }

  /** It no longer does. */
  void unclaim(Running instance) {
    addresses(instance, -1);
  }

  private void addresses(Running instance, int by) {
    for (KernelObject object : instance.objects()) {
      if (object instanceof KernelObject.Address address) {
        claimed.merge(
            address.config().address(), by, (a, b) -> a + b == 0 ? null : Integer.valueOf(a + b));
      }
    }
  }

  /**
   * Whether the coming or going of an address may be of consequence for a fault: that of a virtual
   * address is not, and there may be thousands of them.
   */
  boolean concerned(InetAddress address) {
    return !claimed.containsKey(address) || sources.contains(address);
  }
}
