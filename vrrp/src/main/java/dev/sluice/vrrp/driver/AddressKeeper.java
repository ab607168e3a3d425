package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.linux.SyscallException;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Adds and removes virtual addresses and tells its own removals from those of others. */
final class AddressKeeper {
  private final RouteNetlink netlink;
  private final Interfaces interfaces;
  private final VrrpListener listener;

  /** Our removals that the monitor has not told us of yet. */
  private final Map<Place, Integer> ours = new HashMap<>();

  private record Place(int ifindex, InetAddress address, int prefixLength) {}

  AddressKeeper(RouteNetlink netlink, Interfaces interfaces, VrrpListener listener) {
    this.netlink = netlink;
    this.interfaces = interfaces;
    this.listener = listener;
  }

  /** Puts an address in place. */
  void add(Running instance, Running.HeldAddress held) {
    if (held.present()) {
      return;
    }
    VirtualAddress va = held.config;
    String device = instance.device(va);
    Link link = device == null ? null : interfaces.byName(device).orElse(null);
    if (device == null || link == null) {
      failed(
          instance,
          va,
          device,
          device == null
              ? "no interface: write dev NAME behind it"
              : "interface " + device + " does not exist");
      return;
    }
    try {
      boolean _ = netlink.addAddress(wire(va, link.index()));
      held.ifindex = link.index();
      listener.on(new VrrpEvent.AddressAdded(instance.name(), va.address(), device));
    } catch (SyscallException e) {
      failed(instance, va, device, Objects.requireNonNullElse(e.getMessage(), e.call()));
    }
  }

  /** Takes an address away. */
  void remove(Running instance, Running.HeldAddress held, String cause) {
    if (!held.present()) {
      return;
    }
    int ifindex = held.ifindex;
    held.ifindex = 0;
    delete(instance, held.config, ifindex, cause);
  }

  /** Removes an address that a killed predecessor left behind. */
  void removeLeftover(Running instance, Running.HeldAddress held) {
    String device = instance.device(held.config);
    Link link = device == null ? null : interfaces.byName(device).orElse(null);
    if (link != null
        && interfaces
            .find(link.index(), held.config.address(), held.config.prefixLength())
            .isPresent()) {
      delete(instance, held.config, link.index(), "left behind by a predecessor");
    }
  }

  private void delete(Running instance, VirtualAddress va, int ifindex, String cause) {
    String device =
        interfaces.byIndex(ifindex).map(Link::name).orElseGet(() -> "number " + ifindex);
    try {
      if (netlink.deleteAddress(wire(va, ifindex))) {
        ours.merge(new Place(ifindex, va.address(), va.prefixLength()), 1, Integer::sum);
        listener.on(new VrrpEvent.AddressRemoved(instance.name(), va.address(), device, cause));
      }
    } catch (SyscallException e) {
      failed(instance, va, device, Objects.requireNonNullElse(e.getMessage(), e.call()));
    }
  }

  /** Whether a removal the monitor tells of is one of ours; then it is ticked off. */
  boolean tickOff(InterfaceAddress removed) {
    Place place = new Place(removed.ifindex(), removed.address(), removed.prefixLength());
    Integer waiting = ours.get(place);
    if (waiting == null) {
      return false;
    }
    if (waiting == 1) {
      ours.remove(place);
    } else {
      ours.put(place, waiting - 1);
    }
    return true;
  }

  /** After lost messages nothing more is to be expected. */
  void forgetExpected() {
    ours.clear();
  }

  private static InterfaceAddress wire(VirtualAddress va, int ifindex) {
    boolean v6 = va.address() instanceof Inet6Address;
    int flags =
        (va.noPrefixRoute() ? InterfaceAddress.NOPREFIXROUTE : 0)
            | (v6 ? InterfaceAddress.NODAD : 0);
    return new InterfaceAddress(
        ifindex,
        va.address(),
        va.prefixLength(),
        v6 ? null : va.label(),
        v6 ? null : va.broadcast(),
        va.scope(),
        flags,
        InterfaceAddress.PROTOCOL_KEEPALIVED);
  }

  private void failed(Running instance, VirtualAddress va, @Nullable String device, String text) {
    listener.on(
        new VrrpEvent.AddressFailed(
            instance.name(), va.address(), device == null ? "" : device, text));
  }
}
