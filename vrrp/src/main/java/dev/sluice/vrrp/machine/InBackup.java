package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.InstanceState.Phase;
import dev.sluice.vrrp.machine.InstanceState.Phase.Judgement;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;

/**
 * What an instance does in BACKUP (RFC 9568 6.4.2).
 *
 * <pre>
 * advert 0 of the master we follow, or none known .. timer = skew; fast_release: timer = now
 * advert 0 of another router ....................... ignored and counted; strict: timer = skew
 * advert not lower, nopreempt, preempt delay runs .. interval learned, timer restarted
 * the same, lower than the living master's ......... the first one does not shorten the timer
 * advert lower ..................................... timer keeps running, so we take over
 * timer ............................................ MASTER, or the sync group is asked
 * another member's master leaves ................... timer = skew at the latest
 * half an interval overdue, then each half ......... are we on time ourselves?
 * we were held up, or packets were lost ............ timer = an interval and skew at the earliest
 * </pre>
 *
 * <p>A machine that stands still for 40 ms and goes on just before the timer ends would be on time
 * for the timer, and yet has heard nothing, nor may the master on the same host have spoken. So a
 * backup looks at its own punctuality all through a silence, not only at its end. Being late by a
 * quarter of an interval counts; but only {@value #MOST_DOUBTS} times in a silence unless it is a
 * whole one, for a backup that is always late must still take over.
 */
final class InBackup {
  private static final int MOST_DOUBTS = 3;

  private final InstanceSettings settings;
  private final Transitions transitions;

  InBackup(InstanceSettings settings, Transitions transitions) {
    this.settings = settings;
    this.transitions = transitions;
  }

  InstanceState hears(
      InstanceState state,
      Phase.Backup backup,
      MachineEvent.AdvertSeen advert,
      long now,
      List<Action> out) {
    InetAddress source = advert.source();
    if (source.equals(state.local())) {
      return state;
    }
    if (advert.priority() == 0) {
      return release(state, backup, source, now, out);
    }
    boolean same = source.equals(backup.master);
    if (backup.steppedDown && (!same || advert.priority() != EffectivePriority.OWNER)) {
      backup.steppedDown = false;
    }
    int ours = ours(state, backup);
    boolean news = !same || advert.priority() != backup.masterPriority;
    boolean passing =
        !same && advert.priority() < backup.masterPriority && now < backup.downAtNanos;
    if (news) {
      out.add(new Action.MasterSeen(source, advert.priority()));
    }
    if (!same) {
      backup.master = source;
    }
    backup.masterPriority = advert.priority();
    boolean lower = advert.priority() < ours;
    Judgement judgement = judge(backup, advert.priority(), ours, now);
    // Our own priority may have moved meanwhile, or a delay ended: then it is news, too.
    boolean decides = news || judgement != backup.judgement;
    backup.judgement = judgement;
    if (judgement == Judgement.LOWER) {
      // The timer runs on: that is how we preempt.
      return decides ? decided(state, now, judgement.words, backup) : state;
    }
    if (!lower) {
      backup.preemptAtNanos = VrrpTimers.NONE;
    } else if (backup.preemptAtNanos == VrrpTimers.NONE && settings.preemptDelayNanos() > 0) {
      backup.preemptAtNanos = now + settings.preemptDelayNanos();
    }
    long interval = transitions.learned(advert);
    long downAt = now + transitions.downNanos(ours, interval);
    // The last word of one that yields to the master that we followed, which may speak less often.
    if (!passing || downAt > backup.downAtNanos) {
      backup.masterIntervalNanos = interval;
      backup.downAtNanos = downAt;
    }
    backup.watchAtNanos = now + interval + interval / 2;
    backup.doubts = 0;
    backup.wantsMaster = false;
    return decides ? decided(state, now, judgement.words, backup) : state;
  }

  private Judgement judge(Phase.Backup backup, int theirs, int ours, long now) {
    if (theirs >= ours) {
      return theirs == ours ? Judgement.EQUAL : Judgement.HIGHER;
    }
    if (!settings.preempt()) {
      return Judgement.NOPREEMPT;
    }
    return delaying(backup, now) ? Judgement.DELAYED : Judgement.LOWER;
  }

  private boolean delaying(Phase.Backup backup, long now) {
    return settings.preemptDelayNanos() > 0
        && (backup.preemptAtNanos == VrrpTimers.NONE || now < backup.preemptAtNanos);
  }

  private InstanceState decided(InstanceState state, long now, String what, Phase.Backup backup) {
    InetAddress master = Objects.requireNonNull(backup.master);
    return state.because(
        new Decision(
            now,
            VrrpState.BACKUP,
            master.getHostAddress() + " " + what,
            state.effectivePriority(),
            state.priority().describe(),
            master,
            backup.masterPriority));
  }

  private static int ours(InstanceState state, Phase.Backup backup) {
    return backup.steppedDown ? 254 : state.priority().value();
  }

  private InstanceState release(
      InstanceState state, Phase.Backup backup, InetAddress source, long now, List<Action> out) {
    InetAddress master = backup.master;
    boolean followed = master == null || source.equals(master);
    if (!followed && !settings.strict()) {
      out.add(new Action.Count(VrrpCounter.PRIORITY_ZERO_IGNORED, 1));
      return state;
    }
    boolean again = followed && master != null && backup.masterPriority == 0;
    backup.steppedDown = false;
    backup.master = source;
    backup.masterPriority = 0;
    backup.watchAtNanos = VrrpTimers.NONE;
    backup.judgement = null;
    if (again) {
      // keepalived says it twice; the second time must not wind the timer up again.
      backup.downAtNanos = Math.min(backup.downAtNanos, releaseAt(state, backup, now));
    } else {
      // Where nobody was followed yet, a bystander may be meant: no shortcut.
      backup.downAtNanos =
          master == null ? now + skewNanos(state, backup) : releaseAt(state, backup, now);
    }
    if (settings.inSyncGroup()) {
      out.add(new Action.MasterReleased(source));
    }
    return decided(state, now, "left (priority 0)", backup);
  }

  /** Another member of our group heard its master leave: ours leaves with it. */
  InstanceState releasedElsewhere(InstanceState state, Phase.Backup backup, long now) {
    long at =
        backup.master == null ? now + skewNanos(state, backup) : releaseAt(state, backup, now);
    backup.downAtNanos = Math.min(backup.downAtNanos, at);
    return state;
  }

  /**
   * Adverts may be lost, so silence until now proves nothing. Whoever is master speaks within an
   * interval; the skew leaves the better backup its turn.
   */
  InstanceState listen(
      InstanceState state, Phase.Backup backup, VrrpCounter because, long now, List<Action> out) {
    backup.listenUntilNanos = now + backup.masterIntervalNanos + skewNanos(state, backup);
    backup.watchAtNanos = now + backup.masterIntervalNanos / 2;
    backup.wantsMaster = false;
    out.add(new Action.Count(because, 1));
    return state;
  }

  /** Whether being so late means that silence until now proves nothing. */
  static boolean heldUp(Phase.Backup backup, long lateNanos) {
    long interval = backup.masterIntervalNanos;
    if (lateNanos > interval) {
      return true;
    }
    if (lateNanos <= interval / 4 || backup.doubts == MOST_DOUBTS) {
      return false;
    }
    backup.doubts++;
    return true;
  }

  /** An advert is overdue, and we are on time: look again in half an interval. */
  InstanceState watch(InstanceState state, Phase.Backup backup, long now) {
    long next = now + backup.masterIntervalNanos / 2;
    backup.watchAtNanos = next < backup.silenceEndsNanos() ? next : VrrpTimers.NONE;
    return state;
  }

  private long releaseAt(InstanceState state, Phase.Backup backup, long now) {
    return settings.fastRelease() ? now : now + skewNanos(state, backup);
  }

  private long skewNanos(InstanceState state, Phase.Backup backup) {
    return VrrpTimers.skewNanos(
        settings.version(), ours(state, backup), backup.masterIntervalNanos);
  }

  InstanceState masterDown(InstanceState state, Phase.Backup backup, long now, List<Action> out) {
    if (!settings.inSyncGroup()) {
      return transitions.becomeMaster(state, now, silence(backup), out);
    }
    out.add(new Action.AskGroup());
    backup.downAtNanos =
        now + transitions.downNanos(ours(state, backup), backup.masterIntervalNanos);
    backup.watchAtNanos = VrrpTimers.NONE;
    backup.wantsMaster = true;
    return state;
  }

  private static String silence(Phase.Backup backup) {
    InetAddress master = backup.master;
    if (master == null) {
      return "no master heard";
    }
    return backup.masterPriority == 0
        ? "master " + master.getHostAddress() + " left"
        : "no better advert than that of "
            + master.getHostAddress()
            + " within Master_Down_Interval";
  }
}
