package dev.sluice.vrrp.driver;

import dev.sluice.config.model.ProcessSettings;
import dev.sluice.config.model.ProcessSettings.CarrierDelay;
import dev.sluice.config.model.ProcessSettings.PolledInterface;
import dev.sluice.config.model.TrackedInterface;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.linux.CarrierProbe.Way;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.Link;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.VrrpListener;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which carriers count, where that is not simply what the kernel tells: {@code
 * interface_up_down_delays} let a change count when it has lasted, {@code linkbeat_…} asks the
 * driver. A device that is gone is gone at once.
 *
 * <pre>
 * counts up,   carrier lost ......... counts down after DOWN, unless it is back before
 * counts down, carrier there ........ counts up after UP, unless it is lost before
 * </pre>
 */
final class Carriers implements AutoCloseable {
  /** What a down delay leaves of two advert intervals, as keepalived cuts it. */
  private static final Duration JUST_UNDER = Duration.ofMillis(1);

  private final Interfaces interfaces;
  private final Linkbeat linkbeat;
  private final Map<String, Gate> gates = new LinkedHashMap<>();
  private final Map<String, Boolean> polled = new HashMap<>();

  /** A device whose carrier is judged here. */
  private static final class Gate {
    Duration down = Duration.ZERO;
    Duration up = Duration.ZERO;
    boolean counts;
    long dueNanos = VrrpTimers.NONE;

    Gate(boolean counts) {
      this.counts = counts;
    }
  }

  /** Judges nothing yet; {@code changed} is run when a poll tells something new. */
  Carriers(Interfaces interfaces, EventLoop loop, VrrpListener listener, Runnable changed) {
    this.interfaces = interfaces;
    this.linkbeat =
        new Linkbeat(
            loop,
            listener,
            (device, carrier) -> {
              if (gates.containsKey(device)) {
                polled.put(device, carrier);
                changed.run();
              }
            });
  }

  /** Takes what is configured; a device whose delays are as before keeps its standing. */
  void configure(VrrpDesired desired) {
    Map<String, List<Way>> ways = polledWays(desired);
    Set<String> judged = new LinkedHashSet<>(ways.keySet());
    ProcessSettings settings = desired.further().process();
    settings.carrierDelays().forEach(delay -> judged.add(delay.interfaceName()));
    for (String name : List.copyOf(gates.keySet())) {
      if (!judged.contains(name)) {
        gates.remove(name);
        interfaces.judge(name, null);
      }
    }
    polled.keySet().retainAll(ways.keySet());
    for (String name : judged) {
      Gate gate = gates.computeIfAbsent(name, n -> new Gate(carrier(n)));
      gate.down = Duration.ZERO;
      gate.up = Duration.ZERO;
      interfaces.judge(name, gate.counts);
    }
    for (CarrierDelay delay : settings.carrierDelays()) {
      Gate gate = gates.get(delay.interfaceName());
      if (gate != null) {
        gate.down = cut(delay, desired.instances());
        gate.up = delay.up();
      }
    }
    linkbeat.configure(ways);
  }

  /** keepalived.md 2.1: a down delay that would outlast two adverts is cut. */
  private static Duration cut(CarrierDelay delay, List<VrrpInstance> instances) {
    Duration down = delay.down();
    for (VrrpInstance instance : instances) {
      Duration most = instance.advertInterval().multipliedBy(2).minus(JUST_UNDER);
      if (delay.interfaceName().equals(instance.interfaceName()) && down.compareTo(most) > 0) {
        down = most;
      }
    }
    return down;
  }

  private static Map<String, List<Way>> polledWays(VrrpDesired desired) {
    Map<String, List<Way>> ways = new LinkedHashMap<>();
    ProcessSettings settings = desired.further().process();
    for (PolledInterface one : settings.linkbeatInterfaces()) {
      String method = one.method();
      ways.put(one.interfaceName(), method == null ? all() : List.of(Way.valueOf(method)));
    }
    boolean every = settings.linkbeatPolling() && ways.isEmpty();
    for (VrrpInstance instance : desired.instances()) {
      String name = instance.interfaceName();
      if (name != null && (every || instance.options().linkbeatPolling())) {
        ways.putIfAbsent(name, all());
      }
      if (every) {
        tracked(instance.trackInterfaces(), ways);
      }
    }
    if (every) {
      for (VrrpSyncGroup group : desired.syncGroups()) {
        tracked(group.trackInterfaces(), ways);
      }
    }
    return ways;
  }

  private static void tracked(List<TrackedInterface> lines, Map<String, List<Way>> ways) {
    lines.forEach(line -> ways.putIfAbsent(line.interfaceName(), all()));
  }

  private static List<Way> all() {
    return List.of(Way.ETHTOOL, Way.MII, Way.IOCTL);
  }

  /** What the kernel, or the driver, says at this moment. */
  private boolean carrier(String name) {
    Link link = interfaces.byName(name).orElse(null);
    if (link == null) {
      return false;
    }
    Boolean told = polled.get(name);
    return link.up() && (told != null ? told : link.running());
  }

  /**
   * Judges anew: after a change of a link, a poll, or when {@link #deadlineNanos} has come.
   *
   * @return whether a judgement changed
   */
  boolean look(long nowNanos) {
    boolean changed = false;
    for (Map.Entry<String, Gate> entry : gates.entrySet()) {
      Gate gate = entry.getValue();
      boolean carrier = carrier(entry.getKey());
      if (carrier == gate.counts) {
        gate.dueNanos = VrrpTimers.NONE;
        continue;
      }
      if (gate.dueNanos == VrrpTimers.NONE) {
        gate.dueNanos = nowNanos + (carrier ? gate.up : gate.down).toNanos();
      }
      if (gate.dueNanos <= nowNanos) {
        gate.counts = carrier;
        gate.dueNanos = VrrpTimers.NONE;
        interfaces.judge(entry.getKey(), carrier);
        changed = true;
      }
    }
    return changed;
  }

  long deadlineNanos() {
    long deadline = VrrpTimers.NONE;
    for (Gate gate : gates.values()) {
      deadline = Math.min(deadline, gate.dueNanos);
    }
    return deadline;
  }

  @Override
  public void close() {
    linkbeat.close();
  }
}
