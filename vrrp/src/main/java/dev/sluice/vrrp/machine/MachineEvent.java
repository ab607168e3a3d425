package dev.sluice.vrrp.machine;

import java.net.InetAddress;

/** What can happen to an instance. */
public sealed interface MachineEvent {

  /** A deadline of the state may have come. */
  record TimerExpired() implements MachineEvent {}

  /**
   * A valid advert of this virtual router.
   *
   * @param intervalNanos as the packet says, never 0
   */
  record AdvertSeen(int priority, long intervalNanos, InetAddress source) implements MachineEvent {}

  /** A reason for FAULT came. */
  record FaultRaised(FaultReason reason) implements MachineEvent {}

  /** A reason for FAULT went. */
  record FaultCleared(FaultReason reason) implements MachineEvent {}

  /** A tracker's contribution is now this; 0: none. */
  record TermSet(EffectivePriority.Source source, String name, int value) implements MachineEvent {}

  /** Our own source address is now this one. */
  record LocalAddressIs(InetAddress address) implements MachineEvent {}

  /** The sync group moves to MASTER. */
  record Promoted() implements MachineEvent {}

  /** Leave MASTER without saying so: another member lost, or someone took our address away. */
  record Demoted(String cause) implements MachineEvent {}

  /** Another member of the sync group heard a lower-priority advert. */
  record LowerPriorityElsewhere() implements MachineEvent {}

  /** Another member of the sync group heard its master say that it leaves. */
  record ReleasedElsewhere() implements MachineEvent {}

  /**
   * Nobody looked for a good part of the master's interval, so that adverts may be lost, not only
   * late: a socket's buffer holds few dozen seconds, and a machine that was paused hears nothing at
   * all.
   */
  record HeldUp() implements MachineEvent {}

  /** The machine now has other settings; these are the ones it had. */
  record SettingsReplaced(InstanceSettings before) implements MachineEvent {}

  /**
   * The timer ends, but packets were lost since it began to run: the socket's buffer was full.
   * Given once in a silence, for a flood must not keep us from taking over.
   */
  record AdvertsLost() implements MachineEvent {}

  /** The instance is removed or the daemon stops. */
  record Stopped() implements MachineEvent {}
}
