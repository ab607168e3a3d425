package dev.sluice.vrrp.driver;

import dev.sluice.config.model.GlobalSettings;
import dev.sluice.config.model.StaticObjects;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.PacketBuffer;
import dev.sluice.linux.PacketSocket;
import dev.sluice.linux.Route;
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
import dev.sluice.vrrp.machine.Action;
import dev.sluice.vrrp.machine.EffectivePriority;
import dev.sluice.vrrp.machine.InstanceState;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.Reading;
import dev.sluice.vrrp.machine.VrrpMachine;
import dev.sluice.vrrp.machine.VrrpRouter;
import dev.sluice.vrrp.machine.VrrpRouter.Effect;
import dev.sluice.vrrp.machine.VrrpTimers;
import dev.sluice.vrrp.objects.KernelObject;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the VRRP thread does: kernel and packets in, machine, actions out. One thread's, but for
 * {@link #open}.
 */
final class VrrpEngine implements AutoCloseable, ObjectKeeper.Owners {
  /** Largest packet a raw socket can deliver of what interests us; longer ones are cut. */
  static final int RECEIVE_BYTES = 9216;

  /** An instance that is due so soon shall not wait for announcements. */
  private static final long BUSY_NANOS = 1_000_000L;

  private static final AtomicBoolean REHEARSED = new AtomicBoolean();

  /** Room for a gratuitous ARP or a neighbour advertisement. */
  private static final int ANNOUNCEMENT_BYTES = 128;

  final EventLoop loop;
  final VrrpListener listener;
  final VrrpRouter router = new VrrpRouter();
  final Map<String, Running> instances = new LinkedHashMap<>();
  final Interfaces interfaces = new Interfaces();
  final ObjectKeeper keeper;
  final Announcer announcer;
  final AdvertPort port;
  final InterfaceFaults faults;
  final Readings readings;
  final PromoteSecondaries promoteSecondaries;
  final Vmacs vmacs;
  final Firewall firewall;
  final Carriers carriers;
  final ExtraAnnouncements extra;
  final long startedNanos;

  private final Arena arena = Arena.ofShared();
  private final RouteNetlink netlink;
  private final RouteMonitor monitor;
  private final PacketSocket packets;

  /** Routes and rules; null while we have none: there may be a million of others'. */
  private @Nullable RouteMonitor routes;

  private EventLoop.@Nullable Watch routesWatch;
  private final EventLoop.Timer timer;
  private final Reconciler reconciler;
  private final List<String> due = new ArrayList<>();

  /** What is told and announced when the kernel has been told. */
  private final ArrayDeque<Runnable> afterwards = new ArrayDeque<>();

  final Lateness lateness = new Lateness();
  private boolean realTime;

  /** While nothing that happens is real. */
  private boolean rehearsing;

  private VrrpEngine(EventLoop loop, VrrpListener outside) {
    this.loop = loop;
    this.listener =
        event -> {
          if (!rehearsing) {
            outside.on(event);
          }
        };
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
    MemorySegment frame = arena.allocate(ANNOUNCEMENT_BYTES);
    keeper = new ObjectKeeper(new KernelRequests(netlink, interfaces), interfaces, listener, this);
    announcer = new Announcer(packets, frame, interfaces, new Ipv6Forwarding(loop));
    promoteSecondaries = new PromoteSecondaries(listener);
    vmacs = new Vmacs(this);
    firewall = new Firewall(listener);
    carriers = new Carriers(interfaces, loop, listener, this::onCarrier);
    extra = new ExtraAnnouncements(this);
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
    EventLoop.Watch _ = loop.watch(monitor.fd(), EventLoop.READ, _ -> onNetwork(monitor));
    realTime = ThreadClass.realTime(listener);
  }

  // --- what comes in ----------------------------------------------------------------------------

  void apply(VrrpDesired desired, Secrets secrets) {
    rehearse(desired);
    port.secrets(secrets);
    reconciler.apply(desired);
    rearm();
  }

  /** Once in a JVM: what it leaves is a warm one. */
  private void rehearse(VrrpDesired desired) {
    if (!instances.isEmpty() || REHEARSED.getAndSet(true)) {
      return;
    }
    rehearsing = true;
    try {
      new Rehearsal(this).play(desired);
    } catch (RuntimeException e) {
      System.getLogger(VrrpEngine.class.getName())
          .log(System.Logger.Level.DEBUG, "the rehearsal failed; the first takeover is slower", e);
    } finally {
      rehearsing = false;
    }
  }

  void scriptResult(String script, boolean success, String evidence) {
    readings.scriptResult(script, success, evidence);
    rearm();
  }

  void reading(EffectivePriority.Source source, String name, Reading reading, String evidence) {
    readings.set(source, name, reading, evidence);
    rearm();
  }

  /** What is not an instance's; comes before the instances. */
  void configure(VrrpDesired desired) {
    watchRoutes(withRoutes(desired));
    GlobalSettings.Vrrp vrrp = desired.global().settings().vrrp();
    announcer.configure(desired.further().garpGroups(), vrrp.gnaInterval());
    extra.everyDevice(vrrp.garpExtraAll());
    port.logUnknown(vrrp.logUnknownVrids());
    carriers.configure(desired);
    GlobalSettings.Buffer buffer = desired.global().settings().buffers().vrrpMonitor();
    if (buffer != null) {
      monitor.receiveBuffer(buffer.bytes(), buffer.forced());
    }
    ThreadClass.apply(desired.global().settings().processes().vrrp(), listener);
    promoteSecondaries.configure(
        desired.instances().stream()
            .filter(instance -> instance.options().promoteSecondaries())
            .map(VrrpInstance::interfaceName)
            .filter(Objects::nonNull)
            .map(Objects::requireNonNull)
            .collect(Collectors.toSet()));
  }

  private void watchRoutes(boolean wanted) {
    if (wanted && routes == null) {
      RouteMonitor opened =
          RouteMonitor.open(EnumSet.of(RouteMonitor.Topic.ROUTES, RouteMonitor.Topic.RULES));
      routes = opened;
      routesWatch = loop.watch(opened.fd(), EventLoop.READ, _ -> onNetwork(opened));
    } else if (!wanted && routes != null) {
      Objects.requireNonNull(routesWatch).close();
      routes.close();
      routes = null;
      routesWatch = null;
    }
  }

  private static boolean withRoutes(VrrpDesired desired) {
    StaticObjects statics = desired.further().statics();
    return !statics.routes().isEmpty()
        || !statics.rules().isEmpty()
        || desired.instances().stream()
            .map(VrrpInstance::options)
            .anyMatch(options -> !options.routes().isEmpty() || !options.rules().isEmpty());
  }

  /** A poll has told of a carrier. */
  private void onCarrier() {
    if (carriers.look(loop.nowNanos())) {
      faults.refreshAll();
    }
    rearm();
  }

  private void onNetwork(RouteMonitor from) {
    List<RouteEvent> events = new ArrayList<>();
    from.drain(events::add);
    boolean concerned = false;
    for (RouteEvent event : events) {
      concerned |= network(event);
    }
    if (concerned) {
      boolean _ = carriers.look(loop.nowNanos());
      faults.refreshAll();
    }
    rearm();
  }

  /** Takes in a change; answers whether faults may come or go with it. */
  private boolean network(RouteEvent event) {
    if (event instanceof RouteEvent.Overrun) {
      interfaces.load(netlink);
      keeper.repair().suspectAll();
      keeper.linkChanged();
      return true;
    }
    boolean news = interfaces.update(event);
    return switch (event) {
      case RouteEvent.LinkChanged _, RouteEvent.LinkRemoved _ -> {
        if (news) {
          keeper.linkChanged();
        }
        yield news;
      }
      case RouteEvent.AddressRemoved(InterfaceAddress address) -> {
        keeper.repair().addressRemoved(address);
        yield news && faults.concerned(address.address());
      }
      case RouteEvent.AddressAdded(InterfaceAddress address) ->
          news && faults.concerned(address.address());
      case RouteEvent.RouteRemoved(Route route) -> {
        keeper.repair().routeRemoved(route);
        yield false;
      }
      case RouteEvent.RuleRemoved _ -> {
        keeper.repair().suspectRoutes();
        yield false;
      }
      case RouteEvent.NeighbourChanged _,
          RouteEvent.NeighbourRemoved _,
          RouteEvent.RouteChanged _,
          RouteEvent.RuleChanged _,
          RouteEvent.Overrun _ ->
          false;
    };
  }

  /** Before anything that waits is read: were we held up? */
  void woke() {
    long now = loop.nowNanos();
    long first = router.deadlineNanos();
    List<Effect> effects = router.woke(now);
    if (!effects.isEmpty()) {
      lateness.add(now - first);
      perform(effects);
    }
  }

  /**
   * What the clock brings. First all adverts, of all instances that are due, then all that the
   * kernel must be told, then announcements.
   */
  private void onTimer() {
    long now = loop.nowNanos();
    woke();
    due.clear();
    router.due(now, due);
    for (int i = 0; i < due.size(); i++) {
      String name = due.get(i);
      Running instance = instances.get(name);
      if (instance == null || router.state(name).phase().deadlineNanos() > now) {
        continue;
      }
      InstanceState.Phase phase = router.state(name).phase();
      long late = now - phase.deadlineNanos();
      lateness.add(late);
      AdvertSocket socket = instance.socket;
      boolean master = phase instanceof InstanceState.Phase.Master;
      if (socket != null && (!master || late > instance.config.advertInterval().toNanos())) {
        // After a stall the others' adverts wait in the socket: they count, not our lateness.
        port.drain(socket);
      }
      boolean doubts = port.doubts(instance, router.state(name), now);
      dispatch(name, doubts ? VrrpMachine.lost() : VrrpMachine.tick());
    }
    keeper.tick(now);
    extra.tick(now);
    if (carriers.deadlineNanos() <= now && carriers.look(now)) {
      faults.refreshAll();
    }
    rearm();
  }

  /**
   * Ends whatever came in: tells the kernel what is due, then everybody what has happened, sends a
   * turn's worth of announcements, and sets the timer to the next thing due.
   */
  void rearm() {
    long now = loop.nowNanos();
    keeper.flush(now);
    if (!keeper.more()) {
      vmacs.sweep();
      Runnable next;
      while ((next = afterwards.poll()) != null) {
        next.run();
      }
    }
    announcer.tick(now, router.deadlineNanos() - now < BUSY_NANOS);
    long deadline =
        Math.min(
            Math.min(router.deadlineNanos(), announcer.deadlineNanos()), keeper.deadlineNanos());
    deadline = Math.min(deadline, Math.min(extra.deadlineNanos(), carriers.deadlineNanos()));
    if (deadline == VrrpTimers.NONE) {
      timer.cancel();
    } else if (!timer.armed() || timer.deadlineNanos() != deadline) {
      timer.at(deadline);
    }
  }

  // --- what goes out ----------------------------------------------------------------------------

  /**
   * Gives an instance an event and does what follows: adverts at once; what belongs into the kernel
   * and what is told of it with {@link #rearm}.
   */
  void dispatch(String instance, MachineEvent event) {
    dispatch(instance, event, loop.nowNanos());
  }

  /** As above at a time of the caller's: an advert counts from its receipt. */
  void dispatch(String instance, MachineEvent event, long atNanos) {
    perform(router.on(instance, event, atNanos));
    if (event instanceof MachineEvent.AdvertSeen advert) {
      heard(instances.get(instance), advert);
    }
  }

  private void heard(@Nullable Running instance, MachineEvent.AdvertSeen advert) {
    if (instance == null || advert.source().equals(instance.local)) {
      return;
    }
    if (router.state(instance.name()).kind() != VrrpState.MASTER) {
      keeper.otherHeard(instance.name());
    }
    if (!instance.heard) {
      instance.heard = true;
      keeper.leaseChanged(instance.name());
    }
  }

  void perform(List<Effect> effects) {
    for (int i = 0; i < effects.size(); i++) {
      switch (effects.get(i)) {
        case Effect.OfGroup(String group, VrrpState from, VrrpState to) ->
            tell(new VrrpEvent.GroupStateChanged(group, from, to));
        case Effect.OfInstance(String name, Action action) -> {
          Running instance = instances.get(name);
          if (instance != null) {
            perform(instance, action);
          }
        }
      }
    }
  }

  /** Tells it when the kernel has what led to it. */
  void tell(VrrpEvent event) {
    afterwards.add(() -> listener.on(event));
  }

  private void perform(Running instance, Action action) {
    String name = instance.name();
    switch (action) {
      case Action.SendAdvert(int priority) -> port.send(instance, priority);
      case Action.AddAddresses _ -> keeper.want(name, instance.objects(), false, "MASTER");
      case Action.RemoveAddresses _ -> keeper.release(name, "no longer MASTER");
      case Action.AnnounceAddresses(int repeat) ->
          afterwards.add(() -> announcer.announce(instance, repeat, keeper, loop.nowNanos()));
      case Action.AnnounceSource _ -> {
        InetAddress local = instance.local;
        if (local != null && instance.ifindex != 0) {
          afterwards.add(
              () -> announcer.announce(instance, instance.ifindex, local, 1, loop.nowNanos()));
        }
      }
      case Action.DropAnnouncements _ -> announcer.drop(instance);
      case Action.StateChanged(VrrpState from, VrrpState to, String cause) -> {
        instance.changed(from, to, cause, router.state(name).priority());
        instance.told.clear();
        if (to == VrrpState.BACKUP) {
          port.waits(instance);
        }
        if (to == VrrpState.MASTER) {
          instance.count(VrrpCounter.BECAME_MASTER);
        } else if (from == VrrpState.MASTER) {
          instance.count(VrrpCounter.RELEASED_MASTER);
        }
        extra.reconsider(instance, to, loop.nowNanos());
        InstanceState now = router.state(name);
        if (to == VrrpState.FAULT) {
          keeper.release(name, "in FAULT: " + cause);
        }
        tell(
            new VrrpEvent.StateChanged(
                name, from, to, cause, now.effectivePriority(), now.interfaceGone()));
      }
      case Action.PriorityChanged(int from, int to) -> {
        InstanceState state = router.state(name);
        tell(
            new VrrpEvent.PriorityChanged(
                name, state.kind(), from, to, state.priority().describe()));
      }
      case Action.AskGroup _, Action.MasterReleased _ -> {}
      case Action.Count(VrrpCounter counter, long by) -> instance.count(counter, by);
      case Action.ConflictWon(var loser, int priority) ->
          tell(
              new VrrpEvent.ConflictWon(
                  name, loser, priority, router.state(name).effectivePriority()));
      case Action.MasterSeen(var master, int priority) ->
          tell(new VrrpEvent.MasterSeen(name, master, priority));
      case Action.LowerPrioritySeen(var sender, int priority) ->
          tell(
              new VrrpEvent.LowerPrioritySeen(
                  name, sender, priority, router.state(name).effectivePriority()));
      case Action.Warned(String text) -> tell(new VrrpEvent.Warning(name, text));
      case Action.Ended(VrrpState from) -> {
        if (from == VrrpState.MASTER) {
          instance.count(VrrpCounter.RELEASED_MASTER);
        }
        instance.since = Instant.now();
        extra.reconsider(instance, VrrpState.INIT, loop.nowNanos());
        keeper.release(name, "stopped");
        tell(new VrrpEvent.InstanceStopped(name, from, router.state(name).effectivePriority()));
      }
    }
  }

  private static int lease(VrrpInstance config) {
    return config.options().vipLeaseSeconds();
  }

  // --- for the keeper ---------------------------------------------------------------------------

  @Override
  public long leaseSeconds(String instance) {
    Running running = instances.get(instance);
    return running == null || !running.heard ? 0 : lease(running.config);
  }

  @Override
  public void cameLate(
      String instance, KernelObject.Address address, int ifindex, boolean repaired) {
    Running running = instances.get(instance);
    if (running != null) {
      announcer.announce(
          running,
          ifindex,
          address.config().address(),
          repaired ? 1 : running.config.garp().repeat(),
          loop.nowNanos());
    }
  }

  @Override
  public void restored(String instance) {
    Running running = instances.get(instance);
    if (running != null) {
      running.count(VrrpCounter.RESTORED);
    }
  }

  VrrpSnapshot snapshot() {
    return SnapshotBuilder.build(this, realTime);
  }

  /** Ends every instance: priority 0, no addresses. */
  void stopAll() {
    reconciler.stopAll();
    do {
      rearm();
    } while (keeper.more());
  }

  @Override
  public void close() {
    port.close();
    carriers.close();
    firewall.close();
    vmacs.close();
    watchRoutes(false);
    closeAll(List.of(monitor, netlink, packets));
    arena.close();
  }
}
