package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VirtualMac;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.Errno;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.linux.LinkNetlink;
import dev.sluice.linux.RawIpSocket;
import dev.sluice.linux.RouteEvent;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.linux.SyscallException;
import dev.sluice.linux.UnsupportedKernelException;
import dev.sluice.vrrp.VrrpEvent;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The devices with virtual MACs (and ipvlans) of the instances: made, or taken over from a killed
 * predecessor, as soon as the device under them is there; made again when someone deletes or
 * silences them; removed with their instance. In BACKUP they carry no address and (see {@link
 * Firewall}) send nothing.
 *
 * <p>Group membership on the wire is the base's: the reports of a device with a virtual MAC would
 * teach switches a wrong port (vrrp-bfd.md 2.8), so they are dropped, and a socket of ours joins on
 * the base.
 */
final class Vmacs implements AutoCloseable {
  private static final int REPAIRS_AT_ONCE = 10;
  private static final long REPAIR_PERIOD_NANOS = 1_000_000_000L;

  private final VrrpEngine engine;
  private final VmacSettings settings;
  private final Map<String, Held> devices = new LinkedHashMap<>();
  private final Set<Held> doomed = new LinkedHashSet<>();
  private final Map<Membership, RawIpSocket> memberships = new HashMap<>();

  /** Null until there is a device to be made. */
  private @Nullable LinkNetlink links;

  private @Nullable RouteNetlink routes;

  private record Membership(InetAddress group, int ifindex) {}

  /** A device of ours and its standing. */
  private static final class Held {
    final VmacDevice device;
    final String owner;
    final boolean ipv6;
    int ifindex;
    long restored;
    double repairs = REPAIRS_AT_ONCE;
    long repairedNanos;

    Held(VmacDevice device, String owner, boolean ipv6) {
      this.device = device;
      this.owner = owner;
      this.ipv6 = ipv6;
    }
  }

  Vmacs(VrrpEngine engine) {
    this.engine = engine;
    this.settings = new VmacSettings(engine.listener);
  }

  // --- what is wanted ---------------------------------------------------------------------------

  /**
   * Decides which devices an instance has, and tells it which one carries what.
   *
   * @param prefix of the names of devices on the instance's interface
   * @param addressPrefix of those for addresses on other interfaces
   */
  void assign(Running instance, String prefix, String addressPrefix) {
    VirtualMac config = instance.config.options().vmac();
    String own = instance.config.interfaceName();
    Map<String, String> names = new LinkedHashMap<>();
    if (config != null && own != null) {
      VmacDevice main = choose(instance, config, own, config.name(), prefix);
      names.put(own, main.name());
      instance.advertDevice = config.transmitOnBase() ? null : main.name();
    }
    for (String base : otherBases(instance.config)) {
      VirtualMac spec =
          config != null ? config : new VirtualMac(null, null, null, true, true, false, null, null);
      names.put(base, choose(instance, spec, base, null, addressPrefix).name());
    }
    instance.devices(names);
  }

  /** Interfaces that have a device for addresses, beside the one of the instance. */
  static Set<String> otherBases(VrrpInstance instance) {
    VirtualMac config = instance.options().vmac();
    String own = instance.interfaceName();
    Set<String> bases = new LinkedHashSet<>();
    List<VirtualAddress> all = new ArrayList<>(instance.addresses());
    all.addAll(instance.excludedAddresses());
    for (VirtualAddress address : all) {
      String device = address.device();
      boolean wanted = address.options().useVmac() || (config != null && config.forAddresses());
      if (wanted && device != null && !device.equals(own)) {
        bases.add(device);
      } else if (wanted && config == null && own != null) {
        bases.add(own);
      }
    }
    return bases;
  }

  private VmacDevice choose(
      Running instance, VirtualMac config, String base, @Nullable String name, String prefix) {
    VmacDevice device =
        VmacDevice.choose(
            instance.config,
            config,
            base,
            name,
            prefix,
            wanted -> engine.interfaces.byName(wanted).orElse(null),
            List.copyOf(engine.interfaces.links()),
            devices::containsKey);
    // A device that was about to go with the instance's former self stays.
    Held before = null;
    for (Held one : doomed) {
      if (one.device.equals(device)) {
        before = one;
      }
    }
    doomed.remove(before);
    Held held = new Held(device, instance.name(), Wire.ipv6(instance.config));
    held.ifindex = before == null ? 0 : before.ifindex;
    devices.put(device.name(), held);
    return device;
  }

  /** All names of ours, for the rules that keep them silent. */
  Set<String> names() {
    return new HashSet<>(devices.keySet());
  }

  // --- what is ----------------------------------------------------------------------------------

  /**
   * Makes the instance's devices be there and up; call it whenever links have changed.
   *
   * @return why one cannot be; null: all are as they shall be, or their base is missing
   */
  @Nullable String ensure(Running instance) {
    String failure = null;
    for (Held held : List.copyOf(devices.values())) {
      if (held.owner.equals(instance.name())) {
        String why = ensure(instance, held);
        failure = failure == null ? why : failure;
      }
    }
    Link adverts =
        instance.advertDevice == null
            ? null
            : engine.interfaces.byName(instance.advertDevice).orElse(null);
    int index = adverts == null ? instance.ifindex : adverts.index();
    if (index != instance.advertIfindex) {
      instance.advertIfindex = index;
      instance.derive();
    }
    return failure;
  }

  private @Nullable String ensure(Running instance, Held held) {
    Link base = engine.interfaces.byName(held.device.base()).orElse(null);
    if (base == null) {
      held.ifindex = 0;
      return null;
    }
    Link present = engine.interfaces.byName(held.device.name()).orElse(null);
    if (present != null && !held.device.is(present, base)) {
      return "interface "
          + present.name()
          + " exists and is not the "
          + held.device.text()
          + (held.device.mac() == null ? "" : " with the address " + held.device.mac())
          + ": remove it, or give use_vmac another name";
    }
    if (present != null && present.up() && present.index() == held.ifindex) {
      return null;
    }
    Link actual = known(held, present);
    boolean repair = held.ifindex != 0;
    if (repair && actual != null && actual.up() && actual.index() == held.ifindex) {
      // What we heard was the end of its predecessor.
      boolean _ = engine.interfaces.update(new RouteEvent.LinkChanged(actual));
      engine.keeper.linkChanged();
      return null;
    }
    if (repair && !mayRepair(held)) {
      engine
          .loop
          .timer(() -> {
            engine.faults.refreshAll();
            engine.rearm();
          })
          .after(REPAIR_PERIOD_NANOS);
      return held.device.text() + " is removed again and again by someone else";
    }
    try {
      Link made = set(held, actual, base);
      held.ifindex = made.index();
      join(instance, base);
    } catch (SyscallException | UnsupportedKernelException e) {
      return Objects.requireNonNullElse(e.getMessage(), held.device.text());
    }
    if (repair) {
      held.restored++;
      engine.listener.on(new VrrpEvent.Restored(held.owner, held.device.text(), held.restored));
    }
    return null;
  }

  /** The kernel's word: a device that goes away is told of as going down first. */
  private @Nullable Link known(Held held, @Nullable Link present) {
    Link actual = routes().link(held.device.name()).orElse(null);
    if (present != null && (actual == null || actual.index() != present.index())) {
      boolean _ = engine.interfaces.update(new RouteEvent.LinkRemoved(present));
    }
    return actual;
  }

  private Link set(Held held, @Nullable Link present, Link base) {
    if (present != null && held.device.is(present, base)) {
      try {
        prepare(held, present, base);
        return present;
      } catch (SyscallException e) {
        if (!e.is(Errno.ENODEV)) {
          throw e;
        }
        // Gone since we looked.
        boolean _ = engine.interfaces.update(new RouteEvent.LinkRemoved(present));
      }
    }
    Link made = make(held, base);
    prepare(held, made, base);
    return made;
  }

  private boolean mayRepair(Held held) {
    long now = engine.loop.nowNanos();
    double earned = (now - held.repairedNanos) / (double) REPAIR_PERIOD_NANOS;
    held.repairs = Math.min(REPAIRS_AT_ONCE, held.repairs + earned);
    held.repairedNanos = now;
    if (held.repairs < 1) {
      return false;
    }
    held.repairs--;
    return true;
  }

  private Link make(Held held, Link base) {
    VmacDevice device = held.device;
    int group = group(device.group());
    if (device.mac() != null) {
      return links()
          .createMacvlan(
              device.name(), base.index(), device.mac(), LinkNetlink.MacvlanMode.PRIVATE, group);
    }
    String mode = Objects.requireNonNullElse(device.config().ipvlanMode(), "bridge");
    return links()
        .createIpvlan(
            device.name(),
            base.index(),
            switch (mode) {
              case "private" -> LinkNetlink.IpvlanMode.PRIVATE;
              case "vepa" -> LinkNetlink.IpvlanMode.VEPA;
              default -> LinkNetlink.IpvlanMode.BRIDGE;
            },
            group);
  }

  /** A group by number; names of /etc/iproute2/group are the operator's. */
  private static int group(@Nullable String written) {
    try {
      return written == null ? 0 : Integer.parseInt(written);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private void prepare(Held held, Link made, Link base) {
    links().disableAddressGeneration(made.index());
    if (held.device.mac() != null) {
      settings.device(made.name(), held.ipv6);
      settings.base(base.name());
    }
    String own = held.device.config().ipvlanAddress();
    if (held.device.mac() == null && own != null) {
      int slash = own.indexOf('/');
      InetAddress address = InetAddress.ofLiteral(slash < 0 ? own : own.substring(0, slash));
      int length =
          slash < 0 ? 8 * address.getAddress().length : Integer.parseInt(own.substring(slash + 1));
      boolean _ = routes().addAddress(InterfaceAddress.virtual(made.index(), address, length));
    }
    routes().setUp(made.index(), true);
    Link up = routes().link(made.index()).orElse(made);
    boolean _ = engine.interfaces.update(new RouteEvent.LinkChanged(up));
    engine.keeper.linkChanged();
  }

  private void join(Running instance, Link base) {
    InetAddress group = instance.config.multicastGroup();
    Membership membership = new Membership(group, base.index());
    if (instance.config.unicast()
        || instance.advertDevice == null
        || memberships.containsKey(membership)) {
      return;
    }
    // It only joins: nothing is ever read from it, as protocol 255 is nobody's.
    RawIpSocket socket = RawIpSocket.open(RawIpSocket.Family.of(group), RawIpSocket.SEND_ONLY);
    try {
      socket.joinMulticast(group, base.index());
      memberships.put(membership, socket);
    } catch (SyscallException e) {
      socket.close();
      throw e;
    }
  }

  private LinkNetlink links() {
    LinkNetlink present = links;
    if (present == null) {
      present = LinkNetlink.open();
      links = present;
    }
    return present;
  }

  private RouteNetlink routes() {
    RouteNetlink present = routes;
    if (present == null) {
      present = RouteNetlink.open();
      routes = present;
    }
    return present;
  }

  // --- the end ----------------------------------------------------------------------------------

  /** The instance ends: its devices go with the next {@link #sweep}. */
  void release(Running instance) {
    devices
        .values()
        .removeIf(held -> {
          boolean mine = held.owner.equals(instance.name());
          if (mine) {
            doomed.add(held);
          }
          return mine;
        });
  }

  /** Removes what nobody has any more; after the kernel was told of the addresses. */
  void sweep() {
    if (doomed.isEmpty()) {
      return;
    }
    for (Held held : doomed) {
      if (held.ifindex != 0) {
        try {
          boolean _ = links().delete(held.ifindex);
        } catch (SyscallException e) {
          engine.listener.on(new VrrpEvent.Warning(held.owner, String.valueOf(e.getMessage())));
        }
      }
    }
    doomed.clear();
    if (devices.isEmpty()) {
      settings.restore();
      memberships.values().forEach(RawIpSocket::close);
      memberships.clear();
    }
  }

  @Override
  public void close() {
    memberships.values().forEach(RawIpSocket::close);
    memberships.clear();
    if (links != null) {
      links.close();
    }
    if (routes != null) {
      routes.close();
    }
  }
}
