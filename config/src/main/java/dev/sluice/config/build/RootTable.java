package dev.sluice.config.build;

import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.Word;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outermost keywords. */
final class RootTable {
  static final Block<Plan> TABLE = Block.named("the configuration");

  private RootTable() {}

  private static <T> void later(String name, ValueType<T> type, String meaning) {
    TABLE.row(name, type, (b, v) -> {}).notYet().meaning(meaning);
  }

  private static void processes() {
    later("net_namespace", Types.text("NAME"), "Network namespace to run in.");
    later("net_namespace_ipvs", Types.optional(Types.text("NAME"), ""), "Namespace of IPVS.");
    later("namespace_with_ipsets", Types.flag(), "ip sets in a namespace.");
    later("instance", Types.text("NAME"), "Tells several daemons on one machine apart.");
    later("use_pid_dir", Types.flag(), "PID files in a directory of their own.");
    later("child_wait_time", Types.seconds(), "Seconds to wait for the end.");
    later("linkbeat_use_polling", Types.flag(), "Poll carriers.");
    later2("linkbeat_interfaces", "INTERFACE [MII|ETHTOOL|IOCTL]", "Interfaces to poll.");
    later2("interface_up_down_delays", "INTERFACE DOWN [UP]", "Seconds a carrier must be steady.");
    later2("static_ipaddress", "ADDRESS[/LENGTH] [options]", "Addresses that are always there.");
    later2("static_routes", "ROUTE", "Routes that are always there.");
    later2("static_rules", "RULE", "Routing rules that are always there.");
  }

  private static void later2(String name, String line, String meaning) {
    TABLE.lines(name, line, _ -> {}, (b, args) -> args.rest()).notYet().meaning(meaning);
  }

  private static void blocks() {
    TABLE
        .block(
            "global_defs", "", GlobalTable.TABLE, (b, args) -> b.global, (b, child, context) -> {})
        .meaning("What holds for everything.");
    TABLE
        .block(
            "vrrp_script",
            "NAME",
            ScriptTable.TABLE,
            (b, args) -> {
              Word name = name(b.scripts.keySet(), args, "vrrp_script");
              return name == null ? null : new ScriptBuilder(name.text(), name.at());
            },
            (b, child, context) -> {
              if (child.command == null) {
                context
                    .diagnostics()
                    .error(
                        child.at,
                        "no-script",
                        "vrrp_script " + child.name + " has no script",
                        "it is left out",
                        "script \"COMMAND\"");
              } else {
                b.scripts.put(child.name, child);
              }
            })
        .meaning("A command whose result moves priorities.");
    TABLE
        .block(
            "vrrp_sync_group",
            "NAME",
            SyncGroupTable.TABLE,
            (b, args) -> {
              Word name =
                  name(b.syncGroups.stream().map(g -> g.name).toList(), args, "vrrp_sync_group");
              return name == null ? null : new SyncGroupBuilder(b, name.text(), name.at());
            },
            (b, child, context) -> b.syncGroups.add(child))
        .meaning("Instances that move together.");
    TABLE
        .block(
            "vrrp_instance",
            "NAME",
            InstanceTable.TABLE,
            (b, args) -> {
              Word name = name(b.instances.keySet(), args, "vrrp_instance");
              if (name == null) {
                return null;
              }
              InstanceBuilder instance = new InstanceBuilder(b, name.text(), name.at());
              b.instances.put(name.text(), instance);
              return instance;
            },
            (b, child, context) -> {})
        .meaning("A virtual router.");
    TABLE
        .block(
            "virtual_server",
            "ADDRESS [PORT]|fwmark N|group NAME",
            VirtualServerTable.TABLE,
            (b, args) -> VirtualServerTable.open(args),
            (b, child, context) -> b.virtualServers.add(child))
        .meaning("A balanced service.");
    for (String unread :
        List.of("virtual_server_group", "bfd_instance", "vrrp_track_process", "track_group")) {
      TABLE
          .lines(unread, "LINE", _ -> {}, (b, args) -> args.rest())
          .notYet()
          .meaning("Not read yet.");
    }
  }

  /** The name behind a block's keyword; null when it is missing or taken. */
  private static @Nullable Word name(java.util.Collection<String> taken, Args args, String block) {
    Word word = args.require("a name");
    if (word == null) {
      return null;
    }
    if (taken.contains(word.text())) {
      args.rest();
      args.diagnostics()
          .error(
              word.at(),
              "duplicate-name",
              block + " '" + word.text() + "' is defined a second time",
              "the second one is skipped",
              "give it a name of its own");
      return null;
    }
    args.context().positions().put(block + " " + word.text(), Diagnostics.position(word.at()));
    return word;
  }

  static {
    processes();
    blocks();
  }
}
