package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.Decision;
import dev.sluice.vrrp.machine.FaultReason;
import dev.sluice.vrrp.machine.InstanceState;
import dev.sluice.vrrp.machine.InstanceState.Phase;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies what runs into records. */
final class SnapshotBuilder {
  private SnapshotBuilder() {}

  static VrrpSnapshot build(VrrpEngine engine, boolean realTime) {
    List<VrrpSnapshot.Instance> instances = new ArrayList<>();
    Map<String, List<String>> members = new LinkedHashMap<>();
    for (Running running : engine.instances.values()) {
      instances.add(instance(engine, running));
      if (running.group != null) {
        members.computeIfAbsent(running.group, _ -> new ArrayList<>()).add(running.name());
      }
    }
    List<VrrpSnapshot.Group> groups = new ArrayList<>();
    members.forEach((name, list) ->
        groups.add(new VrrpSnapshot.Group(name, engine.router.groupState(name), list)));
    return new VrrpSnapshot(
        instances,
        groups,
        engine.readings.scripts(),
        realTime,
        engine.port.unmatched(),
        engine.lateness.snapshot());
  }

  private static VrrpSnapshot.Instance instance(VrrpEngine engine, Running running) {
    InstanceState state = engine.router.state(running.name());
    InetAddress master = null;
    int masterPriority = 0;
    Duration masterInterval = running.config.advertInterval();
    switch (state.phase()) {
      case Phase.Master _ -> {
        master = running.local;
        masterPriority = state.effectivePriority();
      }
      case Phase.Backup backup -> {
        master = backup.master();
        masterPriority = backup.masterPriority();
        masterInterval = Duration.ofNanos(backup.masterIntervalNanos());
      }
      case Phase.Init _, Phase.Fault _ -> {}
    }
    return new VrrpSnapshot.Instance(
        running.name(),
        state.kind(),
        running.config.virtualRouterId(),
        running.config.version(),
        running.config.interfaceName() == null ? "" : running.config.interfaceName(),
        running.local,
        running.config.priority(),
        state.effectivePriority(),
        state.priority().describe(),
        addresses(engine, running, running.config.addresses()),
        addresses(engine, running, running.config.excludedAddresses()),
        master,
        masterPriority,
        running.config.advertInterval(),
        masterInterval,
        running.config.preempt(),
        running.group,
        running.since,
        timer(engine, state),
        running.countersCopy(),
        state.faults().stream().map(FaultReason::words).toList(),
        engine.readings.trackers(running),
        election(engine, running, state),
        new VrrpSnapshot.Lease(
            running.config.options().vipLeaseSeconds(),
            state.kind() == VrrpState.MASTER && engine.leaseSeconds(running.name()) > 0));
  }

  private static VrrpSnapshot.Election election(
      VrrpEngine engine, Running running, InstanceState state) {
    Duration preemptIn = null;
    boolean steppedDown = false;
    if (state.phase() instanceof Phase.Backup backup) {
      steppedDown = backup.steppedDown();
      if (backup.preemptAtNanos() != VrrpTimers.NONE) {
        preemptIn = Duration.ofNanos(Math.max(0, backup.preemptAtNanos() - engine.loop.nowNanos()));
      }
    }
    return new VrrpSnapshot.Election(
        preemptIn,
        state.kind() == VrrpState.BACKUP && state.wantsMaster(),
        steppedDown,
        running.history(),
        decisions(engine, state));
  }

  private static List<VrrpSnapshot.Decision> decisions(VrrpEngine engine, InstanceState state) {
    Instant now = Instant.now();
    long nowNanos = engine.loop.nowNanos();
    List<VrrpSnapshot.Decision> list = new ArrayList<>(state.decisions().size());
    for (Decision decision : state.decisions()) {
      list.add(
          new VrrpSnapshot.Decision(
              now.minusNanos(nowNanos - decision.atNanos()),
              decision.state(),
              decision.text(),
              decision.priority(),
              decision.terms(),
              decision.other(),
              decision.otherPriority()));
    }
    return list;
  }

  private static @Nullable Duration timer(VrrpEngine engine, InstanceState state) {
    long deadline =
        switch (state.phase()) {
          case Phase.Master master -> master.advertAtNanos();
          case Phase.Backup backup -> backup.silenceEndsNanos();
          case Phase.Init init -> init.deadlineNanos();
          case Phase.Fault fault -> fault.deadlineNanos();
        };
    return deadline == VrrpTimers.NONE || state.kind() == VrrpState.FAULT
        ? null
        : Duration.ofNanos(Math.max(0, deadline - engine.loop.nowNanos()));
  }

  /** Present is what the kernel has, whoever put it there. */
  private static List<VrrpSnapshot.Address> addresses(
      VrrpEngine engine, Running running, List<VirtualAddress> configured) {
    List<VrrpSnapshot.Address> list = new ArrayList<>(configured.size());
    for (VirtualAddress address : configured) {
      String device = running.device(address);
      list.add(
          new VrrpSnapshot.Address(
              address.address(),
              address.prefixLength(),
              device == null ? "" : device,
              engine.interfaces.present(device, address.address(), ObjectWire.length(address))));
    }
    return list;
  }
}
