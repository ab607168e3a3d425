package dev.sluice.config.build;

import dev.sluice.config.model.ClientCertificate;
import dev.sluice.config.model.LvsSetting;
import dev.sluice.config.model.ProcessSettings.CarrierDelay;
import dev.sluice.config.model.ProcessSettings.PolledInterface;
import dev.sluice.config.model.RouteSpec;
import dev.sluice.config.model.RuleSpec;
import dev.sluice.config.model.TrackGroup;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.table.Types.Weight;
import dev.sluice.config.text.At;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A whole configuration while it is read: the builder of the outermost block. */
final class Plan {
  final GlobalBuilder global = new GlobalBuilder();
  final Map<String, ScriptBuilder> scripts = new LinkedHashMap<>();
  final Map<String, TrackFileBuilder> trackFiles = new LinkedHashMap<>();
  final Map<String, TrackProcessBuilder> trackProcesses = new LinkedHashMap<>();
  final Map<String, BfdBuilder> bfds = new LinkedHashMap<>();
  final List<SyncGroupBuilder> syncGroups = new ArrayList<>();
  final Map<String, InstanceBuilder> instances = new LinkedHashMap<>();
  final Map<String, TrackGroup> trackGroups = new LinkedHashMap<>();
  final List<GarpGroupBuilder> garpGroups = new ArrayList<>();
  final Set<String> garpInterfaces = new HashSet<>();
  final List<VirtualServerBuilder> virtualServers = new ArrayList<>();
  final Map<String, VirtualServerGroups.Builder> serverGroups = new LinkedHashMap<>();
  final List<VirtualAddress> staticAddresses = new ArrayList<>();
  final List<RouteSpec> staticRoutes = new ArrayList<>();
  final List<RuleSpec> staticRules = new ArrayList<>();

  /** An interface that does not exist is named where VRRP needs it. */
  boolean unknownDevice;

  /** What a rule without preference gets. */
  long nextPreference = 16384;

  final List<LvsSetting> lvsSettings = new ArrayList<>();
  @Nullable String networkNamespace;
  @Nullable String ipvsNamespace;
  boolean namespaceWithIpsets;
  @Nullable String instanceName;
  boolean usePidDirectory;
  Duration childWaitTime = Duration.ofSeconds(5);
  boolean linkbeatPolling;
  final List<PolledInterface> polled = new ArrayList<>();
  final List<CarrierDelay> delays = new ArrayList<>();
  @Nullable ClientCertificate certificate;

  /** A tracked thing with the weight of its line; null weight: the thing's own. */
  record Tracked(String name, @Nullable Weight weight, At at) {}

  /** Trackers of an instance or a group. */
  static final class Trackers {
    final Plan plan;
    final String owner;
    final List<Tracked> interfaces = new ArrayList<>();
    final List<Tracked> scripts = new ArrayList<>();
    final List<Tracked> files = new ArrayList<>();
    final List<Tracked> processes = new ArrayList<>();
    final List<Tracked> bfds = new ArrayList<>();
    final Map<String, At> seen = new HashMap<>();

    Trackers(Plan plan, String owner) {
      this.plan = plan;
      this.owner = owner;
    }
  }
}
