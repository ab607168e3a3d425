package dev.sluice.plane.xdp;

import dev.sluice.linux.Link;
import dev.sluice.linux.MacAddress;
import dev.sluice.linux.Neighbour;
import dev.sluice.linux.Route;
import dev.sluice.linux.RouteEvent;
import dev.sluice.linux.RouteMonitor;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.linux.SyscallException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where frames for the real servers go: device, gateway and MACs, resolved ahead of time and kept
 * current. Routes are the kernel's own answers; neighbours are asked for before the first packet,
 * and again once in a while, as the kernel does not see the traffic that the programs send.
 */
final class NextHops implements AutoCloseable {
  /** Ticks between two questions to a neighbour that the kernel has not confirmed. */
  private static final int CONFIRM_TICKS = 15;

  private static final System.Logger LOG = System.getLogger("dev.sluice.plane.xdp");

  /**
   * A next hop.
   *
   * @param mac null: not known yet
   * @param source the device's own MAC; null with it
   * @param from the address the kernel would send from; null: not known
   * @param mtu bytes of the largest packet that goes there; 0: not known
   */
  record Hop(
      boolean local,
      int ifindex,
      @Nullable InetAddress gateway,
      @Nullable MacAddress mac,
      @Nullable MacAddress source,
      @Nullable InetAddress from,
      int mtu) {
    static final Hop NONE = new Hop(false, 0, null, null, null);
    static final Hop LOCAL = new Hop(true, 0, null, null, null);

    /** A way of which only the next station is known. */
    Hop(
        boolean local,
        int ifindex,
        @Nullable InetAddress gateway,
        @Nullable MacAddress mac,
        @Nullable MacAddress source) {
      this(local, ifindex, gateway, mac, source, null, 0);
    }

    boolean resolved() {
      return mac != null && source != null;
    }

    /** The same way for packets that get so many bytes in front. */
    Hop narrowedBy(int bytes) {
      int room = mtu == 0 ? 0 : Math.max(1, mtu - bytes);
      return new Hop(local, ifindex, gateway, mac, source, from, room);
    }
  }

  private record NeighbourKey(int ifindex, InetAddress address) {}

  private static final class Target {
    int users;
    Hop hop = Hop.NONE;
    int asked = Integer.MIN_VALUE / 2;
    int looked;

    /** Unknown ones at each tick, others now and then, spread by when they were looked at. */
    boolean isDue(int ticks) {
      return !(hop.local || hop.resolved()) || ticks - looked >= CONFIRM_TICKS;
    }
  }

  private final RouteNetlink netlink;
  private final RouteMonitor monitor;
  private final Map<InetAddress, Target> targets = new HashMap<>();
  private final Map<NeighbourKey, Neighbour> neighbours = new HashMap<>();
  private final Map<Integer, MacAddress> macs = new HashMap<>();
  private final Map<Integer, Integer> mtus = new HashMap<>();
  private final Consumer<InetAddress> changed;
  private Runnable linksChanged = () -> {};
  private boolean routesDirty;
  private boolean dumpDirty;
  private int ticks;

  /**
   * @param changed told of every target whose hop is another now
   */
  NextHops(RouteNetlink netlink, RouteMonitor monitor, Consumer<InetAddress> changed) {
    this.netlink = netlink;
    this.monitor = monitor;
    this.changed = changed;
    dump();
  }

  /** Told when a device appeared, went or changed. */
  void onLinksChanged(Runnable listener) {
    linksChanged = listener;
  }

  private void dump() {
    neighbours.clear();
    macs.clear();
    mtus.clear();
    for (Neighbour n : netlink.neighbours()) {
      neighbours.put(new NeighbourKey(n.ifindex(), n.address()), n);
    }
    for (Link l : netlink.links()) {
      remember(l);
    }
  }

  private void remember(Link link) {
    mtus.put(link.index(), link.mtu());
    MacAddress mac = link.mac();
    if (mac != null) {
      macs.put(link.index(), mac);
    }
  }

  /** The hop to a real server from now on; released as often as it was asked for. */
  Hop use(InetAddress address) {
    Target target = targets.computeIfAbsent(address, _ -> new Target());
    target.users++;
    if (target.users == 1) {
      target.hop = resolve(address, target);
    }
    return target.hop;
  }

  /** The hop of a target in use. */
  Hop hop(InetAddress address) {
    Target target = targets.get(address);
    return target == null ? Hop.NONE : target.hop;
  }

  void release(InetAddress address) {
    Target target = targets.get(address);
    if (target != null && --target.users == 0) {
      targets.remove(address);
    }
  }

  private Hop resolve(InetAddress address, Target target) {
    target.looked = ticks;
    Route route;
    try {
      route = netlink.routeTo(address).orElse(null);
    } catch (SyscallException e) {
      LOG.log(System.Logger.Level.DEBUG, "no route to {0}: {1}", address, e.getMessage());
      route = null;
    }
    if (route == null) {
      return Hop.NONE;
    }
    if (route.local()) {
      return Hop.LOCAL;
    }
    if (!route.forwards()) {
      return Hop.NONE;
    }
    InetAddress via = route.gateway();
    InetAddress gateway = via == null ? address : via;
    int ifindex = route.outInterface();
    Neighbour neighbour = neighbours.get(new NeighbourKey(ifindex, gateway));
    MacAddress mac = neighbour != null && neighbour.usable() ? neighbour.mac() : null;
    Hop before = target.hop;
    if (mac == null && before.ifindex == ifindex && gateway.equals(before.gateway)) {
      // The kernel forgets idle neighbours; the last answer is the best guess until the next.
      mac = before.mac;
    }
    boolean confirmed = neighbour != null && neighbour.mac() != null && isConfirmed(neighbour);
    if (mac == null || (!confirmed && ticks - target.asked >= CONFIRM_TICKS)) {
      ask(ifindex, gateway, target);
    }
    int mtu = mtus.getOrDefault(ifindex, 0);
    return new Hop(false, ifindex, gateway, mac, macs.get(ifindex), route.preferredSource(), mtu);
  }

  private static boolean isConfirmed(Neighbour n) {
    return (n.state() & (Neighbour.REACHABLE | Neighbour.PERMANENT | Neighbour.NOARP)) != 0;
  }

  private void ask(int ifindex, InetAddress gateway, Target target) {
    target.asked = ticks;
    try {
      netlink.probeNeighbour(ifindex, gateway);
    } catch (SyscallException e) {
      // The device is down or has no ARP; the next tick looks again.
      LOG.log(System.Logger.Level.DEBUG, "cannot ask for {0}: {1}", gateway, e.getMessage());
    }
  }

  /** For a loop that wants to react at once instead of with the next tick. */
  int fd() {
    return monitor.fd();
  }

  /** Takes in what the kernel told since the last time. */
  void refresh() {
    monitor.drain(this::onEvent);
    if (dumpDirty) {
      dumpDirty = false;
      routesDirty = true;
      dump();
      linksChanged.run();
    }
    if (routesDirty) {
      routesDirty = false;
      refreshAll();
    }
  }

  /** Once a second: takes in changes, asks for what is unknown, confirms what is old. */
  void tick() {
    ticks++;
    refresh();
    for (InetAddress address : List.copyOf(targets.keySet())) {
      Target target = targets.get(address);
      if (target != null && target.isDue(ticks)) {
        refresh(address);
      }
    }
  }

  private void refreshAll() {
    for (InetAddress address : List.copyOf(targets.keySet())) {
      refresh(address);
    }
  }

  private void refresh(InetAddress address) {
    Target target = targets.get(address);
    if (target == null) {
      return;
    }
    Hop before = target.hop;
    target.hop = resolve(address, target);
    if (!target.hop.equals(before)) {
      changed.accept(address);
    }
  }

  private void onEvent(RouteEvent event) {
    switch (event) {
      case RouteEvent.NeighbourChanged e -> {
        Neighbour n = e.neighbour();
        neighbours.put(new NeighbourKey(n.ifindex(), n.address()), n);
        refreshVia(n.address());
      }
      case RouteEvent.NeighbourRemoved e ->
          neighbours.remove(new NeighbourKey(e.neighbour().ifindex(), e.neighbour().address()));
      case RouteEvent.LinkChanged e -> {
        remember(e.link());
        routesDirty = true;
        linksChanged.run();
      }
      case RouteEvent.LinkRemoved e -> {
        macs.remove(e.link().index());
        mtus.remove(e.link().index());
        routesDirty = true;
        linksChanged.run();
      }
      case RouteEvent.AddressAdded _, RouteEvent.AddressRemoved _ -> routesDirty = true;
      case RouteEvent.RouteChanged _, RouteEvent.RouteRemoved _ -> routesDirty = true;
      case RouteEvent.RuleChanged _, RouteEvent.RuleRemoved _ -> routesDirty = true;
      case RouteEvent.Overrun _ -> dumpDirty = true;
    }
  }

  private void refreshVia(InetAddress gateway) {
    for (InetAddress address : List.copyOf(targets.keySet())) {
      Target target = targets.get(address);
      if (target != null && gateway.equals(target.hop.gateway)) {
        refresh(address);
      }
    }
  }

  @Override
  public void close() {
    monitor.close();
    netlink.close();
  }
}
