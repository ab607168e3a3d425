package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.Link;
import dev.sluice.linux.MacAddress;
import dev.sluice.linux.PacketTarget;
import dev.sluice.linux.RawIpSocket;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.codec.Advert;
import dev.sluice.vrrp.machine.InstanceSettings;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.VrrpMachine;
import dev.sluice.vrrp.objects.KernelObject;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Plays an instance's life once before the first instance lives: its first takeover and its end
 * then find their classes loaded and their calls linked, which takes 10 to 20 ms where it happens
 * in earnest.
 *
 * <p>Nothing of it is seen outside: the listener is deaf meanwhile, no advert has a socket, and
 * what the kernel is asked for concerns a device that does not exist, which it refuses.
 */
final class Rehearsal {
  /** Rounds that make the JVM compile the most of it, within some 50 ms. */
  private static final int ROUNDS = 30;

  private static final long MOST_NANOS = 100_000_000L;

  /** No interface has this number: the kernel counts from 1. */
  private static final int NOWHERE = Integer.MAX_VALUE;

  private static final Link DEVICE =
      new Link(
          NOWHERE,
          " rehearsal",
          null,
          new MacAddress(0x0200_0000_0001L),
          Link.IFF_UP | Link.IFF_RUNNING | Link.IFF_MULTICAST,
          1500,
          0,
          0,
          Link.ETHERNET,
          6);

  private final VrrpEngine engine;

  Rehearsal(VrrpEngine engine) {
    this.engine = engine;
  }

  /** Plays with the first instance's configuration, before it exists. */
  void play(VrrpDesired desired) {
    VrrpInstance config =
        desired.instances().stream()
            .filter(one -> Unsupported.reason(one).isEmpty() && !one.addresses().isEmpty())
            .findFirst()
            .orElse(null);
    if (config == null) {
      return;
    }
    boolean _ = engine.interfaces.put(DEVICE);
    try {
      long end = System.nanoTime() + MOST_NANOS;
      for (int i = 0; i < ROUNDS && System.nanoTime() - end < 0; i++) {
        life(config);
      }
      sending(config);
    } finally {
      engine.stopAll();
      boolean _ = engine.interfaces.remove(DEVICE);
    }
  }

  private void life(VrrpInstance config) {
    String name = config.name();
    boolean v6 = Wire.ipv6(config);
    InetAddress other = InetAddress.ofLiteral(v6 ? "fe80::2" : "192.0.2.2");
    Running actor = new Running(config, null, List.of());
    InetAddress local = InetAddress.ofLiteral(v6 ? "fe80::1" : "192.0.2.1");
    actor.local = local;
    actor.derive();
    engine.faults.claim(actor);
    engine.instances.put(name, actor);
    InstanceSettings settings = InstanceSettings.of(config, false);
    long now = engine.loop.nowNanos();
    engine.router.add(settings, now);
    engine.dispatch(name, new MachineEvent.LocalAddressIs(local), now);
    engine.dispatch(name, VrrpMachine.tick(), now);
    long interval = settings.advertIntervalNanos();
    // A master is heard, leaves, and we take over.
    engine.dispatch(name, new MachineEvent.AdvertSeen(254, interval, other), now);
    engine.dispatch(name, new MachineEvent.AdvertSeen(0, interval, other), now);
    now = Math.max(now, engine.router.state(name).phase().deadlineNanos());
    engine.dispatch(name, VrrpMachine.tick(), now);
    objects(actor, now);
    engine.rearm();
    // We speak, meet a lower one, and leave.
    now += interval;
    engine.dispatch(name, VrrpMachine.tick(), now);
    engine.dispatch(name, new MachineEvent.AdvertSeen(1, interval, other), now);
    engine.keeper.release(name, "rehearsed");
    engine.stopAll();
    var _ = engine.snapshot();
  }

  /** The addresses, as if they lay on the device that is none. */
  private void objects(Running actor, long now) {
    List<KernelObject> objects = new ArrayList<>();
    for (KernelObject object : actor.objects()) {
      if (object instanceof KernelObject.Address(String _, var va) && va.options().peer() == null) {
        objects.add(new KernelObject.Address(DEVICE.name(), va));
        engine.announcer.announce(actor, NOWHERE, va.address(), 2, now);
        if (objects.size() == 4) {
          break;
        }
      }
    }
    engine.keeper.want(actor.name(), objects, false, "rehearsed");
  }

  /** The call that sends adverts: a packet shorter than its header, which is refused. */
  private static void sending(VrrpInstance config) {
    InetAddress group = config.multicastGroup();
    if (group instanceof Inet6Address) {
      return;
    }
    try (RawIpSocket socket = RawIpSocket.open(Advert.IP_PROTOCOL);
        Arena arena = Arena.ofConfined()) {
      socket.setHeaderIncluded(true);
      PacketTarget target = new PacketTarget(arena, group, null, 0, -1);
      MemorySegment nothing = arena.allocate(8);
      for (int i = 0; i < ROUNDS; i++) {
        int _ = socket.send(nothing, 0, target);
      }
    }
  }
}
