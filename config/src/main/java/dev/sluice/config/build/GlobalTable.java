package dev.sluice.config.build;

import dev.sluice.config.model.GlobalSettings.FlushOnStop;
import dev.sluice.config.table.Addresses;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Keyword;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.Word;
import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code global_defs}: this machine, mail, processes, VRRP. The rest is in GlobalLvsTable. */
final class GlobalTable {
  static final Block<GlobalBuilder> TABLE = Block.named("global_defs");

  private GlobalTable() {}

  private static void identity() {
    TABLE
        .row("router_id", Types.text("NAME"), (b, v) -> b.routerId = v)
        .absentIsError()
        .standard("the host name")
        .meaning("Names this machine in mails.");
    TABLE
        .flag("process_names", b -> b.processNames = true)
        .noEffect()
        .meaning("Rename the processes; sluice is one, and its threads have names.");
    TABLE
        .row("process_name", Types.text("NAME", 15), (b, v) -> b.processName = v)
        .standard("java")
        .meaning("Name of the process, as ps and pidof show it, 15 characters at most.");
    for (String process : List.of("vrrp", "checker", "bfd")) {
      Keyword<GlobalBuilder> row =
          TABLE
              .row(
                  process + "_process_name",
                  Types.text("NAME", 15),
                  (b, v) -> process(b, process).name = v)
              .noEffect()
              .standard("keepalived")
              .meaning("Name of the " + process + " process, 15 characters at most.");
      if (process.equals("checker")) {
        row.alias("lvs_process_name");
      }
    }
    TABLE
        .lines(
            "notification_email",
            "ADDRESS",
            _ -> {},
            (b, args) -> args.rest().forEach(word -> b.mailTo.add(word.text())))
        .atLeastOneLine()
        .meaning("Who gets mail.");
    TABLE
        .row("notification_email_from", Types.text("ADDRESS"), (b, v) -> b.mailFrom = v)
        .absentIsError()
        .standard("user@host")
        .meaning("Sender of the mails.");
    TABLE
        .rowAt("smtp_server", Types.text("ADDRESS|NAME [PORT]"), GlobalTable::smtpServer)
        .standard("none")
        .meaning("Where mails are handed in; port 25.");
    TABLE
        .row(
            "smtp_helo_name",
            Types.optional(Types.text("NAME"), ""),
            (b, v) -> b.heloName = v.isEmpty() ? null : v)
        .standard("the host name")
        .meaning("Name in the mail greeting.");
    TABLE
        .row(
            "smtp_connect_timeout",
            Types.seconds(),
            (b, v) -> b.mailTimeout = v.isZero() ? java.time.Duration.ofSeconds(1) : v)
        .standard("30")
        .meaning("Seconds to wait for the mail server.");
    TABLE
        .row("smtp_alert", Types.optionalBool(), (b, v) -> b.alert = v)
        .standard("unset: checkers on, VRRP off,")
        .meaning("Mail for checkers and VRRP alike.");
    TABLE
        .row("smtp_alert_vrrp", Types.optionalBool(), (b, v) -> b.alertVrrp = v)
        .standard("smtp_alert, else off,")
        .meaning("Mail for VRRP.");
    TABLE
        .row("smtp_alert_checker", Types.optionalBool(), (b, v) -> b.alertChecker = v)
        .standard("smtp_alert, else on,")
        .meaning("Mail for checkers.");
    TABLE.flag("no_email_faults", b -> b.noFaultMail = true).meaning("No mail on FAULT.");
    TABLE
        .row("no_checker_emails", Types.optionalBool(), (b, v) -> b.noCheckerMail = v)
        .standard("off")
        .meaning("No mail when a real server changes.");
    TABLE
        .row("checker_log_all_failures", Types.optionalBool(), (b, v) -> b.logAllFailures = v)
        .notYet()
        .standard("off")
        .meaning("Log every failed check, not only the first and the last.");
  }

  static GlobalBuilder.Priority process(GlobalBuilder b, String name) {
    return switch (name) {
      case "vrrp" -> b.vrrp;
      case "checker" -> b.checker;
      default -> b.bfd;
    };
  }

  private static void smtpServer(GlobalBuilder b, String host, Args args) {
    Word port = args.poll();
    Long number = port == null ? null : Types.integer(args, port, 1, 65535);
    if (Addresses.parse(host) == null && args.context().environment().resolve(host).isEmpty()) {
      args.invalid(
          args.words().get(1),
          "unknown-host",
          "the mail server '" + host + "' cannot be found",
          "write its address, or mend the name service");
      return;
    }
    b.mailServer = host;
    b.mailPort = number == null ? 25 : number.intValue();
  }

  private static void scripts() {
    TABLE
        .row("startup_script", Types.command(), (b, v) -> b.startup = v)
        .absentIsError()
        .meaning("Run before the daemon's work begins.");
    TABLE
        .row("shutdown_script", Types.command(), (b, v) -> b.shutdown = v)
        .absentIsError()
        .meaning("Run after the daemon's work ended.");
    TABLE
        .row("startup_script_timeout", Types.seconds("1", "1000"), (b, v) -> b.startupTimeout = v)
        .standard("10")
        .meaning("Seconds the script may take.");
    TABLE
        .row("shutdown_script_timeout", Types.seconds("1", "1000"), (b, v) -> b.shutdownTimeout = v)
        .standard("10")
        .meaning("Seconds the script may take.");
    TABLE
        .row(
            "script_user",
            Types.orElse(Types.user(), Scripts.NO_USER),
            (b, v) -> {
              b.scriptUserFaulty = v.equals(Scripts.NO_USER);
              b.scriptUser = b.scriptUserFaulty ? null : v;
            })
        .faultMeans("every script without a user of its own is removed")
        .standard("keepalived_script")
        .absentIsError()
        .meaning("Whom scripts run as.");
    TABLE
        .flag("enable_script_security", b -> b.enableScriptSecurity = true)
        .meaning("Root runs no script that others may change.");
    TABLE
        .row("use_symlink_paths", Types.optionalBool(), (b, v) -> b.useSymlinkPaths = v)
        .since("2.3")
        .noEffect()
        .standard("off")
        .meaning("Scripts always run under the given name; both paths are held to be safe.");
    TABLE
        .row("set_supplementary_groups", Types.optionalBool(), (b, v) -> b.supplementaryGroups = v)
        .since("2.3")
        .standard("off")
        .meaning("Scripts get all the user's groups.");
    TABLE
        .row("notify_timeout", Types.seconds(), (b, v) -> b.notifyTimeout = v)
        .since("sluice")
        .standard("60")
        .meaning("Seconds after which a notify script is ended; 0: never.");
  }

  private static void vrrp() {
    TABLE
        .row("vrrp_version", Types.integer(2, 3), (b, v) -> b.version = v.intValue())
        .standard("2")
        .meaning("VRRP version of IPv4 instances.");
    TABLE
        .row("vrrp_strict", Types.optionalBool(), (b, v) -> b.strict = v)
        .standard("off")
        .meaning("The letter of the RFC for all instances.");
    TABLE
        .row("default_interface", Types.text("INTERFACE"), (b, v) -> b.defaultInterface = v)
        .standard("eth0")
        .absentIsError()
        .meaning("Interface of static addresses that name none.");
    TABLE
        .row(
            "dynamic_interfaces",
            Types.optional(Types.oneOf(Map.of("allow_if_changes", true)), false),
            (b, v) -> {
              b.dynamicInterfaces = true;
              b.allowInterfaceChanges = v;
            })
        .meaning(
            "Interfaces may be absent at the start; they may always go, come back and change.");
    group("vrrp_mcast_group4", "224.0.0.18", true);
    group("vrrp_mcast_group6", "ff02::12", false);
    garp();
    TABLE
        .row("vrrp_lower_prio_no_advert", Types.optionalBool(), (b, v) -> b.lowerPrioNoAdvert = v)
        .standard("off")
        .meaning("A MASTER does not answer an advert of lower priority.");
    TABLE
        .row(
            "vrrp_higher_prio_send_advert",
            Types.optionalBool(),
            (b, v) -> b.higherPrioSendAdvert = v)
        .standard("on")
        .meaning("A MASTER sends one last advert before giving way (keepalived: off).");
    TABLE
        .row(
            "vrrp_down_timer_adverts",
            Types.integer(1, 100),
            (b, v) -> b.downTimerAdverts = v.intValue())
        .standard("3")
        .meaning("Adverts that may be missing before the MASTER counts as gone.");
    TABLE
        .flag("vrrp_check_unicast_src", b -> b.checkUnicastSource = true)
        .meaning("Accept adverts from listed peers only.");
    TABLE
        .row("vrrp_skip_check_adv_addr", Types.optionalBool(), (b, v) -> b.skipCheckAdvAddr = v)
        .standard("off")
        .meaning("Do not compare the addresses of adverts from the same sender again.");
    TABLE
        .row("vrrp_owner_ignore_adverts", Types.optionalBool(), (b, v) -> b.ownerIgnoreAdverts = v)
        .since("2.3")
        .standard("off")
        .meaning("An address owner drops adverts.");
    TABLE
        .flag("v3_checksum_as_v2", b -> b.checksumAsV2 = true)
        .since("2.3")
        .meaning("Version 3 checksum without pseudo header.");
    TABLE
        .row("vrrp_startup_delay", Types.secondsFrom("0.001"), (b, v) -> b.startupDelay = v)
        .standard("0")
        .meaning("Seconds in which no instance moves after the start.");
    TABLE
        .row("vrrp_delay_after_boot", Types.seconds(), (b, v) -> b.delayAfterBoot = v)
        .since("2.3")
        .standard("0")
        .meaning("The same, counted from boot; the longer one counts.");
    TABLE
        .row(
            "vrrp_notify_priority_changes",
            Types.optionalBool(),
            (b, v) -> b.notifyPriorityChanges = v)
        .standard("off")
        .meaning("Notify changes of the effective priority, too.");
    TABLE
        .flag("log_unknown_vrids", b -> b.logUnknownVrids = true)
        .meaning("Log, once each, virtual routers that are not ours.");
  }

  private static void group(String keyword, String standard, boolean v4) {
    TABLE
        .rowAt(
            keyword,
            Types.samples(Types.address(), List.of(standard), List.of("10.0.0.1", "x")),
            (b, v, a) -> {
              if (v instanceof Inet4Address != v4 || !v.isMulticastAddress()) {
                a.invalid(
                    a.words().get(1),
                    "not-multicast",
                    v.getHostAddress() + " is no " + (v4 ? "IPv4" : "IPv6") + " multicast address",
                    standard + " is the standard's");
              } else if (v4) {
                b.group4 = v;
              } else {
                b.group6 = v;
              }
            })
        .standard(standard)
        .meaning("Multicast group of adverts.");
  }

  private static void garp() {
    TABLE
        .row("vrrp_garp_master_delay", Types.seconds(), (b, v) -> b.garp.delay = v)
        .standard("5")
        .meaning("Seconds until the second burst of gratuitous ARP; 0: none.");
    TABLE
        .row(
            "vrrp_garp_master_repeat",
            Types.integer(0, Integer.MAX_VALUE),
            (b, v) -> b.garp.repeat = Math.max(1, v.intValue()))
        .standard("5")
        .meaning("Packets per burst.");
    TABLE
        .row("vrrp_garp_master_refresh", Types.seconds(), (b, v) -> b.garp.refresh = v)
        .standard("0")
        .meaning("Seconds between refreshing bursts; 0: none.");
    TABLE
        .row(
            "vrrp_garp_master_refresh_repeat",
            Types.integer(0, Integer.MAX_VALUE),
            (b, v) -> b.garp.refreshRepeat = Math.max(1, v.intValue()))
        .standard("1")
        .meaning("Packets of a refreshing burst.");
    TABLE
        .row("vrrp_garp_lower_prio_delay", Types.seconds(), (b, v) -> b.garp.lowerPrioDelay = v)
        .standard("vrrp_garp_master_delay")
        .meaning("Second burst after an advert of lower priority.");
    TABLE
        .row(
            "vrrp_garp_lower_prio_repeat",
            Types.integer(0, Integer.MAX_VALUE),
            (b, v) -> b.garp.lowerPrioRepeat = v.intValue())
        .standard("vrrp_garp_master_repeat")
        .meaning("Packets at once after an advert of lower priority.");
    TABLE
        .row("vrrp_garp_interval", Types.secondsFrom("0.000001"), (b, v) -> b.garp.interval = v)
        .standard("0, back to back,")
        .meaning("Gap between two packets of gratuitous ARP.");
    TABLE
        .row("vrrp_gna_interval", Types.secondsFrom("0.000001"), (b, v) -> b.gnaInterval = v)
        .standard("0, back to back,")
        .meaning("Gap between two neighbour advertisements.");
    TABLE
        .row("vrrp_min_garp", Types.optionalBool(), (b, v) -> b.minGarp = v)
        .standard("off")
        .meaning("One packet and no second burst.");
    TABLE
        .row(
            "vrrp_garp_extra_if",
            new AllAndSeconds(),
            (b, v) -> {
              b.garpExtraAll = v.all();
              b.garpExtraInterface = v.seconds();
            })
        .old("vrrp_vmac_garp_intvl")
        .standard("0")
        .meaning(
            "Announce addresses on VMACs that carry no adverts so often, in seconds; all: on every"
                + " VMAC.");
    TABLE
        .row("vip_lease", Types.integer(0, 86400), (b, v) -> b.vipLease = v.intValue())
        .since("sluice")
        .standard("10 s; 0: for ever")
        .meaning(
            "How long the kernel keeps a virtual address that the daemon, killed or hung, does not"
                + " renew; it runs once another router of the group was heard.");
  }

  /** {@code [all] SECONDS}. */
  private static final class AllAndSeconds
      implements dev.sluice.config.table.ValueType<AllAndSeconds.Value> {
    record Value(boolean all, int seconds) {}

    @Override
    public String syntax() {
      return "[all] 1..86400";
    }

    @Override
    public @org.jspecify.annotations.Nullable Value read(Args args) {
      boolean all = args.take("all");
      Word word = args.require("seconds 1..86400");
      Long seconds = word == null ? null : Types.integer(args, word, 1, 86400);
      return seconds == null ? null : new Value(all, seconds.intValue());
    }

    @Override
    public List<String> accepted() {
      return List.of("1", "86400", "all 60");
    }

    @Override
    public List<String> refused() {
      return List.of("0", "86401", "all x");
    }
  }

  private static void machinery() {
    TABLE
        .rowAt(
            "vrrp_iptables",
            Types.optional(Types.text("IN [OUT]"), "INPUT"),
            (b, v, a) -> {
              b.iptablesIn = v;
              Word out = a.poll();
              b.iptablesOut = out == null ? a.words().size() > 1 ? null : "OUTPUT" : out.text();
            })
        .noEffect()
        .standard("INPUT OUTPUT")
        .meaning("Firewall rules by iptables, in these chains; sluice uses nftables.");
    TABLE
        .rowAt(
            "vrrp_ipsets",
            Types.optional(Types.text("NAME …"), ""),
            (b, v, a) -> {
              b.ipsets.add(v);
              a.rest().forEach(word -> b.ipsets.add(word.text()));
            })
        .noEffect()
        .standard("keepalived, keepalived6, …")
        .meaning("Names of up to six ip sets; sluice uses nftables.");
    TABLE
        .row(
            "nftables", Types.optional(Types.text("TABLE"), "keepalived"), (b, v) -> b.nftables = v)
        .standard("keepalived")
        .meaning("Table of the firewall rules.");
    TABLE
        .row(
            "nftables_priority",
            Types.integer(Integer.MIN_VALUE, Integer.MAX_VALUE),
            (b, v) -> b.nftablesPriority = v.intValue())
        .standard("-1")
        .meaning("Priority of the table's chains.");
    TABLE
        .flag("nftables_ifindex", b -> b.nftablesByIndex = true)
        .noEffect()
        .meaning("Rules name interfaces by number; sluice names them.");
    TABLE.flag("nftables_counters", b -> b.nftablesCounters = true).meaning("Rules count packets.");
    TABLE
        .row("vrrp_rx_bufs_policy", Types.text("MTU|ADVERT|BYTES"), (b, v) -> b.rxPolicy = v)
        .standard("1 MiB")
        .meaning("Size of receive buffers; MTU and ADVERT ask for less than sluice takes.");
    TABLE
        .row(
            "vrrp_rx_bufs_multiplier",
            Types.integer(1, Integer.MAX_VALUE),
            (b, v) -> b.rxMultiplier = v.intValue())
        .noEffect()
        .standard("3")
        .meaning("How many adverts fit.");
    buffer("vrrp_netlink_cmd", Keyword.Built.NO_EFFECT, b -> b.vrrpCommand);
    buffer("vrrp_netlink_monitor", Keyword.Built.YES, b -> b.vrrpMonitor);
    buffer("lvs_netlink_cmd", Keyword.Built.NO_EFFECT, b -> b.lvsCommand);
    buffer("lvs_netlink_monitor", Keyword.Built.NO_EFFECT, b -> b.lvsMonitor);
    buffer("process_monitor", Keyword.Built.YES, b -> b.processMonitor);
    TABLE
        .row("vmac_prefix", Types.text("PREFIX", 10), (b, v) -> b.vmacPrefix = v)
        .standard("vrrp")
        .meaning("Prefix of macvlan names.");
    TABLE
        .row("vmac_addr_prefix", Types.text("PREFIX", 10), (b, v) -> b.vmacAddressPrefix = v)
        .standard("vrrp")
        .meaning("Prefix of macvlan names for addresses on other interfaces.");
    TABLE
        .flag("disable_local_igmp", b -> b.disableLocalIgmp = true)
        .notYet()
        .meaning("The parent leaves IGMP to the macvlan.");
    pipe("", b -> b.fifo);
    pipe("vrrp_", b -> b.vrrpFifo);
    pipe("lvs_", b -> b.lvsFifo);
    TABLE
        .flag("fifo_write_vrrp_states_on_reload", b -> b.statesOnReload = true)
        .meaning("Write all states to the pipes after a reload.");
  }

  private static void buffer(
      String prefix, Keyword.Built built, Function<GlobalBuilder, GlobalBuilder.BufferSize> of) {
    TABLE
        .row(
            prefix + "_rcv_bufs",
            Types.integer(1, Integer.MAX_VALUE),
            (b, v) -> of.apply(b).bytes = v)
        .as(built)
        .standard("some MiB")
        .meaning("Receive buffer in bytes.");
    TABLE
        .row(prefix + "_rcv_bufs_force", Types.optionalBool(), (b, v) -> of.apply(b).forced = v)
        .as(built)
        .standard("off")
        .meaning("Also beyond the system's limit.");
  }

  private static void pipe(String prefix, Function<GlobalBuilder, GlobalBuilder.Pipe> of) {
    TABLE
        .row(
            prefix + "notify_fifo",
            Types.command(),
            (b, v) -> {
              of.apply(b).path = v.command().get(0);
              of.apply(b).user = v.user();
            })
        .absentIsError()
        .meaning("PATH [USER [GROUP]] of a pipe that gets a line for every change.");
    TABLE
        .row(prefix + "notify_fifo_script", Types.command(), (b, v) -> of.apply(b).script = v)
        .absentIsError()
        .meaning("Started once, with the pipe's path as last argument.");
  }

  /** lvs_flush_on_stop's word. */
  static final Map<String, FlushOnStop> FLUSH = Map.of("VS", FlushOnStop.VIRTUAL_SERVERS);

  static {
    identity();
    scripts();
    GlobalLvsTable.processes(TABLE);
    vrrp();
    machinery();
    GlobalLvsTable.lvs(TABLE);
    GlobalLvsTable.interfaces(TABLE);
  }
}
