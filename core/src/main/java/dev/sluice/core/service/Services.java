package dev.sluice.core.service;

import dev.sluice.check.CheckEngine;
import dev.sluice.check.CheckId;
import dev.sluice.check.CheckListener;
import dev.sluice.check.CheckResult;
import dev.sluice.check.CheckSnapshot;
import dev.sluice.check.CheckTarget;
import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.LvsSetting;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.model.SelectedService;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Route;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.linux.SyscallException;
import dev.sluice.lvs.Plane;
import dev.sluice.lvs.PlaneException;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.pool.PoolInput;
import dev.sluice.lvs.pool.PoolStatus;
import dev.sluice.lvs.pool.ServicePool;
import dev.sluice.plane.xdp.Knobs;
import dev.sluice.plane.xdp.XdpPlane;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The virtual servers of the running configuration: a pool each, one engine of checks, one plane. A
 * verdict goes to its pool; what the pools then want goes to the plane, at most once per turn.
 *
 * <p>Everything happens on the core thread; the check engine's results are handed over to it.
 */
public final class Services {
  /** The index of lo in every namespace. */
  private static final int LOOPBACK = 1;

  /** So many addresses that no device has are looked up in one turn. */
  private static final int MOST_LOOKUPS = 512;

  private final CoreThread core;
  private final Consumer<JournalEvent> journal;
  private final CheckEngine checks;
  private final Map<VirtualServer.Key, ServicePool> pools = new LinkedHashMap<>();
  private @Nullable Plane plane;
  private @Nullable NetworkWatch networkWatch;
  private List<ServiceTable.Service> byHand = List.of();
  private final Groups groups = new Groups();
  private final OwnAddresses own = new OwnAddresses();
  private List<ServiceTable.MarkRule> rules = List.of();
  private ServiceTable given = ServiceTable.empty();
  private final Suspension suspension = new Suspension(own);
  private final Map<CheckId, Long> failuresTold = new HashMap<>();
  private boolean dirty;
  private String planeFault = "";

  /** Runs tasks on the core thread. */
  @FunctionalInterface
  public interface CoreThread {
    /** Queues a task from any thread. */
    void execute(Runnable task);
  }

  /** Starts the engine of checks; nothing is checked until {@link #apply}. */
  public Services(CoreThread core, Consumer<JournalEvent> journal) {
    this.core = core;
    this.journal = journal;
    this.checks =
        CheckEngine.start(
            new CheckListener() {
              @Override
              public void result(CheckResult result) {
                core.execute(() -> verdict(result));
              }

              @Override
              public void routine(CheckResult result) {
                // No pool gains by it, and at ten thousand servers the core thread would suffer.
              }
            });
  }

  /**
   * Forwards through this plane from now on.
   *
   * @param next null: nothing forwards
   */
  public void plane(@Nullable XdpPlane next) {
    plane = next;
    if (next != null) {
      networkWatch = NetworkWatch.start(next, core, this::networkChanged);
    }
  }

  /** The plane in use; null: none. */
  public @Nullable Plane plane() {
    return plane;
  }

  /** Entries that the plane's connection table has room for; 0 without a plane. */
  public long connectionTableSize() {
    Plane of = plane;
    return of == null ? 0 : of.connectionTableSize();
  }

  /** Why the plane does not hold what it should; empty: it does. */
  public String planeFault() {
    return planeFault;
  }

  /** Which addresses belong to which VRRP instances, from the next {@link #apply} on. */
  public void instances(List<VrrpInstance> instances) {
    own.instances(instances);
    boolean _ = lookAround();
  }

  /** An instance became MASTER, or ceased to be it: its services come into force, or leave it. */
  public void state(String instance, boolean master) {
    own.state(instance, master);
    boolean _ = lookAround();
    if (!table().equals(given)) {
      push();
    }
  }

  /** Also seen at the next {@link #tick}, where no event tells of it. */
  private void networkChanged() {
    if (lookAround()) {
      push();
    }
  }

  /**
   * Looks which services' addresses are here.
   *
   * @return whether something is new
   */
  private boolean lookAround() {
    Set<InetAddress> held = new HashSet<>();
    Set<InetAddress> local = new HashSet<>();
    try (var netlink = RouteNetlink.open()) {
      for (InterfaceAddress a : netlink.addresses()) {
        local.add(a.address());
        if (a.ifindex() != LOOPBACK) {
          held.add(a.address());
        }
      }
      routedHere(netlink, local);
    } catch (SyscallException e) {
      report("cannot tell which addresses this machine holds: " + e.getMessage());
      return false;
    }
    boolean news = own.look(held, local);
    if (suspension.changed()) {
      checks.apply(suspension.running());
    }
    return news;
  }

  /** Addresses that no device has may be local all the same: {@code ip route add local}. */
  private void routedHere(RouteNetlink netlink, Set<InetAddress> local) {
    Set<InetAddress> asked = new HashSet<>();
    for (ServiceTable.Service s : given.services()) {
      InetAddress vip = s.key().address();
      if (s.key().mark() == 0
          && !own.owned(s.key())
          && !local.contains(vip)
          && asked.size() < MOST_LOOKUPS
          && asked.add(vip)
          && netlink.routeTo(vip).filter(Route::local).isPresent()) {
        local.add(vip);
      }
    }
  }

  /** Which packets carry a firewall mark, from the next {@link #apply} on. */
  public void rules(Configuration of) {
    var next = new ArrayList<ServiceTable.MarkRule>();
    for (SelectedService s : of.further().selectedServices()) {
      if (s.selector() instanceof SelectedService.Selector.Mark(long mark, int ipVersion)) {
        s.matches().forEach(m -> next.add(MarkRules.of(mark, ipVersion, m)));
      }
      for (VirtualServer.Key key : Groups.members(of, s)) {
        if (key.mark() != 0) {
          s.matches().forEach(m -> next.add(MarkRules.of(key.mark(), key.ipv6() ? 6 : 4, m)));
        }
      }
    }
    rules = List.copyOf(next);
  }

  /** The pools of the configuration's services by group, for the next {@link #apply}. */
  public List<VirtualServer> groups(Configuration of) {
    return groups.configuration(of);
  }

  /** The services of a pool: itself, or the entries of its group. */
  public List<VirtualServer.Key> members(VirtualServer.Key pool) {
    return groups.members(pool);
  }

  /** Where a pool's server is reached by the packets of one of its services. */
  public RealKey place(VirtualServer.Key pool, VirtualServer.Key member, RealKey server) {
    return groups.place(pool, member, server);
  }

  /** Settings by the kernel's names; the plane's own where nothing is written. */
  public void settings(List<LvsSetting> settings) {
    if (plane instanceof XdpPlane xdp) {
      Knobs.Builder knobs = Knobs.SLUICE.with();
      int[] timeouts = new int[3];
      for (LvsSetting s : settings) {
        switch (s.name()) {
          case "timeout_tcp" -> timeouts[0] = s.value();
          case "timeout_tcpfin" -> timeouts[1] = s.value();
          case "timeout_udp" -> timeouts[2] = s.value();
          default -> {
            boolean _ = knobs.set(s.name(), s.value());
          }
        }
      }
      xdp.set(knobs.build());
      if (timeouts[0] + timeouts[1] + timeouts[2] > 0) {
        xdp.timeouts(new ServiceTable.Timeouts(timeouts[0], timeouts[1], timeouts[2]));
      }
    }
  }

  /** Makes these the virtual servers; what is unchanged keeps its state. */
  public void apply(
      List<VirtualServer> desired, @Nullable ScriptUser scriptUser, boolean supplementaryGroups) {
    long now = System.nanoTime();
    var wanted = new LinkedHashMap<VirtualServer.Key, VirtualServer>();
    for (VirtualServer vs : desired) {
      wanted.putIfAbsent(vs.key(), vs);
    }
    for (VirtualServer.Key key : List.copyOf(pools.keySet())) {
      if (!wanted.containsKey(key)) {
        step(key, new PoolInput.Removed(), now);
        pools.remove(key);
      }
    }
    for (VirtualServer vs : wanted.values()) {
      ServicePool pool = pools.get(vs.key());
      if (pool == null) {
        pools.put(vs.key(), ServicePool.of(vs, now));
        step(vs.key(), new PoolInput.Started(), now);
      } else if (!pool.config().equals(vs)) {
        step(vs.key(), new PoolInput.Reconfigured(vs), now);
      }
    }
    List<CheckTarget> targets = targets(wanted.values(), scriptUser, supplementaryGroups);
    failuresTold.keySet().retainAll(targets.stream().map(CheckTarget::id).toList());
    suspension.set(wanted.values(), targets);
    lookAround();
    checks.apply(suspension.running());
    push();
  }

  private static List<CheckTarget> targets(
      Iterable<VirtualServer> services,
      @Nullable ScriptUser scriptUser,
      boolean supplementaryGroups) {
    var targets = new ArrayList<CheckTarget>();
    for (VirtualServer vs : services) {
      for (RealServer rs : vs.realServers()) {
        for (int i = 0; i < rs.checkers().size(); i++) {
          targets.add(
              new CheckTarget(
                  new CheckId(vs.key(), rs.address(), rs.port(), i),
                  rs.checkers().get(i),
                  scriptUser,
                  supplementaryGroups));
        }
      }
    }
    return targets;
  }

  private void verdict(CheckResult result) {
    CheckId id = result.id();
    if (!result.decided() && suspension.concerns(id.service())) {
      return; // a check that went on after a pause knows less than its pool
    }
    tellFailure(result);
    step(
        id.service(),
        new PoolInput.Verdict(
            new RealKey(id.address(), id.port()),
            id.index(),
            result.checker(),
            result.decided(),
            result.up(),
            result.turning(),
            result.dynamicWeight(),
            result.evidence()),
        result.atNanos());
  }

  /** {@code log_all_failures}: also those that decide nothing. */
  private void tellFailure(CheckResult result) {
    var outcome = result.outcome();
    if (outcome == null
        || outcome.passed()
        || result.changed()
        || !result.checker().pace().logAllFailures()) {
      return;
    }
    // A reload tells again where a check stands.
    Long before = failuresTold.put(result.id(), result.atNanos());
    if (before == null || before != result.atNanos()) {
      CheckId id = result.id();
      journal.accept(
          new JournalEvent.CheckFailed(
              id.service(),
              new RealKey(id.address(), id.port()),
              outcome.evidence(),
              result.failures(),
              result.checker().pace().retry()));
    }
  }

  private void step(VirtualServer.Key key, PoolInput input, long now) {
    ServicePool pool = pools.get(key);
    if (pool == null) {
      return;
    }
    ServicePool.Step step = pool.on(input, now);
    pools.put(key, step.pool());
    for (var event : step.events()) {
      journal.accept(new JournalEvent.Pool(event));
    }
    // A verdict that tells nothing new changes no table.
    boolean grown = input instanceof PoolInput.Tick && step.pool() != pool;
    if ((grown || !step.events().isEmpty()) && !dirty) {
      dirty = true;
      core.execute(this::push);
    }
  }

  /** Gives the plane what the pools want now. */
  private void push() {
    dirty = false;
    Plane to = plane;
    if (to == null) {
      return;
    }
    ServiceTable table = table();
    boolean more = table.services().size() != given.services().size();
    given = table;
    if (more && lookAround()) {
      table = table();
      given = table;
    }
    var unsupported = to.unsupported(table);
    for (var u : unsupported) {
      report(u.service() + ": " + u.reason() + "; " + u.remedy());
    }
    if (!unsupported.isEmpty()) {
      var out = unsupported.stream().map(Plane.Unsupported::service).toList();
      table =
          new ServiceTable(
              table.services().stream().filter(s -> !out.contains(s.key())).toList(), rules);
    }
    try {
      Plane.ApplyResult result = to.apply(table);
      if (!result.unchanged()) {
        journal.accept(
            new JournalEvent.PlaneChanged(
                result.servicesAdded(), result.servicesChanged(), result.servicesRemoved()));
      }
      if (unsupported.isEmpty()) {
        planeFault = "";
      }
    } catch (PlaneException e) {
      report(String.valueOf(e.getMessage()));
    }
  }

  private void report(String fault) {
    if (!fault.equals(planeFault)) {
      planeFault = fault;
      journal.accept(new JournalEvent.PlaneFailed(fault));
    }
  }

  /**
   * Makes these the services beside the configuration's, from the next {@link #settle} or {@link
   * #apply} on. One whose key the configuration has waits until the configuration drops it.
   */
  public void byHand(List<ServiceTable.Service> services) {
    byHand = List.copyOf(services);
  }

  /**
   * Gives the plane the table at once.
   *
   * @return why the plane does not hold what it should; empty: it does
   */
  public String settle() {
    push();
    return planeFault;
  }

  /** The services beside the configuration's that are in the table. */
  public List<ServiceTable.Service> byHand() {
    return byHand.stream().filter(s -> !configured(s.key())).toList();
  }

  /** Whether the running configuration has this service. */
  public boolean configured(VirtualServer.Key key) {
    return pools.containsKey(key) || groups.contains(key);
  }

  /** What the plane shall hold now: the configuration's services, then those made by hand. */
  public ServiceTable table() {
    var all = new ArrayList<ServiceTable.Service>();
    Set<VirtualServer.Key> seen = new HashSet<>();
    for (ServicePool pool : pools.values()) {
      for (ServiceTable.Service s : groups.services(pool.desired())) {
        // An entry of a group may also be a service of its own, which then wins.
        if (seen.add(s.key()) && (s.key().equals(pool.key()) || !pools.containsKey(s.key()))) {
          all.add(s);
        }
      }
    }
    all.addAll(byHand());
    all.replaceAll(s -> s.active(own.inForce(s.key())));
    return new ServiceTable(all, rules);
  }

  /** Housekeeping, once a second. */
  public void tick() {
    lookAround();
    long now = System.nanoTime();
    for (VirtualServer.Key key : List.copyOf(pools.keySet())) {
      ServicePool pool = pools.get(key);
      if (pool != null && pool.growing()) {
        step(key, new PoolInput.Tick(), now);
      }
    }
    Plane of = plane;
    if (of == null) {
      return;
    }
    if (lookAround() || !planeFault.isEmpty()) {
      push();
    }
    try {
      of.tick();
    } catch (RuntimeException e) {
      report("housekeeping of the plane failed: " + e.getMessage());
    }
  }

  /** Every pool for people. */
  public List<PoolStatus> status() {
    return pools.values().stream().map(ServicePool::status).toList();
  }

  /** The configuration of a service that runs. */
  public VirtualServer config(VirtualServer.Key key) {
    ServicePool pool = pools.get(key);
    if (pool == null) {
      throw new IllegalArgumentException("no such service: " + key);
    }
    return pool.config();
  }

  /** Every check at this moment. */
  public List<CheckSnapshot> checks() {
    return checks.snapshot();
  }

  /**
   * Ends checks and pools, and removes the services from the kernel.
   *
   * @param keepPlane leave forwarding in place
   */
  public void stop(boolean keepPlane) {
    checks.close();
    long now = System.nanoTime();
    for (VirtualServer.Key key : List.copyOf(pools.keySet())) {
      step(key, new PoolInput.Stopping(), now);
    }
    NetworkWatch watch = networkWatch;
    if (watch != null) {
      watch.close();
    }
    Plane of = plane;
    if (of != null) {
      if (keepPlane) {
        of.close();
      } else {
        of.remove();
        of.close();
      }
      plane = null;
    }
  }
}
