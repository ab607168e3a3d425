package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.InstanceState.Phase;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ways into and out of MASTER, in keepalived's order of actions, and the timers they set. */
final class Transitions {
  private final InstanceSettings settings;

  /** The advert of the steady state; made anew only when the priority moves. */
  private Action.SendAdvert advert = new Action.SendAdvert(-1);

  Transitions(InstanceSettings settings) {
    this.settings = settings;
  }

  Action.SendAdvert advert(int priority) {
    if (advert.priority() != priority) {
      advert = new Action.SendAdvert(priority);
    }
    return advert;
  }

  /** Master_Down_Interval for a priority. */
  long downNanos(int priority, long masterIntervalNanos) {
    return VrrpTimers.masterDownNanos(
        settings.version(), priority, masterIntervalNanos, settings.downTimerAdverts());
  }

  /**
   * Version 3 learns the master's interval, but nothing below the wire's own tick; version 2 has
   * dropped an advert with another one.
   */
  long learned(MachineEvent.AdvertSeen seen) {
    return settings.version() == 2
        ? settings.advertIntervalNanos()
        : Math.max(seen.intervalNanos(), VrrpTimers.CENTISECOND);
  }

  /** BACKUP from scratch: nobody heard, the full timer. */
  Phase.Backup backup(InstanceState state, long now) {
    long interval = settings.advertIntervalNanos();
    return new Phase.Backup(now + downNanos(state.priority().value(), interval), interval);
  }

  /** The advert goes first, so that the old master has left before the announcements. */
  InstanceState becomeMaster(InstanceState state, long now, String cause, List<Action> out) {
    VrrpState from = state.kind();
    InetAddress before = state.phase() instanceof Phase.Backup backup ? backup.master : null;
    int beforePriority = state.phase() instanceof Phase.Backup backup ? backup.masterPriority : 0;
    long delay = settings.garp().delay().toNanos();
    long refresh = settings.garp().refresh().toNanos();
    out.add(advert(state.priority().value()));
    out.add(new Action.AddAddresses());
    out.add(new Action.AnnounceAddresses(settings.garp().repeat()));
    out.add(new Action.StateChanged(from, VrrpState.MASTER, cause));
    Phase.Master master = new Phase.Master(now, now + settings.advertIntervalNanos());
    master.advertsSent = 1;
    master.burstAtNanos = delay > 0 ? now + delay : VrrpTimers.NONE;
    master.refreshAtNanos = refresh > 0 ? now + refresh : VrrpTimers.NONE;
    return decided(state.in(master), now, cause, before, beforePriority);
  }

  InstanceState leaveMaster(
      InstanceState state, Phase next, String cause, long now, List<Action> out) {
    if (next instanceof Phase.Fault) {
      out.add(advert(0));
    }
    out.add(new Action.DropAnnouncements());
    out.add(new Action.RemoveAddresses());
    out.add(new Action.StateChanged(VrrpState.MASTER, next.kind(), cause));
    InetAddress other = next instanceof Phase.Backup backup ? backup.master : null;
    int priority = next instanceof Phase.Backup backup ? backup.masterPriority : 0;
    return decided(state.in(next), now, cause, other, priority);
  }

  /** Takes note of why the state is what it is now. */
  static InstanceState decided(
      InstanceState state, long now, String cause, @Nullable InetAddress other, int otherPriority) {
    return state.because(
        new Decision(
            now,
            state.kind(),
            cause,
            state.effectivePriority(),
            state.priority().describe(),
            other,
            otherPriority));
  }
}
