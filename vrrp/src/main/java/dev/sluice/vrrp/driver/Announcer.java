package dev.sluice.vrrp.driver;

import dev.sluice.linux.Link;
import dev.sluice.linux.MacAddress;
import dev.sluice.linux.PacketSocket;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.codec.GratuitousArp;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends gratuitous ARP, back to back or, where {@code garp_interval} says so, spaced per interface.
 * IPv6 addresses are not announced yet.
 */
final class Announcer {
  private final PacketSocket socket;
  private final MemorySegment frame;
  private final Interfaces interfaces;
  private final Map<Integer, Lane> lanes = new HashMap<>();

  private record Waiting(Running instance, int ifindex, Inet4Address address, long gapNanos) {}

  /** What waits on one interface. */
  private static final class Lane {
    final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    long nextNanos;
  }

  Announcer(PacketSocket socket, MemorySegment frame, Interfaces interfaces) {
    this.socket = socket;
    this.frame = frame;
    this.interfaces = interfaces;
  }

  /** Announces every present IPv4 address of an instance, {@code repeat} rounds. */
  void announce(Running instance, int repeat, long nowNanos) {
    List<Running.HeldAddress> present = new ArrayList<>();
    for (Running.HeldAddress address : instance.addresses) {
      if (address.present()) {
        present.add(address);
      }
    }
    for (int round = 0; round < repeat; round++) {
      for (Running.HeldAddress address : present) {
        announce(instance, address.ifindex, address.config.address(), nowNanos);
      }
    }
  }

  /** Announces one address once. */
  void announce(Running instance, int ifindex, InetAddress address, long nowNanos) {
    if (!(address instanceof Inet4Address v4)) {
      return;
    }
    long gap = instance.config.garp().interval().toNanos();
    Lane lane = lanes.get(ifindex);
    if (gap == 0 && (lane == null || lane.queue.isEmpty())) {
      send(instance, ifindex, v4);
      return;
    }
    if (lane == null) {
      lane = new Lane();
      lanes.put(ifindex, lane);
    }
    if (lane.queue.isEmpty() && lane.nextNanos <= nowNanos) {
      send(instance, ifindex, v4);
      lane.nextNanos = nowNanos + gap;
    } else {
      lane.queue.add(new Waiting(instance, ifindex, v4, gap));
    }
  }

  /** Forgets what waits for an instance. */
  void drop(Running instance) {
    for (Lane lane : lanes.values()) {
      lane.queue.removeIf(waiting -> waiting.instance() == instance);
    }
  }

  /** When {@link #tick} is due. */
  long deadlineNanos() {
    long deadline = VrrpTimers.NONE;
    for (Lane lane : lanes.values()) {
      if (!lane.queue.isEmpty()) {
        deadline = Math.min(deadline, lane.nextNanos);
      }
    }
    return deadline;
  }

  /** Sends what is due. */
  void tick(long nowNanos) {
    for (Lane lane : lanes.values()) {
      while (lane.nextNanos <= nowNanos) {
        Waiting next = lane.queue.poll();
        if (next == null) {
          break;
        }
        send(next.instance(), next.ifindex(), next.address());
        lane.nextNanos = nowNanos + next.gapNanos();
      }
    }
  }

  private void send(Running instance, int ifindex, Inet4Address address) {
    Link link = interfaces.byIndex(ifindex).orElse(null);
    if (link == null || link.arpType() != Link.ETHERNET || !link.arp()) {
      return;
    }
    MacAddress mac = link.mac();
    if (mac == null) {
      return;
    }
    int length = GratuitousArp.encode(mac.bytes(), address, frame);
    if (socket.send(ifindex, frame, length) == length) {
      instance.count(VrrpCounter.ARP_SENT);
    } else {
      instance.count(VrrpCounter.SEND_FAILED);
    }
  }
}
