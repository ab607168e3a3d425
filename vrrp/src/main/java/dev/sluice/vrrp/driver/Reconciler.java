package dev.sluice.vrrp.driver;

import dev.sluice.config.model.GlobalSettings;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.InstanceSettings;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.Tracked;
import dev.sluice.vrrp.machine.Trackers;
import dev.sluice.vrrp.machine.VrrpRouter;
import dev.sluice.vrrp.machine.VrrpTimers;
import dev.sluice.vrrp.objects.Desired;
import dev.sluice.vrrp.objects.KernelObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the desired instances the running ones; touches only what differs. */
final class Reconciler {
  private final VrrpEngine engine;
  private final Map<String, VrrpSyncGroup> groups = new LinkedHashMap<>();
  private boolean first = true;

  Reconciler(VrrpEngine engine) {
    this.engine = engine;
  }

  /** What an instance shall be, its group's trackers included. */
  private record Plan(VrrpInstance config, @Nullable String group, List<Tracked> trackers) {}

  void apply(VrrpDesired desired) {
    engine.configure(desired);
    Map<String, Plan> plans = plans(desired);
    for (Running running : List.copyOf(engine.instances.values())) {
      Plan plan = plans.get(running.name());
      if (plan == null || !sameIdentity(running.config, plan.config())) {
        remove(running);
      }
    }
    retireGroups(desired);
    engine.readings.configure(
        desired.scripts(), plans.values().stream().flatMap(p -> p.trackers().stream()).toList());

    List<Running> fresh = new ArrayList<>();
    for (Plan plan : plans.values()) {
      Running running = engine.instances.get(plan.config().name());
      if (running == null) {
        fresh.add(create(plan, desired));
      } else {
        change(running, plan);
      }
    }
    GlobalSettings.Firewall firewall = desired.global().settings().firewall();
    engine.firewall.configure(
        desired.instances(),
        firewall.nftablesTable(),
        firewall.nftablesPriority(),
        firewall.nftablesCounters(),
        engine.vmacs.names());
    for (Running running : fresh) {
      engine.faults.refresh(running);
      engine.readings.tell(running);
    }
    engine.perform(
        engine.router.groups(
            desired.syncGroups().stream()
                .map(group -> new VrrpRouter.GroupSpec(group.name(), group.members()))
                .toList(),
            engine.loop.nowNanos()));
    // Only now: by now every instance knows its own address.
    for (Running running : fresh) {
      // A predecessor's lease says that it had heard another router: there is one to yield to.
      running.heard |= engine.keeper.leased(running.objects());
      engine.keeper.adopt(
          running.name(),
          running.objects(),
          running.local,
          engine.loop.nowNanos() + electionNanos(running.config));
    }
    fresh.forEach(running -> engine.dispatch(running.name(), new MachineEvent.TimerExpired()));
    engine.faults.refreshAll();
    statics(desired);
    if (first) {
      first = false;
      List<KernelObject> configured = new ArrayList<>(engine.keeper.wantedBy(ObjectKeeper.DAEMON));
      engine.instances.values().forEach(running -> configured.addAll(running.objects()));
      engine.keeper.sweep(configured);
    }
  }

  /** Longer than an election that is not disturbed takes: Master_Down_Interval and a second. */
  private static long electionNanos(VrrpInstance config) {
    long interval = config.advertInterval().toNanos();
    return VrrpTimers.masterDownNanos(config.version(), 1, interval, config.downTimerAdverts())
        + 1_000_000_000L;
  }

  private void statics(VrrpDesired desired) {
    List<KernelObject> objects =
        Desired.of(
            desired.further().statics(), desired.global().settings().vrrp().defaultInterface());
    if (first) {
      engine.keeper.adopt(ObjectKeeper.DAEMON, objects, null, VrrpTimers.NONE);
    }
    engine.keeper.want(ObjectKeeper.DAEMON, objects, false, "no longer configured");
  }

  void stopAll() {
    Map<String, VrrpState> states = new LinkedHashMap<>();
    groups.keySet().forEach(name -> states.put(name, engine.router.groupState(name)));
    List.copyOf(engine.instances.values()).forEach(this::remove);
    states.forEach((name, from) -> engine.tell(new VrrpEvent.GroupStopped(name, from)));
    groups.clear();
    engine.keeper.release(ObjectKeeper.DAEMON, "stopped");
    engine.promoteSecondaries.configure(List.of());
  }

  private void retireGroups(VrrpDesired desired) {
    Set<String> names = new HashSet<>();
    desired.syncGroups().forEach(group -> names.add(group.name()));
    for (String name : groups.keySet()) {
      if (!names.contains(name)) {
        engine.tell(new VrrpEvent.GroupStopped(name, engine.router.groupState(name)));
      }
    }
    groups.clear();
    desired.syncGroups().forEach(group -> groups.put(group.name(), group));
  }

  private static boolean sameIdentity(VrrpInstance a, VrrpInstance b) {
    return a.virtualRouterId() == b.virtualRouterId()
        && a.version() == b.version()
        && Objects.equals(a.interfaceName(), b.interfaceName())
        && Objects.equals(a.unicastSource(), b.unicastSource())
        && a.unicast() == b.unicast()
        && Objects.equals(a.options().vmac(), b.options().vmac())
        && Vmacs.otherBases(a).equals(Vmacs.otherBases(b));
  }

  private static Map<String, Plan> plans(VrrpDesired desired) {
    Map<String, VrrpSyncGroup> groupOf = new LinkedHashMap<>();
    for (VrrpSyncGroup group : desired.syncGroups()) {
      group.members().forEach(member -> groupOf.putIfAbsent(member, group));
    }
    Map<String, Plan> plans = new LinkedHashMap<>();
    for (VrrpInstance config : desired.instances()) {
      plans.putIfAbsent(config.name(), plan(config, groupOf.get(config.name())));
    }
    return plans;
  }

  private static Plan plan(VrrpInstance config, @Nullable VrrpSyncGroup group) {
    return new Plan(config, group == null ? null : group.name(), Trackers.of(config, group));
  }

  private Running create(Plan plan, VrrpDesired desired) {
    VrrpInstance config = plan.config();
    Running running = new Running(config, plan.group(), plan.trackers());
    engine.instances.put(config.name(), running);
    GlobalSettings.Vrrp names = desired.global().settings().vrrp();
    engine.vmacs.assign(running, names.vmacPrefix(), names.vmacAddressPrefix());
    engine.faults.claim(running);
    // The loop's clock counts from boot.
    long earliest =
        Math.max(
            engine.startedNanos + desired.startupDelay().toNanos(),
            desired.global().settings().vrrp().delayAfterBoot().toNanos());
    engine.router.add(
        InstanceSettings.of(config, plan.group() != null),
        Math.max(engine.loop.nowNanos(), earliest));
    Unsupported.reason(config)
        .ifPresent(reason -> engine.listener.on(new VrrpEvent.Warning(config.name(), reason)));
    return running;
  }

  private void remove(Running running) {
    engine.dispatch(running.name(), new MachineEvent.Stopped());
    engine.router.remove(running.name());
    engine.announcer.drop(running);
    engine.port.detach(running);
    engine.faults.unclaim(running);
    engine.vmacs.release(running);
    engine.instances.remove(running.name());
  }

  private void change(Running running, Plan plan) {
    if (running.config.equals(plan.config())
        && Objects.equals(running.group, plan.group())
        && running.trackers.equals(plan.trackers())) {
      return;
    }
    String name = running.name();
    running.group = plan.group();
    engine.faults.unclaim(running);
    running.reconfigure(plan.config());
    engine.faults.claim(running);
    if (engine.router.state(name).kind() == VrrpState.MASTER) {
      // Old ones go and new ones come; those that stay are not touched.
      engine.keeper.want(name, running.objects(), true, "no longer configured");
      engine.keeper.leaseChanged(name);
    }
    engine.perform(
        engine.router.replace(
            InstanceSettings.of(plan.config(), plan.group() != null), engine.loop.nowNanos()));
    List<Tracked> before = running.trackers;
    running.trackers = plan.trackers();
    for (Tracked old : before) {
      if (running.trackers.stream().noneMatch(old::sameThing)) {
        engine.readings.forget(running, old);
      }
    }
    engine.extra.reconsider(running, engine.router.state(name).kind(), engine.loop.nowNanos());
    engine.faults.refresh(running);
    engine.readings.tell(running);
  }
}
