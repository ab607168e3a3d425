package dev.sluice.vrrp.driver;

import dev.sluice.linux.EventLoop;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.PacketBuffer;
import dev.sluice.linux.PacketSocket;
import dev.sluice.linux.RouteEvent;
import dev.sluice.linux.RouteMonitor;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.codec.AdvertEncoder;
import dev.sluice.vrrp.codec.GratuitousArp;
import dev.sluice.vrrp.machine.Action;
import dev.sluice.vrrp.machine.EffectivePriority;
import dev.sluice.vrrp.machine.InstanceState;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.Reading;
import dev.sluice.vrrp.machine.VrrpRouter;
import dev.sluice.vrrp.machine.VrrpRouter.Effect;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the VRRP thread does: kernel and packets in, machine, actions out. One thread's, but for
 * {@link #open}.
 */
final class VrrpEngine implements AutoCloseable {
  /** Largest packet a raw socket can deliver of what interests us; longer ones are cut. */
  static final int RECEIVE_BYTES = 9216;

  final EventLoop loop;
  final VrrpListener listener;
  final VrrpRouter router = new VrrpRouter();
  final Map<String, Running> instances = new LinkedHashMap<>();
  final Interfaces interfaces = new Interfaces();
  final AddressKeeper addresses;
  final Announcer announcer;
  final AdvertPort port;
  final InterfaceFaults faults;
  final Readings readings;
  final long startedNanos;

  private final Arena arena = Arena.ofShared();
  private final RouteNetlink netlink;
  private final RouteMonitor monitor;
  private final PacketSocket packets;
  private final EventLoop.Timer timer;
  private final Reconciler reconciler;
  private boolean realTime;

  private VrrpEngine(EventLoop loop, VrrpListener listener) {
    this.loop = loop;
    this.listener = listener;
    this.startedNanos = loop.nowNanos();
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      monitor =
          RouteMonitor.open(EnumSet.of(RouteMonitor.Topic.LINKS, RouteMonitor.Topic.ADDRESSES));
      opened.add(monitor);
      netlink = RouteNetlink.open();
      opened.add(netlink);
      packets = PacketSocket.open();
      opened.add(packets);
      interfaces.load(netlink);
    } catch (RuntimeException e) {
      closeAll(opened);
      arena.close();
      throw e;
    }
    MemorySegment frame = arena.allocate(GratuitousArp.LENGTH);
    addresses = new AddressKeeper(netlink, interfaces, listener);
    announcer = new Announcer(packets, frame, interfaces);
    port =
        new AdvertPort(
            this, new PacketBuffer(arena, RECEIVE_BYTES), arena.allocate(AdvertEncoder.MAX_PACKET));
    faults = new InterfaceFaults(this);
    readings = new Readings(this);
    reconciler = new Reconciler(this);
    timer = loop.timer(this::onTimer);
  }

  private static void closeAll(List<AutoCloseable> opened) {
    for (AutoCloseable one : opened.reversed()) {
      try {
        one.close();
      } catch (Exception e) {
        System.getLogger(VrrpEngine.class.getName())
            .log(System.Logger.Level.WARNING, "closing after a failed start", e);
      }
    }
  }

  /** Opens what the thread needs, in the calling thread's namespace. */
  static VrrpEngine open(EventLoop loop, VrrpListener listener) {
    return new VrrpEngine(loop, listener);
  }

  /** The first thing the thread does. */
  void enterThread() {
    EventLoop.Watch _ = loop.watch(monitor.fd(), EventLoop.READ, _ -> onNetwork());
    realTime = ThreadClass.realTime(listener);
  }

  // --- what comes in ----------------------------------------------------------------------------

  void apply(VrrpDesired desired, Secrets secrets) {
    port.secrets(secrets);
    reconciler.apply(desired);
    rearm();
  }

  void scriptResult(String script, boolean success, String evidence) {
    readings.scriptResult(script, success, evidence);
    rearm();
  }

  void reading(EffectivePriority.Source source, String name, Reading reading, String evidence) {
    readings.set(source, name, reading, evidence);
    rearm();
  }

  private void onNetwork() {
    List<RouteEvent> events = new ArrayList<>();
    monitor.drain(events::add);
    for (RouteEvent event : events) {
      if (event instanceof RouteEvent.Overrun) {
        interfaces.load(netlink);
        addresses.forgetExpected();
        missingAddresses();
      } else {
        interfaces.update(event);
        if (event instanceof RouteEvent.AddressRemoved(InterfaceAddress removed)
            && !addresses.tickOff(removed)) {
          removedByOthers(removed);
        }
      }
    }
    faults.refreshAll();
    rearm();
  }

  /** After lost messages: which of our addresses are gone? */
  private void missingAddresses() {
    for (Running instance : List.copyOf(instances.values())) {
      for (Running.HeldAddress held : instance.addresses) {
        if (held.present()
            && interfaces
                .find(held.ifindex, held.config.address(), held.config.prefixLength())
                .isEmpty()) {
          lost(instance, held);
        }
      }
    }
  }

  private void removedByOthers(InterfaceAddress removed) {
    for (Running instance : List.copyOf(instances.values())) {
      for (Running.HeldAddress held : instance.addresses) {
        if (held.ifindex == removed.ifindex()
            && held.config.prefixLength() == removed.prefixLength()
            && held.config.address().equals(removed.address())) {
          lost(instance, held);
        }
      }
    }
  }

  private void lost(Running instance, Running.HeldAddress held) {
    String device =
        interfaces
            .byIndex(held.ifindex)
            .map(link -> link.name())
            .orElseGet(() -> "number " + held.ifindex);
    held.ifindex = 0;
    listener.on(
        new VrrpEvent.AddressRemoved(
            instance.name(), held.config.address(), device, "removed by someone else"));
    if (held.config.tracked()) {
      dispatch(
          instance.name(),
          new MachineEvent.Demoted(
              held.config.address().getHostAddress()
                  + " was removed from "
                  + device
                  + " by someone else"));
    }
  }

  private void onTimer() {
    long now = loop.nowNanos();
    for (Running instance : List.copyOf(instances.values())) {
      if (!router.has(instance.name())) {
        continue;
      }
      InstanceState state = router.state(instance.name());
      if (state.phase().deadlineNanos() > now) {
        continue;
      }
      AdvertSocket socket = instance.socket;
      if (state.kind() == VrrpState.BACKUP && socket != null) {
        // After a stall the master's adverts wait in the socket: they count, not our lateness.
        port.drain(socket);
      }
      dispatch(instance.name(), new MachineEvent.TimerExpired());
    }
    announcer.tick(now);
    rearm();
  }

  /** Sets the timer to the next thing due. */
  void rearm() {
    long deadline = Math.min(router.deadlineNanos(), announcer.deadlineNanos());
    if (deadline == VrrpTimers.NONE) {
      timer.cancel();
    } else if (!timer.armed() || timer.deadlineNanos() != deadline) {
      timer.at(deadline);
    }
  }

  // --- what goes out ----------------------------------------------------------------------------

  /** Gives an instance an event and does what follows. */
  void dispatch(String instance, MachineEvent event) {
    dispatch(instance, event, loop.nowNanos());
  }

  /** As above at a time of the caller's: an advert counts from its receipt. */
  void dispatch(String instance, MachineEvent event, long atNanos) {
    perform(router.on(instance, event, atNanos));
  }

  void perform(List<Effect> effects) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.OfGroup(String group, VrrpState from, VrrpState to) ->
            listener.on(new VrrpEvent.GroupStateChanged(group, from, to));
        case Effect.OfInstance(String name, Action action) -> {
          Running instance = instances.get(name);
          if (instance != null) {
            perform(instance, action);
          }
        }
      }
    }
  }

  private void perform(Running instance, Action action) {
    String name = instance.name();
    switch (action) {
      case Action.SendAdvert(int priority) -> port.send(instance, priority);
      case Action.AddAddresses _ ->
          instance.addresses.forEach(held -> addresses.add(instance, held));
      case Action.RemoveAddresses _ ->
          instance.addresses.forEach(held -> addresses.remove(instance, held, "no longer MASTER"));
      case Action.AnnounceAddresses(int repeat) ->
          announcer.announce(instance, repeat, loop.nowNanos());
      case Action.AnnounceSource _ -> {
        if (instance.local != null && instance.ifindex != 0) {
          announcer.announce(
              instance, instance.ifindex, Objects.requireNonNull(instance.local), loop.nowNanos());
        }
      }
      case Action.DropAnnouncements _ -> announcer.drop(instance);
      case Action.StateChanged(VrrpState from, VrrpState to, String cause) -> {
        instance.since = Instant.now();
        instance.told.clear();
        if (to == VrrpState.MASTER) {
          instance.count(VrrpCounter.BECAME_MASTER);
        } else if (from == VrrpState.MASTER) {
          instance.count(VrrpCounter.RELEASED_MASTER);
        }
        InstanceState now = router.state(name);
        listener.on(
            new VrrpEvent.StateChanged(
                name, from, to, cause, now.effectivePriority(), now.interfaceGone()));
      }
      case Action.PriorityChanged(int from, int to) -> {
        InstanceState state = router.state(name);
        listener.on(
            new VrrpEvent.PriorityChanged(
                name, state.kind(), from, to, state.priority().describe()));
      }
      case Action.AskGroup _ -> {}
      case Action.MasterSeen(var master, int priority) ->
          listener.on(new VrrpEvent.MasterSeen(name, master, priority));
      case Action.LowerPrioritySeen(var sender, int priority) ->
          listener.on(
              new VrrpEvent.LowerPrioritySeen(
                  name, sender, priority, router.state(name).effectivePriority()));
      case Action.Warned(String text) -> listener.on(new VrrpEvent.Warning(name, text));
      case Action.Ended(VrrpState from) -> {
        if (from == VrrpState.MASTER) {
          instance.count(VrrpCounter.RELEASED_MASTER);
        }
        instance.since = Instant.now();
        listener.on(
            new VrrpEvent.InstanceStopped(name, from, router.state(name).effectivePriority()));
      }
    }
  }

  VrrpSnapshot snapshot() {
    return SnapshotBuilder.build(this, realTime);
  }

  /** Ends every instance: priority 0, no addresses. */
  void stopAll() {
    reconciler.stopAll();
    rearm();
  }

  @Override
  public void close() {
    port.close();
    closeAll(List.of(monitor, netlink, packets));
    arena.close();
  }
}
