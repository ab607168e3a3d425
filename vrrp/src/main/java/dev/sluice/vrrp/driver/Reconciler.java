package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
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

  Reconciler(VrrpEngine engine) {
    this.engine = engine;
  }

  /** What an instance shall be, its group's trackers included. */
  private record Plan(VrrpInstance config, @Nullable String group, List<Tracked> trackers) {}

  void apply(VrrpDesired desired) {
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
    // What a predecessor left is removed only now: by then every instance knows its own address.
    for (Running running : fresh) {
      running.addresses.forEach(held -> {
        if (!held.config.address().equals(running.local)) {
          engine.addresses.removeLeftover(running, held);
        }
      });
    }
    fresh.forEach(running -> engine.dispatch(running.name(), new MachineEvent.TimerExpired()));
    engine.faults.refreshAll();
  }

  void stopAll() {
    Map<String, VrrpState> states = new LinkedHashMap<>();
    groups.keySet().forEach(name -> states.put(name, engine.router.groupState(name)));
    List.copyOf(engine.instances.values()).forEach(this::remove);
    states.forEach((name, from) -> engine.listener.on(new VrrpEvent.GroupStopped(name, from)));
    groups.clear();
  }

  private void retireGroups(VrrpDesired desired) {
    Set<String> names = new HashSet<>();
    desired.syncGroups().forEach(group -> names.add(group.name()));
    for (String name : groups.keySet()) {
      if (!names.contains(name)) {
        engine.listener.on(new VrrpEvent.GroupStopped(name, engine.router.groupState(name)));
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
        && a.unicast() == b.unicast();
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
    long earliest = engine.startedNanos + desired.startupDelay().toNanos();
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
    running.reconfigure(plan.config());
    addresses(running, plan.config());
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
    engine.faults.refresh(running);
    engine.readings.tell(running);
  }

  /** Old addresses go, new ones come if we are MASTER; those that stay are not touched. */
  private void addresses(Running running, VrrpInstance config) {
    List<Running.HeldAddress> before = List.copyOf(running.addresses);
    List<Running.HeldAddress> after = new ArrayList<>();
    config.addresses().forEach(a -> after.add(keep(before, a, false)));
    config.excludedAddresses().forEach(a -> after.add(keep(before, a, true)));
    for (Running.HeldAddress old : before) {
      if (after.stream().noneMatch(held -> held.config.equals(old.config))) {
        engine.addresses.remove(running, old, "no longer configured");
      }
    }
    running.addresses.clear();
    running.addresses.addAll(after);
    if (engine.router.state(running.name()).kind() != VrrpState.MASTER) {
      return;
    }
    for (Running.HeldAddress held : after) {
      if (!held.present()) {
        engine.addresses.add(running, held);
        for (int i = 0; held.present() && i < config.garp().repeat(); i++) {
          engine.announcer.announce(
              running, held.ifindex, held.config.address(), engine.loop.nowNanos());
        }
      }
    }
  }

  private static Running.HeldAddress keep(
      List<Running.HeldAddress> before, VirtualAddress address, boolean excluded) {
    Running.HeldAddress made = new Running.HeldAddress(address, excluded);
    for (Running.HeldAddress old : before) {
      if (old.config.equals(address)) {
        made.ifindex = old.ifindex;
      }
    }
    return made;
  }
}
