package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpState;
import java.net.InetAddress;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The whole state of an instance. All times are nanoseconds of the monotonic clock; {@link
 * VrrpTimers#NONE} is a timer that is off.
 *
 * @param local our source address; null while the interface has none
 */
public record InstanceState(
    @Nullable InetAddress local,
    EffectivePriority priority,
    SortedSet<FaultReason> faults,
    Phase phase) {

  /** A state before the start; it starts at {@code startAtNanos}. */
  public static InstanceState initial(InstanceSettings settings, long startAtNanos) {
    return new InstanceState(
        null,
        EffectivePriority.of(settings.priority()),
        Collections.emptySortedSet(),
        new Phase.Init(startAtNanos));
  }

  /** What distinguishes the states. */
  public sealed interface Phase {
    /** The state's name. */
    VrrpState kind();

    /** When {@link MachineEvent.TimerExpired} is due. */
    long deadlineNanos();

    /** Before the start, or (no deadline) waiting for the first result of scripts. */
    record Init(long startAtNanos) implements Phase {
      @Override
      public VrrpState kind() {
        return VrrpState.INIT;
      }

      @Override
      public long deadlineNanos() {
        return startAtNanos;
      }
    }

    /**
     * Another router is master, or none yet.
     *
     * @param downAtNanos Master_Down_Timer
     * @param masterIntervalNanos Master_Adver_Interval
     * @param wantsMaster our timer expired, but the sync group is not ready
     * @param preemptAtNanos end of preempt_delay; NONE: no lower advert seen yet
     * @param steppedDown an owner that yields to another router that claims to be owner
     */
    record Backup(
        long downAtNanos,
        long masterIntervalNanos,
        @Nullable InetAddress master,
        int masterPriority,
        boolean wantsMaster,
        long preemptAtNanos,
        boolean steppedDown)
        implements Phase {
      @Override
      public VrrpState kind() {
        return VrrpState.BACKUP;
      }

      @Override
      public long deadlineNanos() {
        return downAtNanos;
      }
    }

    /**
     * We forward for the addresses.
     *
     * @param advertAtNanos Adver_Timer
     * @param advertsSent in this period
     * @param burstAtNanos second burst of announcements
     * @param lowerBurstAtNanos second burst after a lower-priority advert
     * @param refreshAtNanos periodic announcements
     * @param rogue another router that claims to be owner as we do
     */
    record Master(
        long advertAtNanos,
        long advertsSent,
        long burstAtNanos,
        long lowerBurstAtNanos,
        long refreshAtNanos,
        @Nullable RogueOwner rogue)
        implements Phase {
      @Override
      public VrrpState kind() {
        return VrrpState.MASTER;
      }

      @Override
      public long deadlineNanos() {
        return Math.min(
            Math.min(advertAtNanos, burstAtNanos), Math.min(lowerBurstAtNanos, refreshAtNanos));
      }
    }

    /** At least one fault. */
    record Fault() implements Phase {
      @Override
      public VrrpState kind() {
        return VrrpState.FAULT;
      }

      @Override
      public long deadlineNanos() {
        return VrrpTimers.NONE;
      }
    }
  }

  /**
   * Another router with priority 255.
   *
   * @param patienceUntilNanos until then it may notice us and leave
   * @param advertsBefore our count of adverts when we first heard it
   */
  public record RogueOwner(InetAddress address, long patienceUntilNanos, long advertsBefore) {}

  /** The state's name. */
  public VrrpState kind() {
    return phase.kind();
  }

  /** The priority that decides elections now: an owner that stepped down counts as 254. */
  public int effectivePriority() {
    return phase instanceof Phase.Backup b && b.steppedDown() ? 254 : priority.value();
  }

  /** Whether its own timer has expired, or it is MASTER already. */
  public boolean wantsMaster() {
    return switch (phase) {
      case Phase.Master _ -> true;
      case Phase.Backup b -> b.wantsMaster();
      case Phase.Init _, Phase.Fault _ -> false;
    };
  }

  /** Whether a fault of its own keeps it down. */
  public boolean ownFault() {
    for (FaultReason reason : faults) {
      if (reason.own()) {
        return true;
      }
    }
    return false;
  }

  /** Whether it is in FAULT because its interface does not exist. */
  public boolean interfaceGone() {
    return phase instanceof Phase.Fault
        && faults.stream().anyMatch(f -> f.kind() == FaultReason.Kind.INTERFACE_MISSING);
  }

  InstanceState in(Phase next) {
    return new InstanceState(local, priority, faults, next);
  }

  InstanceState with(EffectivePriority next) {
    return new InstanceState(local, next, faults, phase);
  }

  InstanceState with(FaultReason reason) {
    SortedSet<FaultReason> next = new TreeSet<>(faults);
    next.add(reason);
    return new InstanceState(local, priority, Collections.unmodifiableSortedSet(next), phase);
  }

  InstanceState without(FaultReason reason) {
    SortedSet<FaultReason> next = new TreeSet<>(faults);
    next.remove(reason);
    return new InstanceState(local, priority, Collections.unmodifiableSortedSet(next), phase);
  }

  InstanceState at(InetAddress address) {
    return new InstanceState(address, priority, faults, phase);
  }
}
