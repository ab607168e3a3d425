package dev.sluice.config.build;

import dev.sluice.config.model.ClientCertificate;
import dev.sluice.config.model.ProcessSettings.CarrierDelay;
import dev.sluice.config.model.ProcessSettings.PolledInterface;
import dev.sluice.config.model.TrackGroup;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Context;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The outermost keywords. */
final class RootTable {
  static final Block<Plan> TABLE = Block.named("the configuration");

  private RootTable() {}

  private static void processes() {
    TABLE
        .row("net_namespace", Types.text("NAME"), (b, v) -> b.networkNamespace = v)
        .absentIsError()
        .meaning("Network namespace to run in, as made by ip netns; a reload cannot change it.");
    TABLE
        .row(
            "net_namespace_ipvs",
            Types.optional(Types.text("NAME"), ""),
            (b, v) -> b.ipvsNamespace = v)
        .notYet()
        .standard("net_namespace")
        .meaning("Namespace of IPVS; no name: the original one.");
    TABLE
        .flag("namespace_with_ipsets", b -> b.namespaceWithIpsets = true)
        .noEffect()
        .meaning("Allow ip sets in a namespace; sluice needs none.");
    TABLE
        .row("instance", Types.text("NAME"), (b, v) -> b.instanceName = v)
        .absentIsError()
        .meaning("Tells several daemons on one machine apart in the names of dump files.");
    TABLE
        .flag("use_pid_dir", b -> b.usePidDirectory = true)
        .noEffect()
        .meaning("PID files in a directory of their own; sluice has its runtime directory.");
    TABLE
        .row("child_wait_time", Types.seconds(), (b, v) -> b.childWaitTime = v)
        .noEffect()
        .standard("5")
        .meaning("Seconds that child processes have to end; sluice has none.");
    TABLE
        .flag("linkbeat_use_polling", b -> b.linkbeatPolling = true)
        .meaning("Ask drivers for carriers once a second, and do not rely on the kernel's word.");
    TABLE
        .lines("linkbeat_interfaces", "INTERFACE [MII|ETHTOOL|IOCTL]", _ -> {}, RootTable::polled)
        .meaning("Poll the carriers of these only.");
    TABLE
        .lines("interface_up_down_delays", "INTERFACE DOWN [UP]", _ -> {}, RootTable::delay)
        .meaning(
            "Seconds (0..255) that a carrier must be steady before it counts; UP is 0 when left out.");
  }

  private static void polled(Plan b, Args args) {
    Word name = args.poll();
    Word method = args.poll();
    if (name == null || absent(args, name)) {
      return;
    }
    String way = method == null ? null : method.text();
    if (method != null && !Set.of("MII", "ETHTOOL", "IOCTL").contains(method.text())) {
      args.invalid(
          method, "unknown-value", "unknown way to poll '" + way + "'", "MII, ETHTOOL or IOCTL");
      way = null;
    }
    b.polled.add(new PolledInterface(name.text(), way));
  }

  private static void delay(Plan b, Args args) {
    Word name = args.poll();
    if (name == null || absent(args, name)) {
      return;
    }
    Duration down = args.hasNext() ? Types.seconds("0", "255").read(args) : Duration.ZERO;
    Duration up = args.hasNext() ? Types.seconds("0", "255").read(args) : Duration.ZERO;
    if (down != null && up != null) {
      b.delays.add(new CarrierDelay(name.text(), down, up));
    }
  }

  private static boolean absent(Args args, Word name) {
    if (args.context().environment().interfaceExists(name.text())) {
      return false;
    }
    args.rest();
    args.invalid(name, "no-such-interface", "there is no interface '" + name.text() + "'", "");
    return true;
  }

  private static void statics() {
    TABLE
        .lines(
            "static_ipaddress",
            "ADDRESS[/LENGTH] [options]",
            _ -> {},
            (b, args) -> {
              AddressLine.Parsed parsed = AddressLine.read(b, args, true);
              if (parsed != null) {
                b.unknownDevice |= parsed.unknownDevice();
                b.staticAddresses.add(parsed.address());
              }
            })
        .meaning("Addresses that are always there.");
    TABLE
        .lines(
            "static_routes",
            "ROUTE",
            _ -> {},
            (b, args) -> {
              RouteLine.Parsed parsed = RouteLine.read(b, args, true);
              b.unknownDevice |= parsed.unknownDevice();
              if (parsed.route() != null) {
                b.staticRoutes.add(parsed.route());
              }
            })
        .meaning("Routes that are always there.");
    TABLE
        .lines(
            "static_rules",
            "RULE",
            _ -> {},
            (b, args) -> {
              RuleLine.Parsed parsed = RuleLine.read(b, args, true);
              b.unknownDevice |= parsed.unknownDevice();
              if (parsed.rule() != null) {
                b.staticRules.add(parsed.rule());
              }
            })
        .meaning("Routing rules that are always there.");
    Block<List<String>> group = Block.named("track_group");
    group
        .lines(
            "group",
            "INSTANCE",
            _ -> {},
            (b, args) -> args.rest().forEach(word -> b.add(word.text())))
        .meaning("The instances.");
    TABLE
        .block(
            "track_group",
            "NAME",
            group,
            (b, args) -> {
              Word name = name(b.trackGroups.keySet(), args, "track_group");
              if (name == null) {
                return null;
              }
              List<String> members = new ArrayList<>();
              members.add(name.text());
              return members;
            },
            (b, child, context) ->
                b.trackGroups.put(
                    child.get(0), new TrackGroup(child.get(0), child.subList(1, child.size()))))
        .meaning(
            "The instances that the loss of a static object concerns; sluice puts it back at once,"
                + " so that none suffers.");
  }

  private static void trackers() {
    TABLE
        .block(
            "vrrp_script",
            "NAME",
            ScriptTable.TABLE,
            (b, args) -> {
              Word name = name(b.scripts.keySet(), args, "vrrp_script");
              return name == null ? null : new ScriptBuilder(name.text(), name.at());
            },
            RootTable::closeScript)
        .meaning("A command whose result moves priorities.");
    TABLE
        .block(
            "vrrp_track_process",
            "NAME",
            TrackerTables.PROCESS,
            (b, args) -> {
              Word name = name(b.trackProcesses.keySet(), args, "vrrp_track_process");
              return name == null ? null : new TrackProcessBuilder(name.text(), name.at());
            },
            (b, child, context) -> {
              if (child.command.isEmpty()) {
                leftOut(context, child.at, "vrrp_track_process " + child.name, "process");
              } else {
                b.trackProcesses.put(child.name, child);
              }
            })
        .meaning("Processes whose presence moves priorities.");
    TABLE
        .block(
            "track_file",
            "NAME",
            TrackerTables.FILE,
            (b, args) -> {
              Word name = name(b.trackFiles.keySet(), args, "track_file");
              return name == null ? null : new TrackFileBuilder(name.text(), name.at());
            },
            (b, child, context) -> {
              if (child.file == null) {
                leftOut(context, child.at, "track_file " + child.name, "file");
              } else {
                b.trackFiles.put(child.name, child);
              }
            })
        .alias("vrrp_track_file")
        .meaning("A file whose number moves priorities.");
    TABLE
        .block(
            "bfd_instance",
            "NAME",
            TrackerTables.BFD,
            RootTable::openBfd,
            (b, child, context) -> b.bfds.put(child.name, child))
        .notYet()
        .meaning("A BFD session.");
    TABLE
        .block(
            "garp_group",
            "",
            GarpGroupBuilder.TABLE,
            (b, args) -> new GarpGroupBuilder(b, args.at()),
            RootTable::closeGarpGroup)
        .meaning("Interfaces that share a rate of gratuitous ARP.");
  }

  private static void closeScript(Plan b, ScriptBuilder child, Context context) {
    if (child.command == null) {
      leftOut(context, child.at, "vrrp_script " + child.name, "script");
    } else if (!child.userFaulty) {
      b.scripts.put(child.name, child);
    }
  }

  private static void leftOut(Context context, At at, String what, String keyword) {
    context
        .diagnostics()
        .error(at, "no-" + keyword, what + " has no " + keyword, "it is left out", keyword + " …");
  }

  private static @Nullable BfdBuilder openBfd(Plan b, Args args) {
    Word name = name(b.bfds.keySet(), args, "bfd_instance");
    if (name == null) {
      return null;
    }
    if (name.text().length() > 31) {
      args.diagnostics()
          .error(
              name.at(),
              "too-long",
              "the name '" + name.text() + "' is longer than 31 characters",
              "the bfd_instance is skipped",
              "");
      return null;
    }
    return new BfdBuilder(name.text(), name.at());
  }

  private static void closeGarpGroup(Plan b, GarpGroupBuilder child, Context context) {
    if (child.garpInterval == null && child.gnaInterval == null) {
      leftOut(context, child.at, "the garp_group", "garp_interval");
    } else if (child.interfaces.isEmpty()) {
      leftOut(context, child.at, "the garp_group", "interface");
    } else {
      b.garpGroups.add(child);
    }
  }

  private static void vrrp() {
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
  }

  private static void lvs() {
    TABLE
        .lines("lvs_settings", "NAME VALUE", b -> {}, LvsSettings::line)
        .since("sluice")
        .meaning(LvsSettings.MEANING);
    TABLE
        .block(
            "virtual_server",
            "ADDRESS [PORT]|fwmark N|group NAME",
            VirtualServerTable.TABLE,
            (b, args) -> VirtualServerTable.open(args),
            (b, child, context) -> b.virtualServers.add(child))
        .meaning("A balanced service.");
    TABLE
        .namedLines(
            "virtual_server_group",
            "NAME",
            "ADDRESS [PORT]|ADDRESS-LAST [PORT]|ADDRESS/LENGTH [PORT]|fwmark N",
            (b, args) -> {
              Word name = name(b.serverGroups.keySet(), args, "virtual_server_group");
              return name == null ? null : new VirtualServerGroups.Builder(name.text(), name.at());
            },
            VirtualServerGroups::line,
            (b, child, context) -> {
              if (child.entries.isEmpty()) {
                leftOut(context, child.at, "virtual_server_group " + child.name, "address");
              } else {
                b.serverGroups.put(child.name, child);
              }
            })
        .meaning("Addresses and marks that are balanced as one service.");
    Block<String[]> ssl = Block.named("SSL");
    ssl.row("password", Types.text("PASSWORD"), (b, v) -> b[0] = v).meaning("Of the key.");
    ssl.row("ca", Types.text("FILE"), (b, v) -> b[1] = v).meaning("Certificates of authorities.");
    ssl.row("certificate", Types.text("FILE"), (b, v) -> b[2] = v).meaning("Our certificate.");
    ssl.row("key", Types.text("FILE"), (b, v) -> b[3] = v).meaning("Its key.");
    TABLE
        .block(
            "SSL",
            "",
            ssl,
            (b, args) -> new @Nullable String[4],
            (b, child, context) ->
                b.certificate = new ClientCertificate(child[0], child[1], child[2], child[3]))
        .notYet()
        .meaning("The client certificate of SSL_GET; the server's is never verified.");
  }

  private static void dialects() {
    String text = "a block of Alibaba's LVS and of DPVS; sluice leaves it out as keepalived does";
    for (String keyword :
        List.of(
            "local_address_group",
            "deny_address_group",
            "allow_address_group",
            "blklst_address_group",
            "whtlst_address_group")) {
      TABLE.flag(keyword, b -> {}).dialect(text);
    }
  }

  /** The name behind a block's keyword; null when it is missing or taken. */
  private static @Nullable Word name(Collection<String> taken, Args args, String block) {
    Word word = args.poll();
    if (word == null) {
      args.diagnostics()
          .error(
              args.at(),
              "no-name",
              block + " has no name",
              "the block is skipped",
              block + " NAME {");
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
    TABLE
        .block(
            "global_defs", "", GlobalTable.TABLE, (b, args) -> b.global, (b, child, context) -> {})
        .meaning("What holds for everything.");
    processes();
    statics();
    trackers();
    vrrp();
    lvs();
    dialects();
  }
}
