package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.codec.AddressOrder;
import dev.sluice.vrrp.machine.InstanceState.Phase;
import dev.sluice.vrrp.machine.InstanceState.Rival;
import dev.sluice.vrrp.machine.InstanceState.RogueOwner;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What an instance does as MASTER (RFC 9568 6.4.3, keepalived's answers, and our own repair of
 * conflicts).
 *
 * <pre>
 * Adver_Timer .............................. advert
 * Adver_Timer, we overslept ................ nothing for one interval: we listen first
 * Adver_Timer, timer_expired_backup applies  BACKUP
 * advert 0 ................................. advert at once
 * advert loses ............................. advert at once, addresses announced again now, after
 *                                            lower_prio_delay, and 1 s and 10 s after the last one
 * advert loses, nopreempt, we overslept .... BACKUP: it took over rightly
 * advert loses an interval after the first, nopreempt_strict, we are new ... BACKUP: it was there
 *                                            before
 * advert wins .............................. one last advert, BACKUP
 * advert wins, nopreempt_strict, we are sitting ... advert at once for one Master_Down_Interval;
 *                                            then BACKUP
 * another owner (255) with the lower address  patience, then BACKUP as 254
 * </pre>
 */
final class InMaster {
  private static final long SECOND = 1_000_000_000L;

  /** When the addresses are announced again after a conflict. */
  private static final long FIRST_REPAIR = SECOND;

  private static final long SECOND_REPAIR = 10 * SECOND;

  private final InstanceSettings settings;
  private final Transitions transitions;

  InMaster(InstanceSettings settings, Transitions transitions) {
    this.settings = settings;
    this.transitions = transitions;
  }

  // --- timers -----------------------------------------------------------------------------------

  InstanceState tick(InstanceState state, Phase.Master master, long now, List<Action> out) {
    if (master.advertAtNanos <= now) {
      if (!master.listening && expired(master, now)) {
        return transitions.leaveMaster(
            state,
            transitions.backup(state, now),
            "our timer was "
                + words(now - master.advertAtNanos)
                + " late, another router may be master (timer_expired_backup)",
            now,
            out);
      }
      if (!overslept(state, master, now, out)) {
        speak(state, master, now, out);
      }
    }
    if (master.burstAtNanos <= now) {
      out.add(new Action.AnnounceAddresses(settings.garp().repeat()));
      master.burstAtNanos = VrrpTimers.NONE;
    }
    if (master.lowerBurstAtNanos <= now) {
      out.add(new Action.AnnounceAddresses(settings.garp().lowerPrioRepeat()));
      master.lowerBurstAtNanos = VrrpTimers.NONE;
    }
    if (master.refreshAtNanos <= now) {
      out.add(new Action.AnnounceAddresses(settings.garp().refreshRepeat()));
      master.refreshAtNanos = now + settings.garp().refresh().toNanos();
    }
    Rival rival = master.rival;
    if (rival != null && rival.repairAtNanos <= now) {
      out.add(new Action.AnnounceAddresses(Math.max(1, settings.garp().lowerPrioRepeat())));
      rival.repairAtNanos = rival.secondRepair ? VrrpTimers.NONE : rival.lastNanos + SECOND_REPAIR;
      rival.secondRepair = true;
    }
    return state;
  }

  private void speak(InstanceState state, Phase.Master master, long now, List<Action> out) {
    out.add(transitions.advert(state.priority().value()));
    master.advertsSent++;
    // Late by less than an interval: the rhythm is kept. Later: it starts anew.
    long interval = settings.advertIntervalNanos();
    master.advertAtNanos =
        now - master.advertAtNanos < interval && !master.listening
            ? master.advertAtNanos + interval
            : now + interval;
    master.listening = false;
  }

  /** Restarts Adver_Timer after an advert out of turn. */
  private void spoke(Phase.Master master, long now) {
    master.advertAtNanos = now + settings.advertIntervalNanos();
    master.advertsSent++;
    master.listening = false;
  }

  /** keepalived's timer_expired_backup. */
  private boolean expired(Phase.Master master, long now) {
    int highest = settings.timerExpiredBackup();
    return highest > 0 && !settings.preempt() && silent(master, now) > down(highest);
  }

  /**
   * After a silence longer than Master_Down_Interval another may have taken over. One interval of
   * listening tells; the addresses stay meanwhile, for nobody may have.
   */
  private boolean overslept(InstanceState state, Phase.Master master, long now, List<Action> out) {
    if (master.listening || silent(master, now) <= down(state.priority().value())) {
      return false;
    }
    master.listening = true;
    out.add(new Action.Count(VrrpCounter.OVERSLEPT, 1));
    if (!master.toldOverslept) {
      master.toldOverslept = true;
      out.add(
          new Action.Warned(
              "this advert was due "
                  + words(now - master.advertAtNanos)
                  + " ago, longer than Master_Down_Interval: listening before we speak"));
    }
    master.advertAtNanos = now + settings.advertIntervalNanos();
    return true;
  }

  /** How long we have not spoken. */
  private long silent(Phase.Master master, long now) {
    return now - master.advertAtNanos + settings.advertIntervalNanos();
  }

  private long down(int priority) {
    return transitions.downNanos(priority, settings.advertIntervalNanos());
  }

  private static String words(long nanos) {
    Duration late = Duration.ofNanos(nanos);
    return "%d.%03d s".formatted(late.toSeconds(), late.toMillisPart());
  }

  // --- adverts ----------------------------------------------------------------------------------

  InstanceState hears(
      InstanceState state,
      Phase.Master master,
      MachineEvent.AdvertSeen advert,
      long now,
      List<Action> out) {
    if (advert.source().equals(state.local())) {
      out.add(new Action.Warned("heard our own advert: the network loops it back"));
      return state;
    }
    if (master.advertAtNanos <= now) {
      boolean _ = overslept(state, master, now, out);
    }
    int ours = state.priority().value();
    if (advert.priority() == 0) {
      out.add(transitions.advert(ours));
      spoke(master, now);
      return state;
    }
    if (wins(state, advert, ours)) {
      return hearsWinner(state, master, advert, ours, now, out);
    }
    if (advert.priority() == EffectivePriority.OWNER) {
      return hearsLowerOwner(state, master, advert, now, out);
    }
    if (master.listening && !settings.preempt()) {
      return giveWay(
          state,
          advert,
          false,
          advert.source().getHostAddress() + " took over while we slept, and nopreempt leaves it",
          now,
          out);
    }
    Rival rival = met(master, advert.source(), now, out);
    rival.losing++;
    // Within the interval it may be another newcomer's last advert: had both yielded, nobody would
    // be master, and both would come back together.
    boolean insists = now - rival.firstNanos >= settings.advertIntervalNanos();
    if (settings.nopreemptStrict() && insists && !sitting(state, master, now)) {
      return giveWay(
          state,
          advert,
          false,
          advert.source().getHostAddress() + " was master before us (nopreempt_strict)",
          now,
          out);
    }
    answerLower(master, rival, advert, ours, now, out);
    return rival.losing == 1 ? stayed(state, advert, now) : state;
  }

  /** Takes note that another claimed to be master, and why that changes nothing. */
  private static InstanceState stayed(
      InstanceState state, MachineEvent.AdvertSeen advert, long now) {
    return Transitions.decided(
        state,
        now,
        advert.source().getHostAddress()
            + (advert.priority() == state.priority().value()
                ? " claims to be master with our priority and the lower address: it has to yield"
                : " claims to be master with the lower priority: it has to yield"),
        advert.source(),
        advert.priority());
  }

  /** Equal priority is decided by the address, compared as an unsigned number. */
  private static boolean wins(InstanceState state, MachineEvent.AdvertSeen advert, int ours) {
    if (advert.priority() != ours) {
      return advert.priority() > ours;
    }
    InetAddress local = state.local();
    return local != null && AddressOrder.compare(advert.source(), local) > 0;
  }

  /** The conflict with this router, a new one where the last advert is long ago. */
  private Rival met(Phase.Master master, InetAddress source, long now, List<Action> out) {
    Rival rival = master.rival;
    if (rival == null || !rival.address.equals(source) || now - rival.lastNanos > down(1)) {
      rival = new Rival(source, now);
      master.rival = rival;
      return rival;
    }
    long millis = (now - rival.lastNanos) / 1_000_000;
    if (millis > 0) {
      out.add(new Action.Count(VrrpCounter.DUAL_MASTER_MILLIS, millis));
    }
    // The fraction that was not counted stays for the next time.
    rival.lastNanos += millis * 1_000_000;
    return rival;
  }

  private boolean sitting(InstanceState state, Phase.Master master, long now) {
    return now - master.sinceNanos >= down(state.priority().value());
  }

  private InstanceState hearsWinner(
      InstanceState state,
      Phase.Master master,
      MachineEvent.AdvertSeen advert,
      int ours,
      long now,
      List<Action> out) {
    String who = advert.source().getHostAddress();
    if (advert.priority() == EffectivePriority.OWNER) {
      if (ours == EffectivePriority.OWNER) {
        out.add(
            new Action.Warned(
                who
                    + " claims to own the addresses as we do (priority 255 on both):"
                    + " configuration error; we yield to the higher address"));
      }
    } else if (settings.nopreemptStrict() && sitting(state, master, now) && !master.listening) {
      Rival rival = met(master, advert.source(), now, out);
      // Of all bidders together: two that take turns must not make us stay for ever.
      long patience =
          transitions.downNanos(
              1, Math.max(settings.advertIntervalNanos(), transitions.learned(advert)));
      boolean bid = master.bidNanos != VrrpTimers.NONE && now - master.bidNanos <= patience;
      master.bidNanos = now;
      if (!bid) {
        master.holdUntilNanos = now + down(ours);
        master.answeredNanos = now - settings.advertIntervalNanos();
        out.add(
            new Action.Warned(
                who
                    + " bids priority "
                    + advert.priority()
                    + " against our "
                    + ours
                    + "; nopreempt_strict: we stay unless it insists"));
      }
      if (now < master.holdUntilNanos) {
        // At most one answer in an interval: the others may answer, too.
        if (now - master.answeredNanos >= settings.advertIntervalNanos()) {
          master.answeredNanos = now;
          out.add(transitions.advert(ours));
          spoke(master, now);
          // It has announced the addresses as its own.
          announceAgain(master, now, out);
        }
        repairAgain(rival, now);
        return state;
      }
    }
    boolean equal = advert.priority() == ours;
    return giveWay(
        state,
        advert,
        false,
        who
            + " has "
            + (equal ? "the same" : "the higher")
            + " priority "
            + advert.priority()
            + (equal ? " and the higher address" : ""),
        now,
        out);
  }

  private InstanceState giveWay(
      InstanceState state,
      MachineEvent.AdvertSeen advert,
      boolean steppedDown,
      String cause,
      long now,
      List<Action> out) {
    // The winner hears it, and announces the addresses again. One to whom we yield although it
    // loses would be driven away by it.
    if (settings.higherPrioSendAdvert() && wins(state, advert, state.priority().value())) {
      out.add(transitions.advert(state.priority().value()));
    }
    long interval = transitions.learned(advert);
    int ours = steppedDown ? 254 : state.priority().value();
    Phase.Backup backup = new Phase.Backup(now + transitions.downNanos(ours, interval), interval);
    backup.master = advert.source();
    backup.masterPriority = advert.priority();
    backup.steppedDown = steppedDown;
    return transitions.leaveMaster(state, backup, cause, now, out);
  }

  private void answerLower(
      Phase.Master master,
      Rival rival,
      MachineEvent.AdvertSeen advert,
      int ours,
      long now,
      List<Action> out) {
    out.add(new Action.LowerPrioritySeen(advert.source(), advert.priority()));
    if (!settings.lowerPrioNoAdvert()) {
      out.add(transitions.advert(ours));
      spoke(master, now);
    }
    announceAgain(master, now, out);
    if (rival.losing == 1) {
      out.add(new Action.Count(VrrpCounter.CONFLICT_WON, 1));
      out.add(new Action.ConflictWon(advert.source(), advert.priority()));
    }
    repairAgain(rival, now);
  }

  private void repairAgain(Rival rival, long now) {
    if (settings.garp().lowerPrioRepeat() > 0) {
      rival.repairAtNanos = now + FIRST_REPAIR;
      rival.secondRepair = false;
    }
  }

  void announceAgain(Phase.Master master, long now, List<Action> out) {
    int repeat = settings.garp().lowerPrioRepeat();
    long delay = settings.garp().lowerPrioDelay().toNanos();
    if (repeat > 0) {
      out.add(new Action.AnnounceAddresses(repeat));
    }
    if (delay > 0 && repeat > 0 && master.lowerBurstAtNanos == VrrpTimers.NONE) {
      master.lowerBurstAtNanos = now + delay;
    }
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
    String who = advert.source().getHostAddress();
    RogueOwner rogue = master.rogue;
    Rival rival = met(master, advert.source(), now, out);
    // One that yielded long ago gets its time again.
    boolean anew = rival.losing++ == 0;
    if (rogue == null || anew || !rogue.address().equals(advert.source())) {
      out.add(
          new Action.Warned(
              who
                  + " claims to own the addresses as we do (priority 255 on both):"
                  + " configuration error"));
      long slower = Math.max(settings.advertIntervalNanos(), advert.intervalNanos());
      master.rogue = new RogueOwner(advert.source(), now + slower + slower / 5, master.advertsSent);
    } else if (now >= rogue.patienceUntilNanos()
        && master.advertsSent >= rogue.advertsBefore() + 2) {
      String cause = who + " does not yield; we count as priority 254 until it is gone";
      out.add(new Action.Warned(cause));
      return giveWay(state, advert, true, cause, now, out);
    }
    answerLower(master, rival, advert, EffectivePriority.OWNER, now, out);
    return state;
  }
}
