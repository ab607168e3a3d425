package dev.sluice.config.build;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.FurtherConfiguration;
import dev.sluice.config.model.GlobalDefs;
import dev.sluice.config.model.ProcessSettings;
import dev.sluice.config.model.StaticObjects;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.config.table.Context;
import dev.sluice.config.table.Parser;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The way from lines to the finished model. */
public final class Loader {
  private Loader() {}

  /** Reads everything the context's reader gives. */
  public static Configuration load(Context context) {
    Plan plan = new Plan();
    new Parser(context, RootTable.TABLE).parse(RootTable.TABLE, plan);
    Scripts scripts = new Scripts(context.environment(), context.diagnostics(), plan.global);
    VrrpCompletion vrrp = new VrrpCompletion(plan, context, scripts);
    LvsCompletion lvs = new LvsCompletion(plan, context, scripts);
    LvsCompletion.Services services = lvs.services();
    scripts.counting(vrrp.runs() && !vrrp.interfaceMissing());
    List<VrrpInstance> instances = vrrp.instances();
    Set<String> running = new HashSet<>();
    instances.forEach(instance -> running.add(instance.name()));
    List<VrrpSyncGroup> groups = vrrp.groups(running);
    List<VrrpScript> vrrpScripts = vrrp.scripts();
    vrrp.judgeInterfaces();
    GlobalDefs global = plan.global.build(scripts);
    FurtherConfiguration further = further(plan, context, services);
    scripts.judge();
    Configuration configuration =
        new Configuration(global, vrrpScripts, groups, instances, services.services(), further);
    new ElectionLint(plan, configuration, context).run();
    new Lint(plan, configuration, context).run();
    return configuration;
  }

  private static FurtherConfiguration further(
      Plan plan, Context context, LvsCompletion.Services services) {
    FurtherConfiguration further =
        new FurtherConfiguration(
            new ProcessSettings(
                plan.networkNamespace,
                plan.ipvsNamespace,
                plan.namespaceWithIpsets,
                plan.instanceName,
                plan.usePidDirectory,
                plan.childWaitTime,
                plan.linkbeatPolling,
                plan.polled,
                plan.delays),
            new StaticObjects(plan.staticAddresses, plan.staticRoutes, plan.staticRules),
            List.copyOf(plan.trackGroups.values()),
            plan.trackFiles.values().stream().map(TrackFileBuilder::build).toList(),
            plan.trackProcesses.values().stream().map(TrackProcessBuilder::build).toList(),
            BfdCompletion.instances(plan, context.diagnostics()),
            plan.garpGroups.stream().map(GarpGroupBuilder::build).toList(),
            plan.serverGroups.values().stream().map(VirtualServerGroups.Builder::build).toList(),
            services.selected(),
            plan.certificate,
            plan.lvsSettings);
    return further.equals(FurtherConfiguration.none()) ? FurtherConfiguration.none() : further;
  }
}
