package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.vrrp.machine.EffectivePriority;
import dev.sluice.vrrp.machine.FaultReason;
import dev.sluice.vrrp.machine.FaultReason.Kind;
import dev.sluice.vrrp.machine.MachineEvent;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
          Kind.SOURCE_ADDRESS_MISSING,
          Kind.SOCKET_FAILED,
          Kind.NOT_SUPPORTED);

  private final VrrpEngine engine;

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
    SortedSet<FaultReason> now = new TreeSet<>();
    InetAddress local = look(instance, now);

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

  /** Collects the faults; answers our address where sockets can be opened. */
  private @Nullable InetAddress look(Running instance, SortedSet<FaultReason> faults) {
    VrrpInstance config = instance.config;
    String unsupported = Unsupported.reason(config).orElse(null);
    if (unsupported != null) {
      faults.add(new FaultReason(Kind.NOT_SUPPORTED, unsupported));
      return null;
    }
    InetAddress wanted = config.unicast() ? config.unicastSource() : config.multicastSource();
    String device = config.interfaceName();
    Link link;
    if (device != null) {
      link = engine.interfaces.byName(device).orElse(null);
      if (link == null) {
        faults.add(new FaultReason(Kind.INTERFACE_MISSING, device));
        instance.ifindex = 0;
        return null;
      }
    } else {
      link = wanted == null ? null : engine.interfaces.holder(wanted).orElse(null);
      if (link == null) {
        faults.add(
            new FaultReason(
                Kind.SOURCE_ADDRESS_MISSING, wanted == null ? "" : wanted.getHostAddress()));
        return null;
      }
    }
    instance.ifindex = link.index();
    if (config.trackPrimary() && !link.running()) {
      faults.add(new FaultReason(Kind.INTERFACE_DOWN, link.name()));
    }
    if (wanted != null) {
      if (engine.interfaces.holder(wanted).isPresent()) {
        return wanted;
      }
      faults.add(new FaultReason(Kind.SOURCE_ADDRESS_MISSING, wanted.getHostAddress()));
      return null;
    }
    InetAddress first = ownAddress(link.index());
    if (first == null) {
      faults.add(new FaultReason(Kind.NO_ADDRESS, link.name()));
    }
    return first;
  }

  /** The interface's first address that no instance lays claim to; else the first not ours. */
  private @Nullable InetAddress ownAddress(int ifindex) {
    Set<InetAddress> virtual = new HashSet<>();
    for (Running instance : engine.instances.values()) {
      instance.addresses.forEach(held -> virtual.add(held.config.address()));
    }
    Inet4Address found =
        engine
            .interfaces
            .firstIpv4(ifindex, a -> !virtual.contains(a.address()))
            .or(() ->
                engine.interfaces.firstIpv4(
                    ifindex, a -> a.protocol() != InterfaceAddress.PROTOCOL_KEEPALIVED))
            .orElse(null);
    return found;
  }
}
