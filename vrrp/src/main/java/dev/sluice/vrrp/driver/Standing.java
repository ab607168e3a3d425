package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.vrrp.machine.FaultReason;
import dev.sluice.vrrp.machine.FaultReason.Kind;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How an instance's interface and source address stand: a function of the configuration and the
 * kernel's present links and addresses, and of nothing that was before. So no fault can stick.
 *
 * @param ifindex of the interface; 0: there is none
 * @param local our source address; null: none usable
 * @param faults why the instance cannot be MASTER
 */
record Standing(int ifindex, @Nullable InetAddress local, SortedSet<FaultReason> faults) {

  /**
   * Looks.
   *
   * @param virtual the addresses that instances lay claim to: they are nobody's source
   */
  static Standing of(VrrpInstance config, Interfaces interfaces, Set<InetAddress> virtual) {
    SortedSet<FaultReason> faults = new TreeSet<>();
    String unsupported = Unsupported.reason(config).orElse(null);
    if (unsupported != null) {
      faults.add(new FaultReason(Kind.NOT_SUPPORTED, unsupported));
      return new Standing(0, null, Collections.unmodifiableSortedSet(faults));
    }
    if (config.options().unicastFaultNoPeer() && config.unicastPeers().isEmpty()) {
      faults.add(
          new FaultReason(
              Kind.NOT_SUPPORTED, "unicast_peer names no peer, and unicast_fault_no_peer is set"));
      return new Standing(0, null, Collections.unmodifiableSortedSet(faults));
    }
    InetAddress wanted = config.unicast() ? config.unicastSource() : config.multicastSource();
    String device = config.interfaceName();
    Link link =
        device != null
            ? interfaces.byName(device).orElse(null)
            : wanted == null ? null : interfaces.holder(wanted).orElse(null);
    if (link == null) {
      faults.add(
          device != null
              ? new FaultReason(Kind.INTERFACE_MISSING, device)
              : new FaultReason(
                  Kind.SOURCE_ADDRESS_MISSING, wanted == null ? "" : wanted.getHostAddress()));
      return new Standing(0, null, Collections.unmodifiableSortedSet(faults));
    }
    if (config.trackPrimary() && !interfaces.running(link.name())) {
      faults.add(new FaultReason(Kind.INTERFACE_DOWN, link.name()));
    }
    InetAddress local;
    if (wanted != null) {
      local = interfaces.holder(wanted).isPresent() ? wanted : null;
      if (local == null) {
        faults.add(new FaultReason(Kind.SOURCE_ADDRESS_MISSING, wanted.getHostAddress()));
      }
    } else {
      local = ownAddress(config, interfaces, link.index(), virtual);
      if (local == null) {
        faults.add(
            new FaultReason(
                Wire.ipv6(config) ? Kind.NO_ADDRESS_IPV6 : Kind.NO_ADDRESS, link.name()));
      }
    }
    return new Standing(link.index(), local, Collections.unmodifiableSortedSet(faults));
  }

  /** The interface's first address that no instance lays claim to; else the first not ours. */
  private static @Nullable InetAddress ownAddress(
      VrrpInstance config, Interfaces interfaces, int ifindex, Set<InetAddress> virtual) {
    Predicate<InterfaceAddress> usable = usable(config);
    return interfaces
        .first(ifindex, a -> usable.test(a) && !virtual.contains(a.address()))
        .or(() -> interfaces.first(ifindex, a -> usable.test(a) && a.protocol() != ObjectWire.MARK))
        .orElse(null);
  }

  /**
   * IPv4: any. IPv6: what has passed duplicate address detection; link-local, except among unicast
   * peers with global addresses (RFC 9568 5.1.2.1).
   */
  private static Predicate<InterfaceAddress> usable(VrrpInstance config) {
    if (!Wire.ipv6(config)) {
      return a -> a.address() instanceof Inet4Address;
    }
    boolean global =
        config.unicast() && !config.unicastPeers().getFirst().address().isLinkLocalAddress();
    return a ->
        !(a.address() instanceof Inet4Address)
            && (a.flags() & InterfaceAddress.TENTATIVE) == 0
            && a.address().isLinkLocalAddress() != global;
  }
}
