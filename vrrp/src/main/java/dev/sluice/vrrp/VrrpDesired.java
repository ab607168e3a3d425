package dev.sluice.vrrp;

import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.config.model.VrrpSyncGroup;
import java.time.Duration;
import java.util.List;

/**
 * All that should run.
 *
 * @param startupDelay how long after the driver's start nothing is sent or promoted
 */
public record VrrpDesired(
    List<VrrpInstance> instances,
    List<VrrpSyncGroup> syncGroups,
    List<VrrpScript> scripts,
    Duration startupDelay) {

  public VrrpDesired {
    instances = List.copyOf(instances);
    syncGroups = List.copyOf(syncGroups);
    scripts = List.copyOf(scripts);
  }

  /** Nothing at all. */
  public static VrrpDesired empty() {
    return new VrrpDesired(List.of(), List.of(), List.of(), Duration.ZERO);
  }
}
