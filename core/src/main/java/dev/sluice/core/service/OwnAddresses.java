package dev.sluice.core.service;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.model.VrrpInstance;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which services are in force on this director. One whose address belongs to a VRRP instance is so
 * while the instance is MASTER here, or while a device other than the loopback holds the address:
 * an instance that takes over where a killed predecessor left its addresses has not decided yet. So
 * a director that is also a real server, with the address on its loopback, serves what another
 * director sends it, and does not send it on in a circle. All other services are always in force.
 */
final class OwnAddresses {
  private Map<InetAddress, Set<String>> owners = Map.of();
  private final Set<String> masters = new HashSet<>();
  private Set<InetAddress> held = Set.of();

  /** The instances of the running configuration. */
  void instances(List<VrrpInstance> instances) {
    Map<InetAddress, Set<String>> next = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (VrrpInstance i : instances) {
      names.add(i.name());
      for (VirtualAddress a : i.addresses()) {
        next.computeIfAbsent(a.address(), _ -> new HashSet<>()).add(i.name());
      }
      for (VirtualAddress a : i.excludedAddresses()) {
        next.computeIfAbsent(a.address(), _ -> new HashSet<>()).add(i.name());
      }
    }
    owners = Map.copyOf(next);
    masters.retainAll(names);
  }

  /** Whether anybody's state matters. */
  boolean any() {
    return !owners.isEmpty();
  }

  /** An instance is MASTER now, or it is not. */
  void state(String instance, boolean master) {
    if (master) {
      masters.add(instance);
    } else {
      masters.remove(instance);
    }
  }

  /** Addresses on devices other than the loopback. */
  void held(Set<InetAddress> addresses) {
    held = Set.copyOf(addresses);
  }

  /** Whether an address is on this machine, the loopback aside, or an instance of ours owns it. */
  boolean here(InetAddress address) {
    return held.contains(address)
        || owners.getOrDefault(address, Set.of()).stream().anyMatch(masters::contains);
  }

  /** Whether the service's packets are ours to forward. */
  boolean inForce(VirtualServer.Key service) {
    Set<String> of = service.mark() == 0 ? owners.get(service.address()) : null;
    return of == null
        || held.contains(service.address())
        || of.stream().anyMatch(masters::contains);
  }
}
