package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.InstanceState.Phase;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One VRRP instance as a function of (state, event, now): RFC 3768 6.4, RFC 5798 6.4, RFC 9568 6.4
 * with keepalived's additions.
 *
 * <pre>
 * INIT    start, owner with "state MASTER" ............................... MASTER
 * INIT    start .......................................................... BACKUP
 * INIT    start with a fault ............................................. FAULT
 * INIT    start, an unweighted script has not reported ................... INIT
 * BACKUP  Master_Down_Timer, no sync group or the group agrees ........... MASTER
 * BACKUP  Master_Down_Timer, the sync group does not agree ............... BACKUP, wants MASTER
 * BACKUP  advert priority 0 of its master ................................ BACKUP, timer = skew or 0
 * BACKUP  advert not lower, or nopreempt, or preempt delay runs .......... BACKUP, timer restarted
 * BACKUP  advert lower ................................................... BACKUP, timer untouched
 * BACKUP  priority moves ................................................. BACKUP, timer shifted
 * BACKUP  sync group promotes ............................................ MASTER
 * BACKUP  an advert is overdue ........................................... BACKUP, looks whether late
 * BACKUP  held up while an advert is overdue ............................. BACKUP, listens first
 * BACKUP  adverts may be lost, Master_Down_Timer ......................... BACKUP, listens first
 * BACKUP  another member's master left ................................... BACKUP, timer = skew or 0
 * MASTER  advert wins (higher priority, or equal and higher address) ..... BACKUP
 * MASTER  advert loses or priority 0 ..................................... MASTER, advert at once
 * MASTER  sync group or a stolen address demotes ......................... BACKUP
 * MASTER  another owner does not yield ................................... BACKUP, counts as 254
 * MASTER  overslept Master_Down_Interval ................................. MASTER, listens first
 * any     fault .......................................................... FAULT (from MASTER: prio 0)
 * FAULT   last fault cleared ............................................. BACKUP, full timer
 * any     stopped ........................................................ INIT (from MASTER: prio 0)
 * </pre>
 *
 * The rules of BACKUP and MASTER stand in {@link InBackup} and {@link InMaster}; in the steady
 * state neither allocates.
 */
public final class VrrpMachine {
  private static final MachineEvent.TimerExpired TICK = new MachineEvent.TimerExpired();
  private static final MachineEvent.AdvertsLost LOST = new MachineEvent.AdvertsLost();

  private final InstanceSettings settings;
  private final Transitions transitions;
  private final InBackup inBackup;
  private final InMaster inMaster;

  public VrrpMachine(InstanceSettings settings) {
    this.settings = settings;
    this.transitions = new Transitions(settings);
    this.inBackup = new InBackup(settings, transitions);
    this.inMaster = new InMaster(settings, transitions);
  }

  /** What an event leads to. */
  public record Step(InstanceState state, List<Action> actions) {}

  /** The settings it works by. */
  public InstanceSettings settings() {
    return settings;
  }

  /** The event to give when the state's deadline has come. */
  public static MachineEvent tick() {
    return TICK;
  }

  /** The event to give instead when the silence until then proves nothing. */
  public static MachineEvent lost() {
    return LOST;
  }

  /** The answer to an event; {@code state} may be changed in place and is not to be used again. */
  public Step on(InstanceState state, MachineEvent event, long nowNanos) {
    List<Action> out = new ArrayList<>(4);
    InstanceState next = on(state, event, nowNanos, out);
    return new Step(next, List.copyOf(out));
  }

  /** As above; what is to be done is added to {@code out}. */
  InstanceState on(InstanceState state, MachineEvent event, long now, List<Action> out) {
    return switch (event) {
      case MachineEvent.TimerExpired _ -> tick(state, now, out);
      case MachineEvent.AdvertSeen advert ->
          switch (state.phase()) {
            case Phase.Init _, Phase.Fault _ -> state;
            case Phase.Backup backup -> inBackup.hears(state, backup, advert, now, out);
            case Phase.Master master -> inMaster.hears(state, master, advert, now, out);
          };
      case MachineEvent.FaultRaised(FaultReason reason) -> faultRaised(state, reason, now, out);
      case MachineEvent.FaultCleared(FaultReason reason) -> faultCleared(state, reason, now, out);
      case MachineEvent.TermSet term ->
          reprioritised(
              state, state.priority().with(term.source(), term.name(), term.value()), now, out);
      case MachineEvent.LocalAddressIs(InetAddress address) -> state.at(address);
      case MachineEvent.Promoted _ ->
          state.phase() instanceof Phase.Backup
              ? transitions.becomeMaster(state, now, "the sync group goes to MASTER", out)
              : state;
      case MachineEvent.Demoted(String cause) ->
          state.phase() instanceof Phase.Master
              ? transitions.leaveMaster(state, transitions.backup(state, now), cause, now, out)
              : state;
      case MachineEvent.LowerPriorityElsewhere _ -> {
        if (state.phase() instanceof Phase.Master master) {
          inMaster.announceAgain(master, now, out);
        }
        yield state;
      }
      case MachineEvent.ReleasedElsewhere _ ->
          state.phase() instanceof Phase.Backup backup
              ? inBackup.releasedElsewhere(state, backup, now)
              : state;
      case MachineEvent.HeldUp _ ->
          state.phase() instanceof Phase.Backup backup
              ? inBackup.listen(state, backup, VrrpCounter.OVERSLEPT, now, out)
              : state;
      case MachineEvent.AdvertsLost _ ->
          state.phase() instanceof Phase.Backup backup
              ? inBackup.listen(state, backup, VrrpCounter.ADVERTS_LOST, now, out)
              : state;
      case MachineEvent.SettingsReplaced(InstanceSettings before) ->
          resettled(state, before, now, out);
      case MachineEvent.Stopped _ -> stopped(state, out);
    };
  }

  private InstanceState tick(InstanceState state, long now, List<Action> out) {
    if (state.phase().deadlineNanos() > now) {
      return state;
    }
    return switch (state.phase()) {
      case Phase.Init _ -> start(state, now, out);
      case Phase.Backup backup ->
          backup.silenceEndsNanos() <= now
              ? inBackup.masterDown(state, backup, now, out)
              : inBackup.watch(state, backup, now);
      case Phase.Master master -> inMaster.tick(state, master, now, out);
      case Phase.Fault _ -> state;
    };
  }

  // --- start and stop ---------------------------------------------------------------------------

  private InstanceState start(InstanceState state, long now, List<Action> out) {
    if (state.faults().stream()
        .anyMatch(reason -> reason.kind() != FaultReason.Kind.SCRIPT_PENDING)) {
      String cause = words(state);
      out.add(new Action.StateChanged(VrrpState.INIT, VrrpState.FAULT, cause));
      return Transitions.decided(state.in(new Phase.Fault()), now, cause, null, 0);
    }
    if (!state.faults().isEmpty()) {
      return state.in(new Phase.Init(VrrpTimers.NONE));
    }
    boolean owner = settings.priority() == EffectivePriority.OWNER;
    if (owner && settings.startAsMaster() && !settings.inSyncGroup()) {
      return transitions.becomeMaster(state, now, "we own the addresses", out);
    }
    out.add(new Action.StateChanged(VrrpState.INIT, VrrpState.BACKUP, "started"));
    Phase.Backup backup = transitions.backup(state, now);
    if (settings.inSyncGroup() && settings.startAsMaster()) {
      if (owner) {
        out.add(new Action.AskGroup());
      }
      // keepalived: the configured master of a group need not wait for a master that is not there.
      long interval = settings.advertIntervalNanos();
      backup.downAtNanos = now + interval + interval / 256;
      backup.wantsMaster = owner;
    }
    return Transitions.decided(state.in(backup), now, "started", null, 0);
  }

  private InstanceState stopped(InstanceState state, List<Action> out) {
    if (state.phase() instanceof Phase.Master) {
      out.add(transitions.advert(0));
      out.add(new Action.DropAnnouncements());
      out.add(new Action.RemoveAddresses());
    }
    out.add(new Action.Ended(state.kind()));
    return state.in(new Phase.Init(VrrpTimers.NONE));
  }

  // --- faults -----------------------------------------------------------------------------------

  private InstanceState faultRaised(
      InstanceState state, FaultReason reason, long now, List<Action> out) {
    if (state.faults().contains(reason)) {
      return state;
    }
    InstanceState next = state.with(reason);
    return switch (state.phase()) {
      case Phase.Fault _ -> next;
      case Phase.Init(long startAt) -> startAt == VrrpTimers.NONE ? start(next, now, out) : next;
      case Phase.Backup _ -> {
        // A script added to a running instance does not take it down before its first result.
        if (reason.kind() == FaultReason.Kind.SCRIPT_PENDING) {
          yield state;
        }
        out.add(new Action.StateChanged(VrrpState.BACKUP, VrrpState.FAULT, reason.words()));
        yield Transitions.decided(next.in(new Phase.Fault()), now, reason.words(), null, 0);
      }
      case Phase.Master _ ->
          reason.kind() == FaultReason.Kind.SCRIPT_PENDING
              ? state
              : transitions.leaveMaster(next, new Phase.Fault(), reason.words(), now, out);
    };
  }

  private InstanceState faultCleared(
      InstanceState state, FaultReason reason, long now, List<Action> out) {
    if (!state.faults().contains(reason)) {
      return state;
    }
    InstanceState next = state.without(reason);
    return switch (state.phase()) {
      case Phase.Init(long startAt) -> startAt == VrrpTimers.NONE ? start(next, now, out) : next;
      case Phase.Fault _ -> next.faults().isEmpty() ? recovered(next, reason, now, out) : next;
      case Phase.Backup _, Phase.Master _ -> next;
    };
  }

  private InstanceState recovered(
      InstanceState next, FaultReason reason, long now, List<Action> out) {
    if (settings.unicast()) {
      out.add(new Action.AnnounceSource());
    }
    String cause = "no longer: " + reason.words();
    out.add(new Action.StateChanged(VrrpState.FAULT, VrrpState.BACKUP, cause));
    Phase.Backup backup = transitions.backup(next, now);
    if (settings.priority() == EffectivePriority.OWNER) {
      long interval = settings.advertIntervalNanos();
      backup.downAtNanos =
          now
              + interval
              + VrrpTimers.skewNanos(settings.version(), EffectivePriority.OWNER, interval);
    }
    if (settings.preemptDelayNanos() > 0) {
      backup.preemptAtNanos = now + settings.preemptDelayNanos();
    }
    return Transitions.decided(next.in(backup), now, cause, null, 0);
  }

  // --- priority and settings --------------------------------------------------------------------

  private InstanceState reprioritised(
      InstanceState state, EffectivePriority priority, long now, List<Action> out) {
    int before = state.priority().value();
    int after = priority.value();
    int decidedBefore = state.effectivePriority();
    InstanceState next = state.with(priority);
    if (before == after) {
      return next;
    }
    out.add(new Action.PriorityChanged(before, after));
    shift(next, decidedBefore, settings, now);
    return next;
  }

  /** Moves the running Master_Down_Timer by the difference of the two down intervals. */
  private void shift(
      InstanceState next, int priorityBefore, InstanceSettings settingsBefore, long now) {
    if (!(next.phase() instanceof Phase.Backup backup)) {
      return;
    }
    long interval =
        settings.version() == 2 ? settings.advertIntervalNanos() : backup.masterIntervalNanos;
    long old =
        VrrpTimers.masterDownNanos(
            settingsBefore.version(),
            priorityBefore,
            backup.masterIntervalNanos,
            settingsBefore.downTimerAdverts());
    long shift = transitions.downNanos(next.effectivePriority(), interval) - old;
    backup.downAtNanos = Math.max(now, backup.downAtNanos + shift);
    backup.masterIntervalNanos = interval;
  }

  private InstanceState resettled(
      InstanceState state, InstanceSettings before, long now, List<Action> out) {
    int old = state.priority().value();
    int decidedBefore = state.effectivePriority();
    InstanceState next = state.with(state.priority().withBase(settings.priority()));
    int priority = next.priority().value();
    if (old != priority) {
      out.add(new Action.PriorityChanged(old, priority));
    }
    if (next.phase() instanceof Phase.Master master) {
      // The peers learn at once, and no advert is missed.
      master.advertAtNanos = now;
      master.refreshAtNanos =
          settings.garp().refresh().isZero()
              ? VrrpTimers.NONE
              : Math.min(master.refreshAtNanos, now + settings.garp().refresh().toNanos());
      master.rogue = null;
    } else {
      shift(next, decidedBefore, before, now);
    }
    return next;
  }

  private static String words(InstanceState state) {
    StringBuilder text = new StringBuilder();
    for (FaultReason reason : state.faults()) {
      text.append(text.isEmpty() ? "" : "; ").append(reason.words());
    }
    return text.toString();
  }
}
