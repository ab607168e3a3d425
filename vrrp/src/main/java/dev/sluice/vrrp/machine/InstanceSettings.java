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
    GarpSettings garp) {

  /** The settings of a configured instance. */
  public static InstanceSettings of(VrrpInstance instance, boolean inSyncGroup) {
    return new InstanceSettings(
        instance.name(),
        instance.version(),
        instance.priority(),
        instance.advertInterval().toNanos(),
        instance.downTimerAdverts(),
        instance.startAsMaster(),
        instance.preempt() || instance.priority() == EffectivePriority.OWNER,
        instance.preemptDelay().toNanos(),
        instance.lowerPrioNoAdvert(),
        instance.higherPrioSendAdvert(),
        inSyncGroup,
        instance.unicast(),
        instance.garp());
  }
}
