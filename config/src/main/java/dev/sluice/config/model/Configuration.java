package dev.sluice.config.model;

import java.util.List;

/**
 * One whole configuration.
 *
 * @param vrrpScripts every {@code vrrp_script} that something tracks and that can run, in order of
 *     definition
 * @param further what is read and not yet acted on
 */
public record Configuration(
    GlobalDefs global,
    List<VrrpScript> vrrpScripts,
    List<VrrpSyncGroup> syncGroups,
    List<VrrpInstance> vrrpInstances,
    List<VirtualServer> virtualServers,
    FurtherConfiguration further) {

  public Configuration {
    vrrpScripts = List.copyOf(vrrpScripts);
    syncGroups = List.copyOf(syncGroups);
    vrrpInstances = List.copyOf(vrrpInstances);
    virtualServers = List.copyOf(virtualServers);
  }

  /** A configuration with nothing further in it. */
  public Configuration(
      GlobalDefs global,
      List<VrrpScript> vrrpScripts,
      List<VrrpSyncGroup> syncGroups,
      List<VrrpInstance> vrrpInstances,
      List<VirtualServer> virtualServers) {
    this(
        global,
        vrrpScripts,
        syncGroups,
        vrrpInstances,
        virtualServers,
        FurtherConfiguration.none());
  }

  /** What a daemon that was started without a file runs. */
  public static Configuration empty() {
    return new Configuration(GlobalDefs.defaults(), List.of(), List.of(), List.of(), List.of());
  }
}
