package dev.sluice.vrrp;

import dev.sluice.config.model.FurtherConfiguration;
import dev.sluice.config.model.GlobalDefs;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.config.model.VrrpSyncGroup;
import java.time.Duration;
import java.util.List;

/**
 * All that should run.
 *
 * @param startupDelay how long after the driver's start nothing is sent or promoted
 * @param global what the instances share
 * @param further static objects, groups of interfaces, trackers
 */
public record VrrpDesired(
    List<VrrpInstance> instances,
    List<VrrpSyncGroup> syncGroups,
    List<VrrpScript> scripts,
    Duration startupDelay,
    GlobalDefs global,
    FurtherConfiguration further) {

  public VrrpDesired {
    instances = List.copyOf(instances);
    syncGroups = List.copyOf(syncGroups);
    scripts = List.copyOf(scripts);
  }

  /** Instances with nothing around them. */
  public VrrpDesired(
      List<VrrpInstance> instances,
      List<VrrpSyncGroup> syncGroups,
      List<VrrpScript> scripts,
      Duration startupDelay) {
    this(
        instances,
        syncGroups,
        scripts,
        startupDelay,
        GlobalDefs.defaults(),
        FurtherConfiguration.none());
  }

  /** Nothing at all. */
  public static VrrpDesired empty() {
    return new VrrpDesired(List.of(), List.of(), List.of(), Duration.ZERO);
  }
}
