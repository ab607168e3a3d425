package dev.sluice.config.build;

import dev.sluice.config.table.Types.Weight;
import dev.sluice.config.text.At;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A whole configuration while it is read: the builder of the outermost block. */
final class Plan {
  final GlobalBuilder global = new GlobalBuilder();
  final Map<String, ScriptBuilder> scripts = new java.util.LinkedHashMap<>();
  final List<SyncGroupBuilder> syncGroups = new ArrayList<>();
  final Map<String, InstanceBuilder> instances = new java.util.LinkedHashMap<>();
  final List<VirtualServerBuilder> virtualServers = new ArrayList<>();

  /** A tracked thing with the weight of its line; null weight: the thing's own. */
  record Tracked(String name, @org.jspecify.annotations.Nullable Weight weight, At at) {}

  /** Trackers of an instance or a group. */
  static final class Trackers {
    final Plan plan;
    final String owner;
    final List<Tracked> interfaces = new ArrayList<>();
    final List<Tracked> scripts = new ArrayList<>();
    final Map<String, At> seen = new HashMap<>();

    Trackers(Plan plan, String owner) {
      this.plan = plan;
      this.owner = owner;
    }
  }
}
