package dev.sluice.vrrp;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How everything stands; immutable.
 *
 * @param realTime whether the thread has the real-time class
 * @param unmatched packets that no instance could be found for
 * @param lateness of the thread's timers
 */
public record VrrpSnapshot(
    List<Instance> instances,
    List<Group> groups,
    List<Script> scripts,
    boolean realTime,
    Map<VrrpCounter, Long> unmatched,
    Lateness lateness) {

  public VrrpSnapshot {
    instances = List.copyOf(instances);
    groups = List.copyOf(groups);
    scripts = List.copyOf(scripts);
    unmatched = Map.copyOf(unmatched);
  }

  /** Of a thread whose timers were never late. */
  public VrrpSnapshot(
      List<Instance> instances,
      List<Group> groups,
      List<Script> scripts,
      boolean realTime,
      Map<VrrpCounter, Long> unmatched) {
    this(instances, groups, scripts, realTime, unmatched, new Lateness(0, 0, 0, 0));
  }

  /** Before anything runs. */
  public static VrrpSnapshot empty() {
    return new VrrpSnapshot(List.of(), List.of(), List.of(), false, Map.of());
  }

  /**
   * How late timers ran since the start; percentiles to a factor of two.
   *
   * @param count timers that ran
   */
  public record Lateness(long count, long medianNanos, long p99Nanos, long worstNanos) {}

  /**
   * An instance.
   *
   * @param interfaceName empty: none configured (unicast)
   * @param terms the effective priority's sum in words: "base 100 −20 chk"
   * @param addresses as advertised; {@code excluded}: only held
   * @param master who is master: ourselves, the router heard last, or null
   * @param masterInterval the interval the master announces
   * @param since of the last change of state
   * @param timer until the next deadline: the advert (MASTER) or Master_Down (BACKUP); null: none
   * @param counters every counter, also those at 0
   * @param faults in words; empty unless FAULT, or INIT while scripts have not run
   * @param trackers everything it tracks, its group's trackers included
   * @param election what decides beside the priorities
   * @param lease of its addresses
   */
  public record Instance(
      String name,
      VrrpState state,
      int virtualRouterId,
      int version,
      String interfaceName,
      @Nullable InetAddress source,
      int basePriority,
      int effectivePriority,
      String terms,
      List<Address> addresses,
      List<Address> excluded,
      @Nullable InetAddress master,
      int masterPriority,
      Duration advertInterval,
      Duration masterInterval,
      boolean preempt,
      @Nullable String group,
      Instant since,
      @Nullable Duration timer,
      Map<VrrpCounter, Long> counters,
      List<String> faults,
      List<Tracker> trackers,
      Election election,
      Lease lease) {

    public Instance {
      addresses = List.copyOf(addresses);
      excluded = List.copyOf(excluded);
      counters = Map.copyOf(counters);
      faults = List.copyOf(faults);
      trackers = List.copyOf(trackers);
    }
  }

  /**
   * {@code vip_lease}: how long the kernel keeps addresses that we no longer renew.
   *
   * @param seconds 0: for ever
   * @param runs whether addresses have it now: there is somebody to yield to
   */
  public record Lease(int seconds, boolean runs) {}

  /**
   * Something that an instance tracks: a term of its effective priority, or a fault.
   *
   * @param kind {@code script}, {@code interface}, {@code file}, {@code process}, {@code bfd}
   * @param weight 0: when it is bad, the instance is in FAULT
   * @param standing {@code up}, {@code down}, {@code pending}, {@code unknown}, or a file's number
   * @param evidence what the last look at it said; may be empty
   * @param term what it adds to the priority now
   * @param fault whether it keeps the instance from being MASTER
   */
  public record Tracker(
      String kind,
      String name,
      int weight,
      boolean reverse,
      String standing,
      String evidence,
      int term,
      boolean fault) {}

  /**
   * What decides about MASTER beside the priorities.
   *
   * @param preemptIn until preempt_delay ends; null: none runs
   * @param wantsMaster its timer expired, and the sync group is not ready
   * @param steppedDown an owner that yields to another owner
   * @param history its last changes of state, the newest first
   * @param decisions the chain that led to the present state, oldest first; also those that changed
   *     nothing: a bid that lost, a wait that nopreempt asks for
   */
  public record Election(
      @Nullable Duration preemptIn,
      boolean wantsMaster,
      boolean steppedDown,
      List<Transition> history,
      List<Decision> decisions) {
    private static final Election NONE = new Election(null, false, false, List.of(), List.of());

    public Election {
      history = List.copyOf(history);
      decisions = List.copyOf(decisions);
    }

    /** Nothing has happened yet. */
    public static Election none() {
      return NONE;
    }
  }

  /**
   * A decision about who is MASTER.
   *
   * @param state the one decided for
   * @param text why, as a sentence part: "10.0.0.2 has the higher priority"
   * @param priority our effective priority then
   * @param terms its sum in words
   * @param other the router that had a say; null: none
   * @param otherPriority its priority; 0 also when it left
   */
  public record Decision(
      Instant at,
      VrrpState state,
      String text,
      int priority,
      String terms,
      @Nullable InetAddress other,
      int otherPriority) {}

  /**
   * A change of state.
   *
   * @param cause a sentence part: "no master heard"
   * @param priority the effective one, then
   * @param terms its sum in words
   */
  public record Transition(
      Instant at, VrrpState from, VrrpState to, String cause, int priority, String terms) {}

  /**
   * A virtual address.
   *
   * @param present whether the device has it, as the kernel tells
   */
  public record Address(InetAddress address, int prefixLength, String device, boolean present) {}

  /** A sync group. */
  public record Group(String name, VrrpState state, List<String> members) {
    public Group {
      members = List.copyOf(members);
    }
  }

  /**
   * A script as the instances see it.
   *
   * @param status UNKNOWN, UP or DOWN
   * @param evidence what the last result said
   */
  public record Script(String name, String status, String evidence, @Nullable Instant since) {}
}
