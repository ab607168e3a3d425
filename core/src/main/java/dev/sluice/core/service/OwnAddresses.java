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
import org.jspecify.annotations.Nullable;

/**
 * Which services are in force on this director. One whose address belongs to a VRRP instance is so
 * while the instance is MASTER here, or while a device other than the loopback holds the address:
 * an instance that takes over where a killed predecessor left its addresses has not decided yet. So
 * a director that is also a real server, with the address on its loopback, serves what another
 * director sends it, and does not send it on in a circle. Another service is in force while the
 * kernel's routing calls its address local, and one by firewall mark always.
 */
final class OwnAddresses {
  private Map<InetAddress, Set<String>> owners = Map.of();
  private final Set<String> masters = new HashSet<>();
  private Set<InetAddress> held = Set.of();
  private @Nullable Set<InetAddress> local;

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

  /** Whether an instance has the service's address. */
  boolean owned(VirtualServer.Key service) {
    return service.mark() == 0 && owners.containsKey(service.address());
  }

  /** An instance is MASTER now, or it is not. */
  void state(String instance, boolean master) {
    if (master) {
      masters.add(instance);
    } else {
      masters.remove(instance);
    }
  }

  /**
   * What the kernel says of addresses.
   *
   * @param addresses on devices other than the loopback
   * @param toHere that its routing calls local
   * @return whether it says something new
   */
  boolean look(Set<InetAddress> addresses, Set<InetAddress> toHere) {
    if (addresses.equals(held) && toHere.equals(local)) {
      return false;
    }
    held = Set.copyOf(addresses);
    local = Set.copyOf(toHere);
    return true;
  }

  /** Whether an address is on this machine, the loopback aside, or an instance of ours owns it. */
  boolean here(InetAddress address) {
    return held.contains(address)
        || owners.getOrDefault(address, Set.of()).stream().anyMatch(masters::contains);
  }

  /** Whether the service's packets are ours to forward. */
  boolean inForce(VirtualServer.Key service) {
    if (service.mark() != 0) {
      return true;
    }
    Set<String> of = owners.get(service.address());
    Set<InetAddress> toHere = local;
    return of == null
        ? toHere == null || toHere.contains(service.address())
        : held.contains(service.address()) || of.stream().anyMatch(masters::contains);
  }
}
