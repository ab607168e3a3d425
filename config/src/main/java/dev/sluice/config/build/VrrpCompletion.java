package dev.sluice.config.build;

import dev.sluice.config.model.Script;
import dev.sluice.config.model.SyncGroupOptions;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.config.table.Context;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.Word;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everything of VRRP after reading: scripts, instances among one another, groups. */
final class VrrpCompletion {
  private final Plan plan;
  private final Diagnostics diagnostics;
  private final GlobalBuilder global;
  private final Scripts scripts;
  private final TrackerCompletion trackers;
  private final InstanceCompletion instances;

  VrrpCompletion(Plan plan, Context context, Scripts scripts) {
    this.plan = plan;
    this.diagnostics = context.diagnostics();
    this.global = plan.global;
    this.scripts = scripts;
    this.trackers = new TrackerCompletion(plan, context, scripts);
    this.instances = new InstanceCompletion(plan, context, scripts, trackers);
  }

  List<VrrpScript> scripts() {
    List<VrrpScript> result = new ArrayList<>();
    for (ScriptBuilder b : plan.scripts.values()) {
      if (b.command == null) {
        continue;
      }
      if (!b.used) {
        diagnostics.lint(
            b.at,
            "unused-script",
            "nothing tracks vrrp_script " + b.name,
            "it is never run",
            "name it in a track_script block, or remove it");
        scripts.unused(b.command);
        continue;
      }
      Script script = scripts.track(b, b.command);
      if (script == null) {
        continue;
      }
      result.add(
          new VrrpScript(
              b.name,
              script,
              b.interval,
              b.timeout == null || b.timeout.isZero() ? b.interval : b.timeout,
              b.weight,
              b.reverse,
              b.rise,
              b.fall,
              b.initFail));
    }
    return result;
  }

  List<VrrpInstance> instances() {
    List<VrrpInstance> result = new ArrayList<>();
    Map<String, InstanceBuilder> identities = new HashMap<>();
    for (InstanceBuilder b : plan.instances.values()) {
      VrrpInstance instance = instances.complete(b);
      if (instance != null && identityFree(b, instance, identities)) {
        result.add(instance);
      }
    }
    return result;
  }

  private boolean identityFree(
      InstanceBuilder b, VrrpInstance instance, Map<String, InstanceBuilder> identities) {
    String family = instance.multicastGroup() instanceof Inet4Address ? "4" : "6";
    String key =
        instance.virtualRouterId()
            + "/"
            + family
            + "/"
            + instance.interfaceName()
            + (instance.unicast() ? "/" + instance.unicastSource() : "");
    InstanceBuilder other = identities.putIfAbsent(key, b);
    if (other == null) {
      return true;
    }
    diagnostics.refused(
        b.virtualRouterIdAt,
        "duplicate-vrid",
        "virtual_router_id "
            + instance.virtualRouterId()
            + " is used by "
            + other.name
            + " on the same interface",
        "keepalived does not start",
        "every group of a segment needs an id of its own");
    return false;
  }

  List<VrrpSyncGroup> groups(Set<String> running) {
    List<VrrpSyncGroup> result = new ArrayList<>();
    Map<String, String> taken = new HashMap<>();
    for (SyncGroupBuilder b : plan.syncGroups) {
      List<String> members = members(b, running, taken);
      if (members.isEmpty()) {
        diagnostics.error(
            b.at,
            "empty-group",
            "sync group " + b.name + " has no members",
            "it is left out",
            "group { INSTANCE … }");
        continue;
      }
      if (members.size() == 1) {
        diagnostics.warning(
            b.at,
            "lonely-group",
            "sync group " + b.name + " has one member only",
            "it is kept",
            "a group is for instances that move together");
      }
      result.add(
          new VrrpSyncGroup(
              b.name,
              members,
              trackers.interfaces(b.trackers, null, TrackerCompletion.Rule.COUNT),
              trackers.scripts(b.trackers, TrackerCompletion.Rule.COUNT),
              b.trackingWeight,
              b.notify.build(scripts),
              b.notifyPriorityChanges != null
                  ? b.notifyPriorityChanges
                  : global.notifyPriorityChanges,
              options(b)));
    }
    return result;
  }

  private SyncGroupOptions options(SyncGroupBuilder b) {
    boolean alert = b.smtpAlert != null ? b.smtpAlert : global.vrrpAlerts();
    if (b.trackers.files.isEmpty()
        && b.trackers.processes.isEmpty()
        && b.trackers.bfds.isEmpty()
        && !alert) {
      return SyncGroupOptions.none();
    }
    return new SyncGroupOptions(
        trackers.files(b.trackers, TrackerCompletion.Rule.COUNT),
        trackers.processes(b.trackers, TrackerCompletion.Rule.COUNT),
        trackers.bfds(b.trackers, TrackerCompletion.Rule.COUNT),
        alert);
  }

  private List<String> members(SyncGroupBuilder b, Set<String> running, Map<String, String> taken) {
    List<String> members = new ArrayList<>();
    for (Word word : b.members) {
      if (!plan.instances.containsKey(word.text())) {
        diagnostics.error(
            word.at(),
            "unknown-member",
            "there is no vrrp_instance '" + word.text() + "'",
            "ignored",
            dev.sluice.config.table.Nearest.of(word.text(), plan.instances.keySet())
                .map(near -> "did you mean '" + near + "'?")
                .orElse(""));
        continue;
      }
      String other = taken.putIfAbsent(word.text(), b.name);
      if (other != null) {
        diagnostics.error(
            word.at(),
            "duplicate-member",
            word.text() + " is already a member of " + other,
            "ignored",
            "an instance belongs to one group");
        continue;
      }
      if (running.contains(word.text())) {
        members.add(word.text());
      }
    }
    return members;
  }

  /** Whether there is anything for keepalived's VRRP process to do. */
  boolean runs() {
    return !plan.instances.isEmpty()
        || !plan.staticAddresses.isEmpty()
        || !plan.staticRoutes.isEmpty()
        || !plan.staticRules.isEmpty();
  }

  /** Whether keepalived stops because an interface does not exist and must. */
  boolean interfaceMissing() {
    return plan.unknownDevice && !global.dynamicInterfaces;
  }

  /** Says that it does. */
  void judgeInterfaces() {
    if (interfaceMissing()) {
      diagnostics.refused(
          null,
          "interfaces-missing",
          "interfaces that the configuration names do not exist",
          "keepalived does not start",
          "create them first, or add dynamic_interfaces to global_defs");
    }
  }
}
