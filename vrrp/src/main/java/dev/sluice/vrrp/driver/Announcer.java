package dev.sluice.vrrp.driver;

import dev.sluice.config.model.GarpGroup;
import dev.sluice.linux.Link;
import dev.sluice.linux.MacAddress;
import dev.sluice.linux.PacketSocket;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.codec.GratuitousArp;
import dev.sluice.vrrp.codec.NeighbourAdvertisement;
import dev.sluice.vrrp.machine.VrrpTimers;
import dev.sluice.vrrp.objects.KernelObject;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Sends gratuitous ARP and unsolicited neighbour advertisements. What waits is sent round by round,
 * so that every address is announced once before any is announced again. Nothing of it delays an
 * advert: a turn of the loop sends {@link #PER_TURN} packets at most, and where {@code
 * garp_interval}, {@code gna_interval} or a {@code garp_group} says so, they are spaced per
 * interface or group.
 */
final class Announcer {
  /** Packets sent in one turn; some 10 µs each on a slow device. */
  private static final int PER_TURN = 32;

  /** The same while instances are due: a takeover of a thousand must not wait for repeats. */
  private static final int PER_BUSY_TURN = 4;

  /** Who waits on a lane: all that is not spaced waits on one. */
  private record LaneKey(String name, boolean v6) {}

  private static final LaneKey UNSPACED = new LaneKey("", false);

  private final PacketSocket socket;
  private final MemorySegment frame;
  private final Interfaces interfaces;
  private final Predicate<String> forwardsIpv6;
  private final Map<LaneKey, Lane> lanes = new HashMap<>();

  /** The same in a list: every turn of the loop looks through it, and must not allocate. */
  private final List<Lane> inTurn = new ArrayList<>();

  private final Map<String, GarpGroup> groups = new HashMap<>();
  private Duration gnaInterval = Duration.ZERO;

  /** An address to announce so many times yet. */
  private static final class Waiting {
    final Running instance;
    final int ifindex;
    final InetAddress address;
    final int period;
    int rounds;

    Waiting(Running instance, int ifindex, InetAddress address, int rounds) {
      this.instance = instance;
      this.period = instance.announcing;
      this.ifindex = ifindex;
      this.address = address;
      this.rounds = rounds;
    }
  }

  private static final class Lane {
    /** Not announced yet; before those that were. */
    final ArrayDeque<Waiting> fresh = new ArrayDeque<>();

    final ArrayDeque<Waiting> again = new ArrayDeque<>();
    long gapNanos;
    long nextNanos;

    boolean empty() {
      return fresh.isEmpty() && again.isEmpty();
    }
  }

  /**
   * An announcer with nothing to do.
   *
   * @param frame room for the longest of the packets
   * @param forwardsIpv6 whether a device forwards IPv6: then its holder is a router
   */
  Announcer(
      PacketSocket socket,
      MemorySegment frame,
      Interfaces interfaces,
      Predicate<String> forwardsIpv6) {
    this.socket = socket;
    this.frame = frame;
    this.interfaces = interfaces;
    this.forwardsIpv6 = forwardsIpv6;
  }

  /** Takes the spacing that is not an instance's. */
  void configure(List<GarpGroup> garpGroups, Duration gnaIntervalOfAll) {
    groups.clear();
    for (GarpGroup group : garpGroups) {
      group.interfaces().forEach(device -> groups.putIfAbsent(device, group));
    }
    gnaInterval = gnaIntervalOfAll;
  }

  /** Announces every address that an instance has in place, {@code rounds} times. */
  void announce(Running instance, int rounds, ObjectKeeper keeper, long nowNanos) {
    for (KernelObject object : instance.objects()) {
      if (object instanceof KernelObject.Address address) {
        int ifindex = keeper.ifindex(address);
        if (ifindex != 0) {
          announce(instance, ifindex, address.config().address(), rounds, nowNanos);
        }
      }
    }
  }

  /** Announces one address; {@link #tick} sends. */
  void announce(Running instance, int ifindex, InetAddress address, int rounds, long nowNanos) {
    Link link = interfaces.byIndex(ifindex).orElse(null);
    if (rounds <= 0 || link == null || !announces(link, address)) {
      return;
    }
    boolean v6 = address instanceof Inet6Address;
    GarpGroup group = groups.get(link.name());
    Duration gap = v6 ? gnaInterval : instance.config.garp().interval();
    String of = link.name();
    if (group != null) {
      Duration shared = v6 ? group.gnaInterval() : group.garpInterval();
      if (!shared.isZero()) {
        gap = shared;
        of = group.interfaces().getFirst() + "…";
      }
    }
    LaneKey key = gap.isZero() ? UNSPACED : new LaneKey(of, v6);
    Lane lane = lanes.get(key);
    if (lane == null) {
      lane = new Lane();
      lanes.put(key, lane);
      inTurn.add(lane);
    }
    lane.gapNanos = gap.toNanos();
    if (lane.empty()) {
      lane.nextNanos = Math.max(lane.nextNanos, nowNanos);
    }
    lane.fresh.add(new Waiting(instance, ifindex, address, rounds));
  }

  private static boolean announces(Link link, InetAddress address) {
    return link.arpType() == Link.ETHERNET
        && link.mac() != null
        && (link.arp() || address instanceof Inet6Address);
  }

  /** Forgets what waits for an instance. */
  void drop(Running instance) {
    instance.announcing++;
  }

  /** When {@link #tick} is due. */
  long deadlineNanos() {
    long deadline = VrrpTimers.NONE;
    for (int i = 0; i < inTurn.size(); i++) {
      Lane lane = inTurn.get(i);
      if (!lane.empty()) {
        deadline = Math.min(deadline, lane.nextNanos);
      }
    }
    return deadline;
  }

  /**
   * Sends what is due, a turn's worth.
   *
   * @param busy whether other work waits: then a turn is shorter
   */
  void tick(long nowNanos, boolean busy) {
    int left = busy ? PER_BUSY_TURN : PER_TURN;
    for (int i = 0; i < inTurn.size(); i++) {
      Lane lane = inTurn.get(i);
      while (left > 0 && lane.nextNanos <= nowNanos) {
        Waiting next = lane.fresh.isEmpty() ? lane.again.poll() : lane.fresh.poll();
        if (next == null) {
          break;
        }
        if (next.period != next.instance.announcing) {
          continue;
        }
        send(next.instance, next.ifindex, next.address);
        left--;
        if (--next.rounds > 0) {
          lane.again.add(next);
        }
        lane.nextNanos = nowNanos + lane.gapNanos;
      }
    }
  }

  private void send(Running instance, int ifindex, InetAddress address) {
    Link link = interfaces.byIndex(ifindex).orElse(null);
    MacAddress mac = link == null ? null : link.mac();
    if (link == null || mac == null) {
      return;
    }
    int length =
        address instanceof Inet6Address v6
            ? NeighbourAdvertisement.encode(mac.bytes(), v6, forwardsIpv6.test(link.name()), frame)
            : GratuitousArp.encode(mac.bytes(), (Inet4Address) address, frame);
    boolean sent = socket.send(ifindex, frame, length) == length;
    instance.count(
        !sent
            ? VrrpCounter.SEND_FAILED
            : address instanceof Inet4Address ? VrrpCounter.ARP_SENT : VrrpCounter.NA_SENT);
  }
}
