package dev.sluice.config.build;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.VirtualServer;
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
    List<VrrpInstance> instances = vrrp.instances();
    Set<String> running = new HashSet<>();
    instances.forEach(instance -> running.add(instance.name()));
    List<VrrpSyncGroup> groups = vrrp.groups(running);
    List<VrrpScript> vrrpScripts = vrrp.scripts();
    vrrp.judgeInterfaces();
    List<VirtualServer> servers = new LvsCompletion(plan, context, scripts).virtualServers();
    scripts.judge();
    return new Configuration(plan.global.build(), vrrpScripts, groups, instances, servers);
  }
}
