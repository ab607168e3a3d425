package dev.sluice.vrrp.driver;

import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.linux.RouteEvent;
import dev.sluice.linux.RouteNetlink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's links and addresses as told so far, and as we have changed them ourselves. Every
 * look is O(1) but for {@link #first}: there may be thousands of addresses.
 */
final class Interfaces {
  private final Map<Integer, Link> links = new HashMap<>();
  private final Map<String, Link> byName = new HashMap<>();
  private final Map<Integer, Map<Place, InterfaceAddress>> onLink = new HashMap<>();
  private final Map<InetAddress, List<InterfaceAddress>> byAddress = new HashMap<>();

  /** Carriers that are judged by others: delayed, or polled. */
  private final Map<String, Boolean> judged = new HashMap<>();

  /** What tells the addresses of one interface apart. */
  private record Place(InetAddress address, int prefixLength) {
    static Place of(InterfaceAddress a) {
      return new Place(a.address(), a.prefixLength());
    }
  }

  /** Forgets all and asks the kernel. */
  void load(RouteNetlink netlink) {
    links.clear();
    byName.clear();
    onLink.clear();
    byAddress.clear();
    netlink.links().forEach(this::put);
    netlink.addresses().forEach(this::put);
  }

  /**
   * Takes in a change.
   *
   * @return whether anything differs from before
   */
  boolean update(RouteEvent event) {
    return switch (event) {
      case RouteEvent.LinkChanged(Link link) -> put(link);
      case RouteEvent.LinkRemoved(Link link) -> remove(link);
      case RouteEvent.AddressAdded(InterfaceAddress address) -> put(address);
      case RouteEvent.AddressRemoved(InterfaceAddress address) -> remove(address);
      default -> false;
    };
  }

  /** A link that is there now. */
  boolean put(Link link) {
    Link before = links.put(link.index(), link);
    if (before != null && !before.name().equals(link.name())) {
      boolean _ = byName.remove(before.name(), before);
    }
    // A name may have gone to a new link while we still hear of the old one.
    Link named = byName.put(link.name(), link);
    return !link.equals(before) || !link.equals(named);
  }

  /** A link that is gone now, and its addresses with it. */
  boolean remove(Link link) {
    Link before = links.remove(link.index());
    if (before != null) {
      boolean _ = byName.remove(before.name(), before);
    }
    Map<Place, InterfaceAddress> addresses = onLink.get(link.index());
    if (addresses != null) {
      List.copyOf(addresses.values()).forEach(this::remove);
    }
    return before != null;
  }

  /** An address that is there now. */
  boolean put(InterfaceAddress address) {
    InterfaceAddress before =
        onLink
            .computeIfAbsent(address.ifindex(), _ -> new LinkedHashMap<>())
            .put(Place.of(address), address);
    if (address.equals(before)) {
      return false;
    }
    List<InterfaceAddress> holders =
        byAddress.computeIfAbsent(address.address(), _ -> new ArrayList<>(1));
    holders.removeIf(address::samePlace);
    holders.add(address);
    return true;
  }

  /** An address that is gone now. */
  boolean remove(InterfaceAddress address) {
    Map<Place, InterfaceAddress> addresses = onLink.get(address.ifindex());
    if (addresses == null || addresses.remove(Place.of(address)) == null) {
      return false;
    }
    if (addresses.isEmpty()) {
      onLink.remove(address.ifindex());
    }
    List<InterfaceAddress> holders = byAddress.get(address.address());
    if (holders != null) {
      holders.removeIf(address::samePlace);
      if (holders.isEmpty()) {
        byAddress.remove(address.address());
      }
    }
    return true;
  }

  Optional<Link> byName(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Optional<Link> byIndex(int ifindex) {
    return Optional.ofNullable(links.get(ifindex));
  }

  /** All links. */
  Collection<Link> links() {
    return links.values();
  }

  /** Every address of every interface. */
  List<InterfaceAddress> addresses() {
    List<InterfaceAddress> all = new ArrayList<>();
    onLink.values().forEach(some -> all.addAll(some.values()));
    return all;
  }

  /** Whether packets can flow there; false where it does not exist. */
  boolean running(String name) {
    Link link = byName.get(name);
    if (link == null) {
      return false;
    }
    Boolean carrier = judged.get(name);
    return carrier != null ? carrier : link.running();
  }

  /** Says what counts for a device's carrier; null: what the kernel tells. */
  void judge(String name, @Nullable Boolean carrier) {
    if (carrier == null) {
      judged.remove(name);
    } else {
      judged.put(name, carrier);
    }
  }

  /** The first address of an interface that passes, in the kernel's order. */
  Optional<InetAddress> first(int ifindex, Predicate<InterfaceAddress> passes) {
    for (InterfaceAddress a : onLink.getOrDefault(ifindex, Map.of()).values()) {
      if (passes.test(a)) {
        return Optional.of(a.address());
      }
    }
    return Optional.empty();
  }

  /** The interface that has an address. */
  Optional<Link> holder(InetAddress address) {
    List<InterfaceAddress> holders = byAddress.get(address);
    return holders == null ? Optional.empty() : byIndex(holders.getFirst().ifindex());
  }

  /** An address as the kernel has it. */
  Optional<InterfaceAddress> find(int ifindex, InetAddress address, int prefixLength) {
    Map<Place, InterfaceAddress> addresses = onLink.get(ifindex);
    return addresses == null
        ? Optional.empty()
        : Optional.ofNullable(addresses.get(new Place(address, prefixLength)));
  }

  /** Whether the device of this name has the address. */
  boolean present(@Nullable String device, InetAddress address, int prefixLength) {
    Link link = device == null ? null : byName.get(device);
    return link != null && find(link.index(), address, prefixLength).isPresent();
  }
}
