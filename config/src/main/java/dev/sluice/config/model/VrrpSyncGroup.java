package dev.sluice.config.model;

import java.util.List;

/** {@code vrrp_sync_group}: instances that move together. */
public record VrrpSyncGroup(
    String name,
    List<String> members,
    List<TrackedInterface> trackInterfaces,
    List<TrackedScript> trackScripts,
    boolean trackingWeight,
    NotifyScripts notifyScripts,
    boolean notifyPriorityChanges,
    SyncGroupOptions options) {

  /** A group with nothing further written about it. */
  public VrrpSyncGroup(
      String name,
      List<String> members,
      List<TrackedInterface> trackInterfaces,
      List<TrackedScript> trackScripts,
      boolean trackingWeight,
      NotifyScripts notifyScripts,
      boolean notifyPriorityChanges) {
    this(
        name,
        members,
        trackInterfaces,
        trackScripts,
        trackingWeight,
        notifyScripts,
        notifyPriorityChanges,
        SyncGroupOptions.none());
  }

  public VrrpSyncGroup {
    members = List.copyOf(members);
    trackInterfaces = List.copyOf(trackInterfaces);
    trackScripts = List.copyOf(trackScripts);
  }
}
