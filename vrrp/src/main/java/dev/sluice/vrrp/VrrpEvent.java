package dev.sluice.vrrp;

import java.net.InetAddress;

/** What the VRRP thread has to tell. */
public sealed interface VrrpEvent {

  /**
   * An instance changed its state.
   *
   * @param cause a sentence part: "interface eth0 is down"
   * @param priority the effective one
   * @param interfaceGone whether it is in FAULT because its interface does not exist
   */
  record StateChanged(
      String instance,
      VrrpState from,
      VrrpState to,
      String cause,
      int priority,
      boolean interfaceGone)
      implements VrrpEvent {
    /** With its interface there. */
    public StateChanged(String instance, VrrpState from, VrrpState to, String cause, int priority) {
      this(instance, from, to, cause, priority, false);
    }
  }

  /** A sync group changed its state; comes after its members' events. */
  record GroupStateChanged(String group, VrrpState from, VrrpState to) implements VrrpEvent {}

  /**
   * The instance ended: the daemon stops or the configuration has lost it (notify STOP).
   *
   * @param from the state it ended in; addresses are gone when this comes
   */
  record InstanceStopped(String instance, VrrpState from, int priority) implements VrrpEvent {}

  /**
   * A sync group ended with its last member.
   *
   * @param from its last state
   */
  record GroupStopped(String group, VrrpState from) implements VrrpEvent {}

  /**
   * The effective priority moved.
   *
   * @param state the state it moved in
   * @param terms the sum in words: "base 100 −20 chk"
   */
  record PriorityChanged(String instance, VrrpState state, int from, int to, String terms)
      implements VrrpEvent {}

  /**
   * A packet was dropped, or honoured with a remark. Told once per instance, reason and state
   * period; the counters count all.
   *
   * @param instance empty where none could be found
   * @param dropped false: honoured all the same
   * @param text what is wrong with it
   */
  record PacketRejected(
      String instance, VrrpCounter reason, boolean dropped, InetAddress sender, String text)
      implements VrrpEvent {}

  /** A router was heard, or has another priority than before; told in BACKUP. */
  record MasterSeen(String instance, InetAddress master, int priority) implements VrrpEvent {}

  /** We are MASTER and heard a router that loses against us (notify_master_rx_lower_pri). */
  record LowerPrioritySeen(String instance, InetAddress sender, int priority, int ours)
      implements VrrpEvent {}

  /**
   * Another master met us and loses (split brain, or a preemption): it was told at once, and the
   * addresses are announced now and again after 1 s and 10 s.
   */
  record ConflictWon(String instance, InetAddress loser, int priority, int ours)
      implements VrrpEvent {}

  /** A virtual address was added to an interface. */
  record AddressAdded(String instance, InetAddress address, String device) implements VrrpEvent {}

  /** A virtual address was removed; {@code cause}: by whom or why. */
  record AddressRemoved(String instance, InetAddress address, String device, String cause)
      implements VrrpEvent {}

  /** A virtual address could not be added or removed. */
  record AddressFailed(String instance, InetAddress address, String device, String text)
      implements VrrpEvent {}

  /**
   * A route or rule was added or removed.
   *
   * @param instance empty: the whole daemon's
   * @param object in iproute2's words: "route 10.1.0.0/16 via 10.0.0.1"
   * @param present false: removed
   * @param cause by whom or why
   */
  record ObjectChanged(String instance, String object, boolean present, String cause)
      implements VrrpEvent {}

  /** A route or rule could not be added or removed. */
  record ObjectFailed(String instance, String object, String text) implements VrrpEvent {}

  /**
   * Someone took an address, route or rule of ours away, and we put it back.
   *
   * @param object in iproute2's words: "address 10.0.0.1/24 on eth0"
   * @param times how often so far
   */
  record Restored(String instance, String object, long times) implements VrrpEvent {}

  /** A script's standing changed. */
  record ScriptChanged(String script, boolean up, String evidence) implements VrrpEvent {}

  /**
   * Something an operator should know.
   *
   * @param instance empty: the whole daemon
   */
  record Warning(String instance, String text) implements VrrpEvent {}
}
