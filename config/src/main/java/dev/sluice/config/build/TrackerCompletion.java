package dev.sluice.config.build;

import dev.sluice.config.model.TrackedInterface;
import dev.sluice.config.model.TrackedObject;
import dev.sluice.config.model.TrackedScript;
import dev.sluice.config.table.Context;
import dev.sluice.config.table.Types.Weight;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The trackers of instances and groups, their weights resolved. */
final class TrackerCompletion {
  private static final Weight NONE = new Weight(0, false);

  private final Plan plan;
  private final Diagnostics diagnostics;
  private final Scripts scripts;
  private final Map<String, SyncGroupBuilder> groupOf = new HashMap<>();

  TrackerCompletion(Plan plan, Context context, Scripts scripts) {
    this.plan = plan;
    this.diagnostics = context.diagnostics();
    this.scripts = scripts;
    for (SyncGroupBuilder group : plan.syncGroups) {
      for (Word member : group.members) {
        groupOf.putIfAbsent(member.text(), group);
      }
    }
  }

  /** What weights mean for an owner of trackers. */
  enum Rule {
    /** They count. */
    COUNT,
    /** A member of a sync group without sync_group_tracking_weight: they are zero. */
    ZERO,
    /** An address owner: what has a weight is not tracked. */
    DROP
  }

  /** The group an instance is a member of; null: none. */
  @Nullable SyncGroupBuilder groupOf(String instance) {
    return groupOf.get(instance);
  }

  Rule ruleFor(String instance, int priority) {
    SyncGroupBuilder group = groupOf.get(instance);
    if (group != null && !group.trackingWeight) {
      return Rule.ZERO;
    }
    return priority == 255 ? Rule.DROP : Rule.COUNT;
  }

  List<TrackedInterface> interfaces(Plan.Trackers trackers, @Nullable String own, Rule rule) {
    List<TrackedInterface> result = new ArrayList<>();
    for (Plan.Tracked tracked : trackers.interfaces) {
      if (tracked.name().equals(own)) {
        diagnostics.error(
            tracked.at(),
            "tracks-itself",
            trackers.owner + " tracks its own interface " + own,
            "ignored: that is always watched",
            "remove the line");
        continue;
      }
      Weight weight =
          weight(tracked, tracked.weight() == null ? NONE : tracked.weight(), rule, "interface");
      if (weight != null) {
        result.add(new TrackedInterface(tracked.name(), weight.value(), weight.reverse()));
      }
    }
    return result;
  }

  /** As keepalived does, without the scripts that are disabled: they neither help nor harm. */
  List<TrackedScript> scripts(Plan.Trackers trackers, Rule rule) {
    List<TrackedScript> result = new ArrayList<>();
    for (Plan.Tracked tracked : trackers.scripts) {
      ScriptBuilder script = plan.scripts.get(tracked.name());
      if (script == null) {
        continue;
      }
      Weight own = new Weight(script.weight, script.reverse);
      Weight weight =
          weight(tracked, tracked.weight() == null ? own : tracked.weight(), rule, "script");
      if (weight != null && !scripts.disabled(script)) {
        result.add(new TrackedScript(tracked.name(), weight.value(), weight.reverse()));
      }
    }
    return result;
  }

  List<TrackedObject> files(Plan.Trackers trackers, Rule rule) {
    return objects(
        trackers.files,
        rule,
        "file",
        name -> {
          TrackFileBuilder file = plan.trackFiles.get(name);
          return file == null ? NONE : new Weight(file.weight, file.reverse);
        });
  }

  List<TrackedObject> processes(Plan.Trackers trackers, Rule rule) {
    return objects(
        trackers.processes,
        rule,
        "process",
        name -> {
          TrackProcessBuilder process = plan.trackProcesses.get(name);
          return process == null ? NONE : new Weight(process.weight, process.reverse);
        });
  }

  List<TrackedObject> bfds(Plan.Trackers trackers, Rule rule) {
    return objects(
        trackers.bfds,
        rule,
        "bfd_instance",
        name -> {
          BfdBuilder bfd = plan.bfds.get(name);
          return bfd == null ? NONE : new Weight(bfd.weight, bfd.reverse);
        });
  }

  private List<TrackedObject> objects(
      List<Plan.Tracked> all, Rule rule, String kind, Function<String, Weight> own) {
    List<TrackedObject> result = new ArrayList<>();
    for (Plan.Tracked tracked : all) {
      Weight weight =
          weight(
              tracked,
              tracked.weight() == null ? own.apply(tracked.name()) : tracked.weight(),
              rule,
              kind);
      if (weight != null) {
        result.add(new TrackedObject(tracked.name(), weight.value(), weight.reverse()));
      }
    }
    return result;
  }

  /** The weight that counts; null where the tracker is dropped. */
  private @Nullable Weight weight(Plan.Tracked tracked, Weight weight, Rule rule, String kind) {
    if (weight.value() == 0 || rule == Rule.COUNT) {
      return weight;
    }
    boolean owner = rule == Rule.DROP;
    diagnostics.error(
        tracked.at(),
        "weight-ignored",
        owner
            ? "an address owner, priority 255, has no weights"
            : "members of a sync group move together, so their own weights do not count",
        owner
            ? kind + " " + tracked.name() + " is not tracked"
            : kind + " " + tracked.name() + " is tracked without weight: its failure is a FAULT",
        owner ? "" : "track it in the group, or add sync_group_tracking_weight to the group");
    return owner ? null : NONE;
  }
}
