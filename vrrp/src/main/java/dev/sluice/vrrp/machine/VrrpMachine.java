package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.codec.AddressOrder;
import dev.sluice.vrrp.machine.InstanceState.Phase;
import dev.sluice.vrrp.machine.InstanceState.RogueOwner;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
 * BACKUP  advert priority 0 .............................................. BACKUP, timer = skew
 * BACKUP  advert not lower, or nopreempt, or preempt delay runs .......... BACKUP, timer restarted
 * BACKUP  advert lower ................................................... BACKUP, timer untouched
 * BACKUP  priority moves ................................................. BACKUP, timer shifted
 * BACKUP  sync group promotes ............................................ MASTER
 * MASTER  advert wins (higher priority, or equal and higher address) ..... BACKUP
 * MASTER  advert loses or priority 0 ..................................... MASTER, advert at once
 * MASTER  sync group or a stolen address demotes ......................... BACKUP
 * MASTER  another owner does not yield ................................... BACKUP, counts as 254
 * any     fault .......................................................... FAULT (from MASTER: prio 0)
 * FAULT   last fault cleared ............................................. BACKUP, full timer
 * any     stopped ........................................................ INIT (from MASTER: prio 0)
 * </pre>
 */
public final class VrrpMachine {
  private static final MachineEvent.TimerExpired TICK = new MachineEvent.TimerExpired();

  private final InstanceSettings settings;

  public VrrpMachine(InstanceSettings settings) {
    this.settings = settings;
  }

  /** What an event leads to. */
  public record Step(InstanceState state, List<Action> actions) {}

  /** The settings it works by. */
  public InstanceSettings settings() {
    return settings;
  }

  /** The answer to an event. */
  public Step on(InstanceState state, MachineEvent event, long nowNanos) {
    List<Action> out = new ArrayList<>(4);
    InstanceState next =
        switch (event) {
          case MachineEvent.TimerExpired _ -> tick(state, nowNanos, out);
          case MachineEvent.AdvertSeen advert ->
              switch (state.phase()) {
                case Phase.Init _, Phase.Fault _ -> state;
                case Phase.Backup backup -> backupHears(state, backup, advert, nowNanos, out);
                case Phase.Master master -> masterHears(state, master, advert, nowNanos, out);
              };
          case MachineEvent.FaultRaised(FaultReason reason) ->
              faultRaised(state, reason, nowNanos, out);
          case MachineEvent.FaultCleared(FaultReason reason) ->
              faultCleared(state, reason, nowNanos, out);
          case MachineEvent.TermSet term ->
              reprioritised(
                  state,
                  state.priority().with(term.source(), term.name(), term.value()),
                  nowNanos,
                  out);
          case MachineEvent.LocalAddressIs(InetAddress address) -> state.at(address);
          case MachineEvent.Promoted _ ->
              state.phase() instanceof Phase.Backup
                  ? becomeMaster(state, nowNanos, "the sync group goes to MASTER", out)
                  : state;
          case MachineEvent.Demoted(String cause) ->
              state.phase() instanceof Phase.Master
                  ? leaveMaster(
                      state,
                      backup(settings.advertIntervalNanos(), null, 0, state, nowNanos),
                      cause,
                      out)
                  : state;
          case MachineEvent.LowerPriorityElsewhere _ ->
              state.phase() instanceof Phase.Master master
                  ? state.in(announceAgain(master, nowNanos, out))
                  : state;
          case MachineEvent.SettingsReplaced(InstanceSettings before) ->
              resettled(state, before, nowNanos, out);
          case MachineEvent.Stopped _ -> stopped(state, out);
        };
    return new Step(next, List.copyOf(out));
  }

  /** The event to give when the state's deadline has come. */
  public static MachineEvent tick() {
    return TICK;
  }

  // --- timers -----------------------------------------------------------------------------------

  private InstanceState tick(InstanceState state, long now, List<Action> out) {
    if (state.phase().deadlineNanos() > now) {
      return state;
    }
    return switch (state.phase()) {
      case Phase.Init _ -> start(state, now, out);
      case Phase.Backup backup -> masterDown(state, backup, now, out);
      case Phase.Master master -> state.in(masterTick(state, master, now, out));
      case Phase.Fault _ -> state;
    };
  }

  private InstanceState start(InstanceState state, long now, List<Action> out) {
    if (state.faults().stream()
        .anyMatch(reason -> reason.kind() != FaultReason.Kind.SCRIPT_PENDING)) {
      out.add(new Action.StateChanged(VrrpState.INIT, VrrpState.FAULT, words(state)));
      return state.in(new Phase.Fault());
    }
    if (!state.faults().isEmpty()) {
      return state.in(new Phase.Init(VrrpTimers.NONE));
    }
    boolean owner = settings.priority() == EffectivePriority.OWNER;
    if (owner && settings.startAsMaster() && !settings.inSyncGroup()) {
      return becomeMaster(state, now, "we own the addresses", out);
    }
    long interval = settings.advertIntervalNanos();
    out.add(new Action.StateChanged(VrrpState.INIT, VrrpState.BACKUP, "started"));
    Phase.Backup backup = backup(interval, null, 0, state, now);
    if (settings.inSyncGroup() && settings.startAsMaster()) {
      if (owner) {
        out.add(new Action.AskGroup());
      }
      // keepalived: the configured master of a group need not wait for a master that is not there.
      backup =
          new Phase.Backup(
              now + interval + interval / 256, interval, null, 0, owner, VrrpTimers.NONE, false);
    }
    return state.in(backup);
  }

  private InstanceState masterDown(
      InstanceState state, Phase.Backup backup, long now, List<Action> out) {
    if (!settings.inSyncGroup()) {
      return becomeMaster(state, now, silence(backup), out);
    }
    out.add(new Action.AskGroup());
    return state.in(
        new Phase.Backup(
            now + downNanos(state, backup.masterIntervalNanos()),
            backup.masterIntervalNanos(),
            backup.master(),
            backup.masterPriority(),
            true,
            backup.preemptAtNanos(),
            backup.steppedDown()));
  }

  private static String silence(Phase.Backup backup) {
    if (backup.master() == null) {
      return "no master heard";
    }
    String master = Objects.requireNonNull(backup.master()).getHostAddress();
    return backup.masterPriority() == 0
        ? "master " + master + " left"
        : "no better advert than that of " + master + " within Master_Down_Interval";
  }

  private Phase.Master masterTick(
      InstanceState state, Phase.Master master, long now, List<Action> out) {
    long advertAt = master.advertAtNanos();
    long sent = master.advertsSent();
    if (advertAt <= now) {
      out.add(new Action.SendAdvert(state.priority().value()));
      sent++;
      // Late by less than an interval: the rhythm is kept. Later: it starts anew.
      long interval = settings.advertIntervalNanos();
      advertAt = now - advertAt < interval ? advertAt + interval : now + interval;
    }
    long burstAt = master.burstAtNanos();
    if (burstAt <= now) {
      out.add(new Action.AnnounceAddresses(settings.garp().repeat()));
      burstAt = VrrpTimers.NONE;
    }
    long lowerBurstAt = master.lowerBurstAtNanos();
    if (lowerBurstAt <= now) {
      out.add(new Action.AnnounceAddresses(settings.garp().lowerPrioRepeat()));
      lowerBurstAt = VrrpTimers.NONE;
    }
    long refreshAt = master.refreshAtNanos();
    if (refreshAt <= now) {
      out.add(new Action.AnnounceAddresses(settings.garp().refreshRepeat()));
      refreshAt = now + settings.garp().refresh().toNanos();
    }
    return new Phase.Master(advertAt, sent, burstAt, lowerBurstAt, refreshAt, master.rogue());
  }

  // --- adverts ----------------------------------------------------------------------------------

  private InstanceState backupHears(
      InstanceState state,
      Phase.Backup backup,
      MachineEvent.AdvertSeen advert,
      long now,
      List<Action> out) {
    if (isLocal(state, advert.source())) {
      return state;
    }
    boolean rogueGone =
        !advert.source().equals(backup.master()) || advert.priority() != EffectivePriority.OWNER;
    boolean steppedDown = backup.steppedDown() && !rogueGone;
    int ours = steppedDown ? 254 : state.priority().value();
    if (advert.priority() == 0) {
      long skew = VrrpTimers.skewNanos(settings.version(), ours, backup.masterIntervalNanos());
      return state.in(
          new Phase.Backup(
              now + skew,
              backup.masterIntervalNanos(),
              advert.source(),
              0,
              backup.wantsMaster(),
              backup.preemptAtNanos(),
              steppedDown));
    }
    if (!advert.source().equals(backup.master()) || advert.priority() != backup.masterPriority()) {
      out.add(new Action.MasterSeen(advert.source(), advert.priority()));
    }
    boolean lower = advert.priority() < ours;
    long preemptAt = backup.preemptAtNanos();
    boolean delaying =
        settings.preemptDelayNanos() > 0 && (preemptAt == VrrpTimers.NONE || now < preemptAt);
    if (lower && settings.preempt() && !delaying) {
      return state.in(
          new Phase.Backup(
              backup.downAtNanos(),
              backup.masterIntervalNanos(),
              advert.source(),
              advert.priority(),
              backup.wantsMaster(),
              preemptAt,
              steppedDown));
    }
    if (!lower) {
      preemptAt = VrrpTimers.NONE;
    } else if (preemptAt == VrrpTimers.NONE && settings.preemptDelayNanos() > 0) {
      preemptAt = now + settings.preemptDelayNanos();
    }
    long interval = learned(advert);
    return state.in(
        new Phase.Backup(
            now
                + VrrpTimers.masterDownNanos(
                    settings.version(), ours, interval, settings.downTimerAdverts()),
            interval,
            advert.source(),
            advert.priority(),
            false,
            preemptAt,
            steppedDown));
  }

  private InstanceState masterHears(
      InstanceState state,
      Phase.Master master,
      MachineEvent.AdvertSeen advert,
      long now,
      List<Action> out) {
    if (isLocal(state, advert.source())) {
      out.add(new Action.Warned("heard our own advert: the network loops it back"));
      return state;
    }
    int ours = state.priority().value();
    if (advert.priority() == 0) {
      out.add(new Action.SendAdvert(ours));
      return state.in(advertised(master, now));
    }
    if (wins(state, advert, ours)) {
      if (advert.priority() == EffectivePriority.OWNER && ours == EffectivePriority.OWNER) {
        out.add(
            new Action.Warned(
                advert.source().getHostAddress()
                    + " claims to own the addresses as we do (priority 255 on both):"
                    + " configuration error; we yield to the higher address"));
      }
      return giveWay(state, advert, false, now, out);
    }
    if (advert.priority() == EffectivePriority.OWNER) {
      return hearsLowerOwner(state, master, advert, now, out);
    }
    return state.in(answerLower(master, advert, ours, now, out));
  }

  /** Equal priority is decided by the address, compared as an unsigned number. */
  private static boolean wins(InstanceState state, MachineEvent.AdvertSeen advert, int ours) {
    if (advert.priority() != ours) {
      return advert.priority() > ours;
    }
    InetAddress local = state.local();
    return local != null && AddressOrder.compare(advert.source(), local) > 0;
  }

  private InstanceState giveWay(
      InstanceState state,
      MachineEvent.AdvertSeen advert,
      boolean steppedDown,
      long now,
      List<Action> out) {
    if (settings.higherPrioSendAdvert()) {
      out.add(new Action.SendAdvert(state.priority().value()));
    }
    String cause =
        advert.source().getHostAddress()
            + " has "
            + (advert.priority() == state.priority().value() ? "the same" : "the higher")
            + " priority "
            + advert.priority()
            + (advert.priority() == state.priority().value() && !steppedDown
                ? " and the higher address"
                : "");
    long interval = learned(advert);
    int ours = steppedDown ? 254 : state.priority().value();
    return leaveMaster(
        state,
        new Phase.Backup(
            now
                + VrrpTimers.masterDownNanos(
                    settings.version(), ours, interval, settings.downTimerAdverts()),
            interval,
            advert.source(),
            advert.priority(),
            false,
            VrrpTimers.NONE,
            steppedDown),
        cause,
        out);
  }

  private Phase.Master answerLower(
      Phase.Master master, MachineEvent.AdvertSeen advert, int ours, long now, List<Action> out) {
    out.add(new Action.LowerPrioritySeen(advert.source(), advert.priority()));
    Phase.Master next = master;
    if (!settings.lowerPrioNoAdvert()) {
      out.add(new Action.SendAdvert(ours));
      next = advertised(master, now);
    }
    return announceAgain(next, now, out);
  }

  private Phase.Master announceAgain(Phase.Master master, long now, List<Action> out) {
    int repeat = settings.garp().lowerPrioRepeat();
    long delay = settings.garp().lowerPrioDelay().toNanos();
    if (repeat > 0) {
      out.add(new Action.AnnounceAddresses(repeat));
    }
    long burstAt =
        delay > 0 && repeat > 0 && master.lowerBurstAtNanos() == VrrpTimers.NONE
            ? now + delay
            : master.lowerBurstAtNanos();
    return new Phase.Master(
        master.advertAtNanos(),
        master.advertsSent(),
        master.burstAtNanos(),
        burstAt,
        master.refreshAtNanos(),
        master.rogue());
  }

  private Phase.Master advertised(Phase.Master master, long now) {
    return new Phase.Master(
        now + settings.advertIntervalNanos(),
        master.advertsSent() + 1,
        master.burstAtNanos(),
        master.lowerBurstAtNanos(),
        master.refreshAtNanos(),
        master.rogue());
  }

  /**
   * Both claim to own the addresses and ours is the higher one: the other gets the time of two of
   * our adverts and 1.2 intervals to leave; if it stays, we count as 254 until it goes.
   */
  private InstanceState hearsLowerOwner(
      InstanceState state,
      Phase.Master master,
      MachineEvent.AdvertSeen advert,
      long now,
      List<Action> out) {
    RogueOwner rogue = master.rogue();
    if (rogue == null || !rogue.address().equals(advert.source())) {
      out.add(
          new Action.Warned(
              advert.source().getHostAddress()
                  + " claims to own the addresses as we do (priority 255 on both):"
                  + " configuration error"));
      long slower = Math.max(settings.advertIntervalNanos(), advert.intervalNanos());
      rogue = new RogueOwner(advert.source(), now + slower + slower / 5, master.advertsSent());
    } else if (now >= rogue.patienceUntilNanos()
        && master.advertsSent() >= rogue.advertsBefore() + 2) {
      out.add(
          new Action.Warned(
              advert.source().getHostAddress()
                  + " does not yield; we count as priority 254 until it is gone"));
      return giveWay(state, advert, true, now, out);
    }
    Phase.Master marked =
        new Phase.Master(
            master.advertAtNanos(),
            master.advertsSent(),
            master.burstAtNanos(),
            master.lowerBurstAtNanos(),
            master.refreshAtNanos(),
            rogue);
    return state.in(answerLower(marked, advert, EffectivePriority.OWNER, now, out));
  }

  /** Version 3 learns the master's interval; version 2 has dropped an advert with another one. */
  private long learned(MachineEvent.AdvertSeen advert) {
    return settings.version() == 2 ? settings.advertIntervalNanos() : advert.intervalNanos();
  }

  private static boolean isLocal(InstanceState state, InetAddress source) {
    return source.equals(state.local());
  }

  // --- transitions ------------------------------------------------------------------------------

  /** The advert goes first, so that the old master has left before the announcements. */
  private InstanceState becomeMaster(
      InstanceState state, long now, String cause, List<Action> out) {
    VrrpState from = state.kind();
    long delay = settings.garp().delay().toNanos();
    long refresh = settings.garp().refresh().toNanos();
    out.add(new Action.SendAdvert(state.priority().value()));
    out.add(new Action.AddAddresses());
    out.add(new Action.AnnounceAddresses(settings.garp().repeat()));
    out.add(new Action.StateChanged(from, VrrpState.MASTER, cause));
    return state.in(
        new Phase.Master(
            now + settings.advertIntervalNanos(),
            1,
            delay > 0 ? now + delay : VrrpTimers.NONE,
            VrrpTimers.NONE,
            refresh > 0 ? now + refresh : VrrpTimers.NONE,
            null));
  }

  private static InstanceState leaveMaster(
      InstanceState state, Phase next, String cause, List<Action> out) {
    if (next instanceof Phase.Fault) {
      out.add(new Action.SendAdvert(0));
    }
    out.add(new Action.DropAnnouncements());
    out.add(new Action.RemoveAddresses());
    out.add(new Action.StateChanged(VrrpState.MASTER, next.kind(), cause));
    return state.in(next);
  }

  private Phase.Backup backup(
      long interval,
      @Nullable InetAddress master,
      int masterPriority,
      InstanceState state,
      long now) {
    return new Phase.Backup(
        now
            + VrrpTimers.masterDownNanos(
                settings.version(),
                state.priority().value(),
                interval,
                settings.downTimerAdverts()),
        interval,
        master,
        masterPriority,
        false,
        VrrpTimers.NONE,
        false);
  }

  private long downNanos(InstanceState state, long interval) {
    return VrrpTimers.masterDownNanos(
        settings.version(), state.effectivePriority(), interval, settings.downTimerAdverts());
  }

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
        yield next.in(new Phase.Fault());
      }
      case Phase.Master _ ->
          reason.kind() == FaultReason.Kind.SCRIPT_PENDING
              ? state
              : leaveMaster(next, new Phase.Fault(), reason.words(), out);
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
      case Phase.Fault _ -> {
        if (!next.faults().isEmpty()) {
          yield next;
        }
        if (settings.unicast()) {
          out.add(new Action.AnnounceSource());
        }
        out.add(
            new Action.StateChanged(
                VrrpState.FAULT, VrrpState.BACKUP, "no longer: " + reason.words()));
        long interval = settings.advertIntervalNanos();
        Phase.Backup fresh = backup(interval, null, 0, next, now);
        boolean owner = settings.priority() == EffectivePriority.OWNER;
        yield next.in(
            new Phase.Backup(
                owner
                    ? now
                        + interval
                        + VrrpTimers.skewNanos(
                            settings.version(), EffectivePriority.OWNER, interval)
                    : fresh.downAtNanos(),
                interval,
                null,
                0,
                false,
                settings.preemptDelayNanos() > 0
                    ? now + settings.preemptDelayNanos()
                    : VrrpTimers.NONE,
                false));
      }
      case Phase.Backup _, Phase.Master _ -> next;
    };
  }

  private InstanceState reprioritised(
      InstanceState state, EffectivePriority priority, long now, List<Action> out) {
    int before = state.priority().value();
    int after = priority.value();
    InstanceState next = state.with(priority);
    if (before == after) {
      return next;
    }
    out.add(new Action.PriorityChanged(before, after));
    return shifted(next, state, settings, now);
  }

  /** Moves the running Master_Down_Timer by the difference of the two down intervals. */
  private InstanceState shifted(
      InstanceState next, InstanceState before, InstanceSettings settingsBefore, long now) {
    if (!(next.phase() instanceof Phase.Backup backup)) {
      return next;
    }
    long interval =
        settings.version() == 2 ? settings.advertIntervalNanos() : backup.masterIntervalNanos();
    long old =
        VrrpTimers.masterDownNanos(
            settingsBefore.version(),
            before.effectivePriority(),
            backup.masterIntervalNanos(),
            settingsBefore.downTimerAdverts());
    long shift = downNanos(next, interval) - old;
    return next.in(
        new Phase.Backup(
            Math.max(now, backup.downAtNanos() + shift),
            interval,
            backup.master(),
            backup.masterPriority(),
            backup.wantsMaster(),
            backup.preemptAtNanos(),
            backup.steppedDown()));
  }

  private InstanceState resettled(
      InstanceState state, InstanceSettings before, long now, List<Action> out) {
    int old = state.priority().value();
    InstanceState next = state.with(state.priority().withBase(settings.priority()));
    int priority = next.priority().value();
    if (old != priority) {
      out.add(new Action.PriorityChanged(old, priority));
    }
    if (next.phase() instanceof Phase.Master master) {
      // The peers learn at once, and no advert is missed.
      return next.in(
          new Phase.Master(
              now,
              master.advertsSent(),
              master.burstAtNanos(),
              master.lowerBurstAtNanos(),
              settings.garp().refresh().isZero()
                  ? VrrpTimers.NONE
                  : Math.min(master.refreshAtNanos(), now + settings.garp().refresh().toNanos()),
              null));
    }
    return shifted(next, state, before, now);
  }

  private static InstanceState stopped(InstanceState state, List<Action> out) {
    if (state.phase() instanceof Phase.Master) {
      out.add(new Action.SendAdvert(0));
      out.add(new Action.DropAnnouncements());
      out.add(new Action.RemoveAddresses());
    }
    out.add(new Action.Ended(state.kind()));
    return state.in(new Phase.Init(VrrpTimers.NONE));
  }

  private static String words(InstanceState state) {
    StringBuilder text = new StringBuilder();
    for (FaultReason reason : state.faults()) {
      text.append(text.isEmpty() ? "" : "; ").append(reason.words());
    }
    return text.toString();
  }
}
