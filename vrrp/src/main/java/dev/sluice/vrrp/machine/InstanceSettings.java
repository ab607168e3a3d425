package dev.sluice.vrrp.machine;

import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.VrrpInstance;

/**
 * What the machine needs to know of an instance's configuration.
 *
 * @param preempt false with nopreempt; an owner always preempts
 * @param preemptDelayNanos 0: none
 * @param downTimerAdverts adverts missed before the master counts as dead
 * @param inSyncGroup whether becoming MASTER needs the group's consent
 * @param unicast whether adverts go to listed peers
 * @param fastRelease on priority 0 of the master the skew is left out
 * @param nopreemptStrict a sitting master yields to a newcomer only if that insists
 * @param timerExpiredBackup 0: off; else the highest priority among the others: a master later than
 *     such a router's Master_Down_Interval steps back (needs nopreempt)
 * @param strict the RFC to the letter
 */
public record InstanceSettings(
    String name,
    int version,
    int priority,
    long advertIntervalNanos,
    int downTimerAdverts,
    boolean startAsMaster,
    boolean preempt,
    long preemptDelayNanos,
    boolean lowerPrioNoAdvert,
    boolean higherPrioSendAdvert,
    boolean inSyncGroup,
    boolean unicast,
    GarpSettings garp,
    boolean fastRelease,
    boolean nopreemptStrict,
    int timerExpiredBackup,
    boolean strict) {

  /** Settings without sluice's own additions. */
  public InstanceSettings(
      String name,
      int version,
      int priority,
      long advertIntervalNanos,
      int downTimerAdverts,
      boolean startAsMaster,
      boolean preempt,
      long preemptDelayNanos,
      boolean lowerPrioNoAdvert,
      boolean higherPrioSendAdvert,
      boolean inSyncGroup,
      boolean unicast,
      GarpSettings garp) {
    this(
        name,
        version,
        priority,
        advertIntervalNanos,
        downTimerAdverts,
        startAsMaster,
        preempt,
        preemptDelayNanos,
        lowerPrioNoAdvert,
        higherPrioSendAdvert,
        inSyncGroup,
        unicast,
        garp,
        false,
        false,
        0,
        false);
  }

  /** The settings of a configured instance. */
  public static InstanceSettings of(VrrpInstance instance, boolean inSyncGroup) {
    return new InstanceSettings(
        instance.name(),
        instance.version(),
        instance.priority(),
        instance.advertInterval().toNanos(),
        instance.downTimerAdverts(),
        instance.startAsMaster(),
        (instance.preempt() && !instance.options().nopreemptStrict())
            || instance.priority() == EffectivePriority.OWNER,
        instance.preemptDelay().toNanos(),
        instance.lowerPrioNoAdvert(),
        instance.higherPrioSendAdvert(),
        inSyncGroup,
        instance.unicast(),
        instance.garp(),
        fastRelease(instance),
        instance.options().nopreemptStrict() && !instance.strict(),
        instance.options().timerExpiredBackup(),
        instance.strict());
  }

  /** With exactly one peer, or where it is written: nobody else can want to take over. */
  private static boolean fastRelease(VrrpInstance instance) {
    Boolean written = instance.options().fastRelease();
    return !instance.strict() && (written != null ? written : instance.unicastPeers().size() == 1);
  }
}
