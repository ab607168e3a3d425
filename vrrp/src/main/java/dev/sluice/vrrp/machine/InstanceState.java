package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpState;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The whole state of an instance. The phases BACKUP and MASTER are changed in place, that the
 * steady state allocates nothing; a state belongs to one machine. All times are nanoseconds of the
 * monotonic clock; {@link VrrpTimers#NONE} is a timer that is off.
 *
 * @param local our source address; null while the interface has none
 * @param decisions what led to the present state, oldest first
 */
public record InstanceState(
    @Nullable InetAddress local,
    EffectivePriority priority,
    SortedSet<FaultReason> faults,
    Phase phase,
    List<Decision> decisions) {

  /** Decisions that are remembered. */
  static final int MEMORY = 12;

  /** A state before the start; it starts at {@code startAtNanos}. */
  public static InstanceState initial(InstanceSettings settings, long startAtNanos) {
    return new InstanceState(
        null,
        EffectivePriority.of(settings.priority()),
        Collections.emptySortedSet(),
        new Phase.Init(startAtNanos),
        List.of());
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

    /** What an advert in BACKUP was found to mean. */
    enum Judgement {
      HIGHER("has the higher priority"),
      EQUAL("has our priority and was there first"),
      NOPREEMPT("bids lower, but nopreempt leaves it in place"),
      DELAYED("bids lower, but preempt_delay runs"),
      LOWER("bids lower than we: we take over when the timer ends");

      final String words;

      Judgement(String words) {
        this.words = words;
      }
    }

    /** Another router is master, or none yet. Changed in place by its machine. */
    final class Backup implements Phase {
      long downAtNanos;
      long masterIntervalNanos;
      @Nullable InetAddress master;
      int masterPriority;
      boolean wantsMaster;
      long preemptAtNanos = VrrpTimers.NONE;
      boolean steppedDown;
      @Nullable Judgement judgement;

      /**
       * After we were held up or adverts were lost: until then a living master would have spoken.
       */
      long listenUntilNanos;

      /**
       * When we look next whether we are awake ourselves; NONE: the master speaks, or is not known.
       */
      long watchAtNanos = VrrpTimers.NONE;

      /** How often in this silence we were late by less than an interval, and believed it. */
      int doubts;

      Backup(long downAtNanos, long masterIntervalNanos) {
        this.downAtNanos = downAtNanos;
        this.masterIntervalNanos = masterIntervalNanos;
      }

      /** Master_Down_Timer. */
      public long downAtNanos() {
        return downAtNanos;
      }

      /** Master_Adver_Interval. */
      public long masterIntervalNanos() {
        return masterIntervalNanos;
      }

      /** The router heard last; null: none. */
      public @Nullable InetAddress master() {
        return master;
      }

      /** Its priority; 0: it said that it leaves. */
      public int masterPriority() {
        return masterPriority;
      }

      /** Our timer expired, but the sync group is not ready. */
      public boolean wantsMaster() {
        return wantsMaster;
      }

      /** End of preempt_delay; NONE: no lower advert seen yet. */
      public long preemptAtNanos() {
        return preemptAtNanos;
      }

      /** An owner that yields to another router that claims to be owner. */
      public boolean steppedDown() {
        return steppedDown;
      }

      /** Whether the master that we follow said that it leaves. */
      public boolean released() {
        return master != null && masterPriority == 0;
      }

      @Override
      public VrrpState kind() {
        return VrrpState.BACKUP;
      }

      /** When silence until then means that the master is dead. */
      public long silenceEndsNanos() {
        // A master that said that it leaves is gone, however long we slept.
        return released() ? downAtNanos : Math.max(downAtNanos, listenUntilNanos);
      }

      @Override
      public long deadlineNanos() {
        return Math.min(silenceEndsNanos(), watchAtNanos);
      }
    }

    /** We forward for the addresses. Changed in place by its machine. */
    final class Master implements Phase {
      final long sinceNanos;
      long advertAtNanos;
      long advertsSent;
      long burstAtNanos = VrrpTimers.NONE;
      long lowerBurstAtNanos = VrrpTimers.NONE;
      long refreshAtNanos = VrrpTimers.NONE;
      boolean listening;
      boolean toldOverslept;
      @Nullable Rival rival;
      @Nullable RogueOwner rogue;

      /** nopreempt_strict: the last bid of better ones, how long we resist, our last answer. */
      long bidNanos = VrrpTimers.NONE;

      long holdUntilNanos;
      long answeredNanos;

      Master(long sinceNanos, long advertAtNanos) {
        this.sinceNanos = sinceNanos;
        this.advertAtNanos = advertAtNanos;
      }

      /** When this period began. */
      public long sinceNanos() {
        return sinceNanos;
      }

      /** Adver_Timer. */
      public long advertAtNanos() {
        return advertAtNanos;
      }

      /** Adverts sent in this period. */
      public long advertsSent() {
        return advertsSent;
      }

      /** Second burst of announcements. */
      public long burstAtNanos() {
        return burstAtNanos;
      }

      /** Second burst after a lower-priority advert. */
      public long lowerBurstAtNanos() {
        return lowerBurstAtNanos;
      }

      /** Periodic announcements. */
      public long refreshAtNanos() {
        return refreshAtNanos;
      }

      /** Whether it overslept and hears first whether another speaks. */
      public boolean listening() {
        return listening;
      }

      /** The other master heard last; null: none in this period. */
      public @Nullable Rival rival() {
        return rival;
      }

      @Override
      public VrrpState kind() {
        return VrrpState.MASTER;
      }

      @Override
      public long deadlineNanos() {
        long bursts = Math.min(burstAtNanos, lowerBurstAtNanos);
        long repair = rival == null ? VrrpTimers.NONE : rival.repairAtNanos;
        return Math.min(Math.min(advertAtNanos, refreshAtNanos), Math.min(bursts, repair));
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

  /** Another router that speaks as master while we are. */
  public static final class Rival {
    final InetAddress address;
    long firstNanos;
    long lastNanos;
    int losing;
    long repairAtNanos = VrrpTimers.NONE;
    boolean secondRepair;

    Rival(InetAddress address, long nowNanos) {
      this.address = address;
      firstNanos = nowNanos;
      lastNanos = nowNanos;
    }

    /** Whose adverts. */
    public InetAddress address() {
      return address;
    }

    /** When the first one of this conflict came. */
    public long firstNanos() {
      return firstNanos;
    }

    /** When the last one came. */
    public long lastNanos() {
      return lastNanos;
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
    if (faults.isEmpty()) {
      return false;
    }
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
    return new InstanceState(local, priority, faults, next, decisions);
  }

  InstanceState with(EffectivePriority next) {
    return new InstanceState(local, next, faults, phase, decisions);
  }

  InstanceState with(FaultReason reason) {
    SortedSet<FaultReason> next = new TreeSet<>(faults);
    next.add(reason);
    return new InstanceState(
        local, priority, Collections.unmodifiableSortedSet(next), phase, decisions);
  }

  InstanceState without(FaultReason reason) {
    SortedSet<FaultReason> next = new TreeSet<>(faults);
    next.remove(reason);
    return new InstanceState(
        local, priority, Collections.unmodifiableSortedSet(next), phase, decisions);
  }

  InstanceState at(InetAddress address) {
    return new InstanceState(address, priority, faults, phase, decisions);
  }

  /** With one more decision; one that only repeats the last is left out. */
  InstanceState because(Decision decision) {
    if (!decisions.isEmpty() && decisions.getLast().repeats(decision)) {
      return this;
    }
    List<Decision> next =
        new ArrayList<>(
            decisions.size() < MEMORY ? decisions : decisions.subList(1, decisions.size()));
    next.add(decision);
    return new InstanceState(local, priority, faults, phase, List.copyOf(next));
  }
}
