package dev.sluice.config.build;

import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Keyword;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.net.Inet4Address;
import java.util.List;
import java.util.Map;

/** {@code global_defs}. */
final class GlobalTable {
  static final Block<GlobalBuilder> TABLE = Block.named("global_defs");

  private GlobalTable() {}

  private static void identity() {
    TABLE
        .row("router_id", Types.text("NAME"), (b, v) -> b.routerId = v)
        .absentIsError()
        .standard("the host name")
        .meaning("Names this machine in mails.");
    for (String name :
        List.of("process_name", "vrrp_process_name", "checker_process_name", "bfd_process_name")) {
      Keyword<GlobalBuilder> row =
          TABLE
              .row(name, Types.text("NAME", 15), (b, v) -> {})
              .notYet()
              .standard("keepalived")
              .meaning("Name of a process, 15 characters at most.");
      if (name.equals("checker_process_name")) {
        row.alias("lvs_process_name");
      }
    }
    TABLE.flag("process_names", b -> {}).notYet().meaning("Rename the processes.");
    TABLE
        .lines("notification_email", "ADDRESS", _ -> {}, (b, args) -> args.rest())
        .notYet()
        .meaning("Who gets mail.");
    TABLE
        .row("notification_email_from", Types.text("ADDRESS"), (b, v) -> {})
        .absentIsError()
        .notYet()
        .standard("user@host")
        .meaning("Sender of the mails.");
    TABLE
        .rowAt("smtp_server", Types.text("ADDRESS|NAME [PORT]"), GlobalTable::smtpServer)
        .notYet()
        .meaning("Where mails are handed in; port 25.");
    TABLE
        .row("smtp_helo_name", Types.text("NAME"), (b, v) -> {})
        .absentIsError()
        .notYet()
        .standard("the host name")
        .meaning("Name in the mail greeting.");
    TABLE
        .row("smtp_connect_timeout", Types.seconds(), (b, v) -> {})
        .notYet()
        .standard("30")
        .meaning("Seconds to wait for the mail server.");
    later("smtp_alert", Types.optionalBool(), "Mail for checkers and VRRP alike.");
    later("smtp_alert_vrrp", Types.optionalBool(), "Mail for VRRP; off by default.");
    later("smtp_alert_checker", Types.optionalBool(), "Mail for checkers; on by default.");
    later("no_email_faults", Types.flag(), "No mail on FAULT.");
    later("no_checker_emails", Types.optionalBool(), "No mail when a real server changes.");
    later("checker_log_all_failures", Types.optionalBool(), "Log every failed check.");
  }

  private static void smtpServer(GlobalBuilder b, String host, Args args) {
    Word port = args.poll();
    if (port != null) {
      Types.integer(args, port, 1, 65535);
    }
    if (Types.parseAddress(host) == null && args.context().environment().resolve(host).isEmpty()) {
      args.invalid(
          args.words().get(1),
          "unknown-host",
          "the mail server '" + host + "' cannot be found",
          "write its address, or mend the name service");
    }
  }

  private static <T> Keyword<GlobalBuilder> later(String name, ValueType<T> type, String meaning) {
    return TABLE.row(name, type, (b, v) -> {}).notYet().meaning(meaning);
  }

  private static void scripts() {
    later("startup_script", Types.command(), "Run before the daemon's work begins.");
    later("shutdown_script", Types.command(), "Run after the daemon's work ended.");
    later("startup_script_timeout", Types.seconds("1", "1000"), "Seconds it may take.")
        .standard("10");
    later("shutdown_script_timeout", Types.seconds("1", "1000"), "Seconds it may take.")
        .standard("10");
    TABLE
        .row("script_user", Types.user(), (b, v) -> b.scriptUser = v)
        .standard("keepalived_script")
        .meaning("Whom scripts run as.");
    TABLE
        .flag("enable_script_security", b -> b.enableScriptSecurity = true)
        .meaning("Root runs no script that others may change.");
    TABLE
        .row("use_symlink_paths", Types.optionalBool(), (b, v) -> b.useSymlinkPaths = v)
        .since("2.3")
        .meaning("Run scripts under the given name, not the resolved one.");
    later("set_supplementary_groups", Types.optionalBool(), "Scripts get all the user's groups.")
        .since("2.3");
  }

  private static void processes() {
    later("umask", UMASK, "Mode mask of files that are written.").standard("0177");
    for (String process : List.of("vrrp", "checker", "bfd")) {
      later(process + "_priority", Types.integer(-20, 19), "Nice value.").standard("0");
      later(process + "_no_swap", Types.flag(), "Keep the memory locked.");
      later(process + "_rt_priority", REALTIME, "Real-time priority.").standard("off");
      later(process + "_rlimit_rttime", Types.integer(1, Long.MAX_VALUE / 2), "CPU limit, µs.")
          .old(process + "_rlimit_rtime")
          .standard("10000");
      later(process + "_cpu_affinity", Types.text("CPU …"), "CPUs to run on.");
    }
    later(
            "max_auto_priority",
            Types.optional(Types.integer(-1, 99), 99L),
            "Real-time priority that lateness may lead to.")
        .standard("0");
    later("min_auto_priority_delay", Types.integer(1, 10_000_000), "Lateness that counts, µs.")
        .standard("1000000");
    later("random_seed", Types.integer(0, 0xffffffffL), "Seed of random numbers.");
    TABLE
        .rowAt(
            "include_check",
            Types.text("[+|-] read match wildcard_match brace_match"),
            (b, v, a) -> a.rest())
        .meaning("What a plain include insists on.");
    later("config_save_dir", Types.text("DIRECTORY"), "Where a copy of the configuration is kept.");
    later("tmp_config_directory", Types.text("DIRECTORY"), "Where the copy lies while it is read.");
    later("data_use_instance", Types.optionalBool(), "Instance in the names of dump files.");
    later("json_version", Types.integer(1, 2), "Form of the JSON dump.").since("2.3").standard("1");
    later("state_dump_file", Types.text("FILE"), "Where the data dump goes.").since("2.3");
    later("stats_dump_file", Types.text("FILE"), "Without effect in keepalived.").since("2.3");
    later("json_dump_file", Types.text("FILE"), "Without effect in keepalived.").since("2.3");
    later("iproute_usr_dir", Types.text("DIRECTORY"), "Where rt_tables and its like are.")
        .since("2.3");
    later("iproute_etc_dir", Types.text("DIRECTORY"), "Where rt_tables and its like are.")
        .since("2.3");
    later("reload_check_config", Types.optional(Types.text("LOG"), ""), "Check before a reload.");
    later("reload_time_file", Types.text("FILE"), "File that holds a time to reload at.");
    later("reload_repeat", Types.flag(), "Reload at that time every day.");
    later("reload_file", Types.optional(Types.text("FILE"), ""), "Exists during a reload.");
    later("process_monitor_rcv_bufs", Types.integer(1, Integer.MAX_VALUE), "Bytes for events.");
    later("process_monitor_rcv_bufs_force", Types.flag(), "Beyond the system's limit.");
  }

  private static final ValueType<String> UMASK =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "OCTAL|IRUSR|…";
        }

        @Override
        public @org.jspecify.annotations.Nullable String read(Args args) {
          Word word = args.require("a mask");
          if (word == null) {
            return null;
          }
          if (!word.text().matches("0?[0-7]{1,3}|[A-Z|]+")) {
            args.invalid(
                word, "not-a-mask", "'" + word.text() + "' is no mask", "three octal digits");
            return null;
          }
          return word.text();
        }

        @Override
        public List<String> accepted() {
          return List.of("0177", "022");
        }

        @Override
        public List<String> refused() {
          return List.of("999", "u=rw");
        }
      };

  /** 1..99; beyond that the end of the range counts, with a message. */
  private static final ValueType<Integer> REALTIME =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "1..99";
        }

        @Override
        public @org.jspecify.annotations.Nullable Integer read(Args args) {
          Word word = args.require("a priority 1..99");
          if (word == null) {
            return null;
          }
          Long value = Types.integer(args, word, Integer.MIN_VALUE, Integer.MAX_VALUE);
          if (value == null) {
            return null;
          }
          if (value < 1 || value > 99) {
            int end = value < 1 ? 1 : 99;
            args.diagnostics()
                .error(
                    word.at(),
                    "out-of-range",
                    args.subject() + ": " + value + " is outside 1..99",
                    end + " is used",
                    "");
            return end;
          }
          return value.intValue();
        }

        @Override
        public List<String> accepted() {
          return List.of("1", "99");
        }

        @Override
        public List<String> refused() {
          return List.of("0", "100", "x");
        }
      };

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
        .meaning("Interface of static addresses that name none.");
    TABLE
        .row(
            "dynamic_interfaces",
            Types.optional(Types.oneOf(Map.of("allow_if_changes", true)), false),
            (b, v) -> b.dynamicInterfaces = true)
        .meaning("Interfaces may be absent at the start.");
    TABLE
        .rowAt(
            "vrrp_mcast_group4",
            Types.address(),
            (b, v, a) -> {
              if (v instanceof Inet4Address && v.isMulticastAddress()) {
                b.group4 = v;
              } else {
                a.invalid(
                    a.words().get(1),
                    "not-multicast",
                    v.getHostAddress() + " is no IPv4 multicast address",
                    "224.0.0.18 is the standard's");
              }
            })
        .standard("224.0.0.18")
        .meaning("Multicast group of IPv4 adverts.");
    TABLE
        .rowAt(
            "vrrp_mcast_group6",
            Types.address(),
            (b, v, a) -> {
              if (!(v instanceof Inet4Address) && v.isMulticastAddress()) {
                b.group6 = v;
              } else {
                a.invalid(
                    a.words().get(1),
                    "not-multicast",
                    v.getHostAddress() + " is no IPv6 multicast address",
                    "ff02::12 is the standard's");
              }
            })
        .standard("ff02::12")
        .meaning("Multicast group of IPv6 adverts.");
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
        .standard("off")
        .meaning("A MASTER sends one last advert before giving way.");
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
    later("vrrp_delay_after_boot", Types.seconds(), "The same, counted from boot.").since("2.3");
    TABLE
        .row(
            "vrrp_notify_priority_changes",
            Types.optionalBool(),
            (b, v) -> b.notifyPriorityChanges = v)
        .standard("off")
        .meaning("Notify changes of the effective priority, too.");
    later("log_unknown_vrids", Types.flag(), "Log adverts of groups that are not ours.");
    later(
        "vrrp_iptables",
        Types.optional(Types.text("IN [OUT]"), ""),
        "Use iptables; here: nftables.");
    later("vrrp_ipsets", Types.optional(Types.text("NAME …"), ""), "Names of ip sets.");
    later(
        "nftables", Types.optional(Types.text("TABLE"), "keepalived"), "Table of firewall rules.");
    later(
            "nftables_priority",
            Types.integer(Integer.MIN_VALUE, Integer.MAX_VALUE),
            "Priority of its chains.")
        .standard("-1");
    later("nftables_ifindex", Types.flag(), "Rules by interface number.");
    later("nftables_counters", Types.flag(), "Rules count.");
    later("vrrp_rx_bufs_policy", Types.text("MTU|ADVERT|BYTES"), "Size of receive buffers.");
    later("vrrp_rx_bufs_multiplier", Types.integer(1, Integer.MAX_VALUE), "How many adverts fit.")
        .standard("3");
    for (String who : List.of("vrrp", "lvs")) {
      for (String what : List.of("cmd", "monitor")) {
        later(
            who + "_netlink_" + what + "_rcv_bufs", Types.integer(1, Integer.MAX_VALUE), "Bytes.");
        later(
            who + "_netlink_" + what + "_rcv_bufs_force",
            Types.optionalBool(),
            "Beyond the system's limit.");
      }
    }
    later("vmac_prefix", Types.text("PREFIX", 10), "Prefix of macvlan names.").standard("vrrp");
    later("vmac_addr_prefix", Types.text("PREFIX", 10), "Prefix of macvlan names.")
        .standard("vrrp");
    later("disable_local_igmp", Types.flag(), "The parent leaves IGMP to the macvlan.");
    for (String who : List.of("", "vrrp_", "lvs_")) {
      later(who + "notify_fifo", Types.command(), "Pipe that gets a line for every change.");
      later(who + "notify_fifo_script", Types.command(), "Started once; gets the pipe's path.");
    }
    later("fifo_write_vrrp_states_on_reload", Types.flag(), "Write all states after a reload.");
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
    later(
            "vrrp_gna_interval",
            Types.secondsFrom("0.000001"),
            "Gap between two neighbour advertisements.")
        .standard("0, back to back,");
    TABLE
        .row("vrrp_min_garp", Types.optionalBool(), (b, v) -> b.minGarp = v)
        .standard("off")
        .meaning("One packet and no second burst.");
    later(
            "vrrp_garp_extra_if",
            Types.text("[all] 1..86400"),
            "Send on the other interface of a VMAC, too.")
        .old("vrrp_vmac_garp_intvl");
  }

  private static void lvs() {
    later("lvs_timeouts", Types.text("tcp N tcpfin N udp N"), "Timeouts of connections, seconds.");
    later("lvs_flush", Types.flag(), "Clear the table at the start.");
    later(
            "lvs_flush_on_stop",
            Types.optional(Types.oneOf(Map.of("VS", true)), false),
            "Clear the table at the end.")
        .old("lvs_flush_onstop");
    later(
        "lvs_sync_daemon",
        Types.text("INTERFACE [VRRP] [id N] [maxlen N] [port N] [ttl N] [group G]"),
        "Synchronise connections.");
    later(
        "nftables_ipvs",
        Types.optional(Types.text("TABLE"), "keepalived_ipvs"),
        "Table for marks of groups.");
    later(
            "nftables_ipvs_priority",
            Types.integer(Integer.MIN_VALUE, Integer.MAX_VALUE),
            "Priority of its chains.")
        .standard("-1");
    later("nftables_ipvs_start_fwmark", Types.integer(1, 0xffffffffL), "First mark.")
        .standard("1000");
    later("rs_init_notifies", Types.optionalBool(), "Notify the initial state of real servers.");
    for (String which : List.of("vs", "rs")) {
      later(
              "snmp_" + which + "_stats_update_interval",
              Types.seconds("0.001", "30"),
              "Age of SNMP counters.")
          .since("2.3")
          .standard("5");
    }
  }

  private static void interfaces() {
    for (String flag :
        List.of(
            "enable_traps",
            "enable_snmp_vrrp",
            "enable_snmp_checker",
            "enable_snmp_rfc",
            "enable_snmp_rfcv2",
            "enable_snmp_rfcv3")) {
      Keyword<GlobalBuilder> row = later(flag, Types.flag(), "SNMP.");
      if (flag.equals("enable_snmp_vrrp")) {
        row.alias("enable_snmp_keepalived");
      }
    }
    later(
        "snmp_socket",
        Types.optional(Types.text("ADDRESS"), ""),
        "Where the SNMP master agent listens.");
    later("enable_dbus", Types.flag(), "D-Bus.");
    later("dbus_service_name", Types.text("NAME"), "Name on D-Bus.")
        .standard("org.keepalived.Vrrp1");
    later("dbus_no_interface_name", Types.text("NAME"), "Name for instances without interface.")
        .since("2.3")
        .standard("none");
  }

  static {
    identity();
    scripts();
    processes();
    vrrp();
    lvs();
    interfaces();
  }
}
