package dev.sluice.vrrp.driver;

import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.linux.RouteEvent;
import dev.sluice.linux.RouteNetlink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The kernel's links and addresses as told so far. */
final class Interfaces {
  private final Map<Integer, Link> links = new HashMap<>();
  private final List<InterfaceAddress> addresses = new ArrayList<>();

  /** Forgets all and asks the kernel. */
  void load(RouteNetlink netlink) {
    links.clear();
    addresses.clear();
    for (Link link : netlink.links()) {
      links.put(link.index(), link);
    }
    addresses.addAll(netlink.addresses());
  }

  /** Takes in a change. */
  void update(RouteEvent event) {
    switch (event) {
      case RouteEvent.LinkChanged(Link link) -> links.put(link.index(), link);
      case RouteEvent.LinkRemoved(Link link) -> {
        links.remove(link.index());
        addresses.removeIf(a -> a.ifindex() == link.index());
      }
      case RouteEvent.AddressAdded(InterfaceAddress address) -> {
        for (int i = 0; i < addresses.size(); i++) {
          if (addresses.get(i).samePlace(address)) {
            addresses.set(i, address);
            return;
          }
        }
        addresses.add(address);
      }
      case RouteEvent.AddressRemoved(InterfaceAddress address) ->
          addresses.removeIf(a -> a.samePlace(address));
      case RouteEvent.NeighbourChanged _,
          RouteEvent.NeighbourRemoved _,
          RouteEvent.RouteChanged _,
          RouteEvent.RouteRemoved _,
          RouteEvent.RuleChanged _,
          RouteEvent.RuleRemoved _,
          RouteEvent.Overrun _ -> {}
    }
  }

  Optional<Link> byName(String name) {
    for (Link link : links.values()) {
      if (link.name().equals(name)) {
        return Optional.of(link);
      }
    }
    return Optional.empty();
  }

  Optional<Link> byIndex(int ifindex) {
    return Optional.ofNullable(links.get(ifindex));
  }

  /** Whether packets can flow there; false where it does not exist. */
  boolean running(String name) {
    return byName(name).map(Link::running).orElse(false);
  }

  /** The first address of an interface that passes, in the kernel's order. */
  Optional<InetAddress> first(int ifindex, Predicate<InterfaceAddress> passes) {
    for (InterfaceAddress a : addresses) {
      if (a.ifindex() == ifindex && passes.test(a)) {
        return Optional.of(a.address());
      }
    }
    return Optional.empty();
  }

  /** The interface that has an address. */
  Optional<Link> holder(InetAddress address) {
    for (InterfaceAddress a : addresses) {
      if (a.address().equals(address)) {
        return byIndex(a.ifindex());
      }
    }
    return Optional.empty();
  }

  /** An address as the kernel has it. */
  Optional<InterfaceAddress> find(int ifindex, InetAddress address, int prefixLength) {
    for (InterfaceAddress a : addresses) {
      if (a.ifindex() == ifindex
          && a.prefixLength() == prefixLength
          && a.address().equals(address)) {
        return Optional.of(a);
      }
    }
    return Optional.empty();
  }
}
