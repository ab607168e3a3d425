package dev.sluice.config.build;

import dev.sluice.config.model.GlobalSettings.FlushOnStop;
import dev.sluice.config.model.GlobalSettings.SyncDaemon;
import dev.sluice.config.table.Addresses;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Keyword.Built;
import dev.sluice.config.table.Nearest;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code global_defs}: priorities, files, virtual servers, SNMP, D-Bus. */
final class GlobalLvsTable {
  private GlobalLvsTable() {}

  static void processes(Block<GlobalBuilder> table) {
    table
        .row("umask", new Umask(), (b, v) -> b.umask = v)
        .notYet()
        .standard("0177")
        .meaning("Mode mask of files that are written.");
    for (String name : List.of("vrrp", "checker", "bfd")) {
      // VRRP's thread has the real-time class anyway, and is never killed for what it uses.
      boolean vrrp = name.equals("vrrp");
      Built acts = vrrp ? Built.YES : Built.NOT_YET;
      Built idle = vrrp ? Built.NO_EFFECT : Built.NOT_YET;
      table
          .row(
              name + "_priority",
              Types.integer(-20, 19),
              (b, v) -> GlobalTable.process(b, name).nice = v.intValue())
          .as(idle)
          .standard("0")
          .meaning("Nice value of the " + name + " process.");
      table
          .flag(name + "_no_swap", b -> GlobalTable.process(b, name).noSwap = true)
          .as(acts)
          .meaning("Keep the process in memory.");
      table
          .row(
              name + "_rt_priority",
              new Clamped(1, 99),
              (b, v) -> GlobalTable.process(b, name).realTime = v)
          .as(acts)
          .standard("off")
          .absentIsError()
          .meaning("Real-time priority.");
      table
          .row(
              name + "_rlimit_rttime",
              Types.integer(1, Long.MAX_VALUE / 2),
              (b, v) -> GlobalTable.process(b, name).limitMicros = v)
          .old(name + "_rlimit_rtime")
          .as(idle)
          .standard("10000")
          .meaning("CPU limit under real-time scheduling, in microseconds.");
      table
          .rowAt(
              name + "_cpu_affinity",
              Types.integer(0, 4095),
              (b, v, a) -> {
                GlobalTable.process(b, name).cpus.add(v.intValue());
                Word word;
                while ((word = a.poll()) != null) {
                  Long cpu = Types.integer(a, word, 0, 4095);
                  if (cpu != null) {
                    GlobalTable.process(b, name).cpus.add(cpu.intValue());
                  }
                }
              })
          .as(acts)
          .standard("all")
          .absentIsError()
          .meaning("CPUs to run on.");
    }
    table
        .row(
            "max_auto_priority",
            Types.optional(Types.integer(-1, 99), 99L),
            (b, v) -> b.maxAutoPriority = v.intValue())
        .noEffect()
        .standard("0")
        .meaning("Real-time priority that lateness may lead to; -1: do not even speak of it.");
    table
        .row(
            "min_auto_priority_delay",
            Types.integer(1, 10_000_000),
            (b, v) -> b.minAutoPriorityDelay = Duration.ofNanos(v * 1000))
        .noEffect()
        .standard("1000000")
        .meaning("Lateness that counts, in microseconds.");
    table
        .rowAt(
            "random_seed",
            Types.integer(0, 0xffffffffL),
            (b, v, a) -> {
              b.randomSeed = v;
              a.context().reader().seed(v);
            })
        .standard("the time")
        .meaning("Seed of ${_RANDOM}.");
    table
        .rowAt(
            "include_check",
            Types.samples(
                Types.text("[+|-] read match wildcard_match brace_match"),
                List.of("+ read match", "brace_match"),
                List.of("readable")),
            GlobalLvsTable::includeCheck)
        .meaning("What a plain include insists on.");
    files(table);
  }

  private static void includeCheck(GlobalBuilder b, String first, Args args) {
    boolean[] on = new boolean[4];
    List<String> names = List.of("read", "match", "wildcard_match", "brace_match");
    boolean remove = first.equals("-");
    List<Word> words = args.words().subList(1, args.words().size());
    args.rest();
    for (Word word : words) {
      String text = word.text();
      if (text.equals("+") || text.equals("-")) {
        remove = text.equals("-");
        continue;
      }
      int index = names.indexOf(text);
      if (index < 0) {
        args.invalid(
            word,
            "unknown-value",
            "include_check does not know '" + text + "'",
            Nearest.of(text, names)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("read, match, wildcard_match, brace_match"));
      } else {
        on[index] = !remove;
      }
    }
    args.context().reader().includeCheck(on[0], on[1], on[2], on[3]);
  }

  private static void files(Block<GlobalBuilder> table) {
    table
        .row("config_save_dir", Types.text("DIRECTORY"), (b, v) -> b.configSaveDirectory = v)
        .notYet()
        .meaning("Where a copy of the configuration is kept.");
    table
        .row("tmp_config_directory", Types.text("DIRECTORY"), (b, v) -> b.temporaryDirectory = v)
        .notYet()
        .meaning("Where the copy lies while it is read.");
    table
        .row("data_use_instance", Types.optionalBool(), (b, v) -> b.dataUseInstance = v)
        .standard("off")
        .meaning("Instance and namespace in the names of dump files.");
    table
        .row("json_version", Types.integer(1, 2), (b, v) -> b.jsonVersion = v.intValue())
        .since("2.3")
        .standard("1")
        .meaning("Form of the JSON dump.");
    table
        .row("state_dump_file", Types.text("FILE"), (b, v) -> b.stateDump = v)
        .since("2.3")
        .meaning("Where the data dump goes.");
    table
        .row("stats_dump_file", Types.text("FILE"), (b, v) -> b.statisticsDump = v)
        .since("2.3")
        .noEffect()
        .meaning("Read by keepalived and never used.");
    table
        .row("json_dump_file", Types.text("FILE"), (b, v) -> b.jsonDump = v)
        .since("2.3")
        .noEffect()
        .meaning("Read by keepalived and never used.");
    table
        .row("iproute_usr_dir", Types.text("DIRECTORY"), (b, v) -> b.iprouteUsr = v)
        .since("2.3")
        .notYet()
        .meaning("Where rt_tables and its like are.");
    table
        .row("iproute_etc_dir", Types.text("DIRECTORY"), (b, v) -> b.iprouteEtc = v)
        .since("2.3")
        .notYet()
        .meaning("Where rt_tables and its like are.");
    table
        .row(
            "reload_check_config",
            Types.optional(Types.text("LOG"), ""),
            (b, v) -> b.reloadCheckLog = v)
        .standard("off")
        .meaning("Check the configuration before a reload; sluice always does.");
    table
        .row("reload_time_file", Types.text("FILE"), (b, v) -> b.reloadTimeFile = v)
        .notYet()
        .meaning("File that holds a time to reload at.");
    table
        .flag("reload_repeat", b -> b.reloadRepeat = true)
        .notYet()
        .meaning("Reload at that time every day.");
    table
        .row("reload_file", Types.optional(Types.text("FILE"), ""), (b, v) -> b.reloadFile = v)
        .notYet()
        .meaning("A file that exists during a reload.");
  }

  static void lvs(Block<GlobalBuilder> table) {
    table
        .rowAt(
            "lvs_timeouts",
            Types.samples(
                Types.text("tcp N tcpfin N udp N"),
                List.of("tcp 900 tcpfin 0 udp 2678400"),
                List.of("tcp x", "tcp 2678401", "icmp 5")),
            GlobalLvsTable::timeouts)
        .notYet()
        .standard("the kernel's")
        .absentIsError()
        .meaning("Idle times after which connections are forgotten, in seconds.");
    table
        .flag("lvs_flush", b -> b.flush = true)
        .notYet()
        .meaning("Clear the whole table at the start.");
    table
        .row(
            "lvs_flush_on_stop",
            Types.optional(Types.oneOf(GlobalTable.FLUSH), FlushOnStop.ALL),
            (b, v) -> b.flushOnStop = v)
        .old("lvs_flush_onstop")
        .notYet()
        .standard("off")
        .meaning("Clear the table at stop; VS: delete virtual servers whole.");
    table
        .rowAt(
            "lvs_sync_daemon",
            Types.text("INTERFACE [[inst] VRRP] [id N] [maxlen N] [port N] [ttl N] [group G]"),
            GlobalLvsTable::syncDaemon)
        .notYet()
        .absentIsError()
        .meaning("Synchronise connections with the other director.");
    table
        .row(
            "nftables_ipvs",
            Types.optional(Types.text("TABLE"), "keepalived_ipvs"),
            (b, v) -> b.nftablesIpvs = v)
        .notYet()
        .standard("keepalived_ipvs")
        .meaning("Table of the marks for groups with ranges.");
    table
        .row(
            "nftables_ipvs_priority",
            Types.integer(Integer.MIN_VALUE, Integer.MAX_VALUE),
            (b, v) -> b.nftablesIpvsPriority = v.intValue())
        .notYet()
        .standard("-1")
        .meaning("Priority of its chains.");
    table
        .row(
            "nftables_ipvs_start_fwmark",
            Types.integer(1, 0xffffffffL),
            (b, v) -> b.firstFwmark = v)
        .notYet()
        .standard("1000")
        .meaning("First of the marks.");
    table
        .row("rs_init_notifies", Types.optionalBool(), (b, v) -> b.notifyInitialState = v)
        .notYet()
        .standard("off")
        .meaning("Notify the initial state of real servers.");
    table
        .row(
            "snmp_vs_stats_update_interval",
            Types.seconds("0.001", "30"),
            (b, v) -> b.vsStatistics = v)
        .since("2.3")
        .notYet()
        .standard("5")
        .meaning("Age of virtual servers' SNMP counters, seconds.");
    table
        .row(
            "snmp_rs_stats_update_interval",
            Types.seconds("0.001", "30"),
            (b, v) -> b.rsStatistics = v)
        .since("2.3")
        .notYet()
        .standard("5")
        .meaning("Age of real servers' SNMP counters, seconds.");
  }

  private static void timeouts(GlobalBuilder b, String first, Args args) {
    List<Word> words = args.words();
    args.rest();
    for (int i = 1; i < words.size(); i += 2) {
      Word name = words.get(i);
      if (i + 1 >= words.size()) {
        args.missing("seconds behind " + name.text());
        return;
      }
      Long seconds = Types.integer(args, words.get(i + 1), 0, 2_678_400);
      if (seconds == null) {
        continue;
      }
      Duration time = Duration.ofSeconds(seconds);
      switch (name.text()) {
        case "tcp" -> b.tcpTimeout = time;
        case "tcpfin" -> b.tcpFinTimeout = time;
        case "udp" -> b.udpTimeout = time;
        default ->
            args.invalid(
                name,
                "unknown-option",
                "lvs_timeouts does not know '" + name.text() + "'",
                "tcp, tcpfin, udp");
      }
    }
  }

  private static void syncDaemon(GlobalBuilder b, String device, Args args) {
    String instance = null;
    Integer id = null;
    int length = 0;
    int port = 8848;
    int ttl = 1;
    InetAddress group = null;
    Word word;
    while ((word = args.poll()) != null) {
      switch (word.text()) {
        case "inst" -> {
          Word name = args.require("a vrrp_instance");
          instance = name == null ? null : name.text();
        }
        case "id" -> id = number(args, 0, 255, id);
        case "maxlen" -> length = number(args, 1, 65507, length);
        case "port" -> port = number(args, 1, 65535, port);
        case "ttl" -> ttl = number(args, 1, 255, ttl);
        case "group" -> {
          Word address = args.require("a multicast address");
          InetAddress parsed = address == null ? null : Addresses.parse(address.text());
          if (address != null && (parsed == null || !parsed.isMulticastAddress())) {
            args.invalid(
                address, "not-multicast", "'" + address.text() + "' is no multicast address", "");
          } else {
            group = parsed;
          }
        }
        default -> {
          if (instance == null) {
            instance = word.text();
          } else {
            args.invalid(
                word,
                "unknown-option",
                "lvs_sync_daemon does not know '" + word.text() + "'",
                "id, maxlen, port, ttl, group");
          }
        }
      }
    }
    b.syncDaemon = new SyncDaemon(device, instance, id, length, port, ttl, group);
  }

  private static int number(Args args, int least, int most, @Nullable Integer otherwise) {
    Word word = args.require("a number " + least + ".." + most);
    Long value = word == null ? null : Types.integer(args, word, least, most);
    return value != null ? value.intValue() : otherwise == null ? 0 : otherwise;
  }

  static void interfaces(Block<GlobalBuilder> table) {
    table
        .flag("enable_snmp_vrrp", b -> b.snmpVrrp = true)
        .alias("enable_snmp_keepalived")
        .notYet()
        .meaning("KEEPALIVED-MIB for VRRP, by AgentX.");
    table
        .flag("enable_snmp_checker", b -> b.snmpChecker = true)
        .notYet()
        .meaning("KEEPALIVED-MIB for checkers.");
    table
        .flag(
            "enable_snmp_rfc",
            b -> {
              b.snmpRfcV2 = true;
              b.snmpRfcV3 = true;
            })
        .notYet()
        .meaning("Both RFC MIBs.");
    table
        .flag("enable_snmp_rfcv2", b -> b.snmpRfcV2 = true)
        .notYet()
        .meaning("The MIB of RFC 2787.");
    table
        .flag("enable_snmp_rfcv3", b -> b.snmpRfcV3 = true)
        .notYet()
        .meaning("The MIB of RFC 6527.");
    table.flag("enable_traps", b -> b.snmpTraps = true).notYet().meaning("SNMP traps.");
    table
        .row("snmp_socket", Types.optional(Types.text("ADDRESS"), ""), (b, v) -> b.snmpSocket = v)
        .notYet()
        .standard("the agent's own")
        .meaning("Where the SNMP master agent listens.");
    table.flag("enable_dbus", b -> b.dbus = true).notYet().meaning("An object on D-Bus.");
    table
        .row("dbus_service_name", Types.text("NAME"), (b, v) -> b.dbusService = v)
        .notYet()
        .standard("org.keepalived.Vrrp1")
        .meaning("Name on D-Bus.");
    table
        .row("dbus_no_interface_name", Types.text("NAME"), (b, v) -> b.dbusNoInterface = v)
        .since("2.3")
        .notYet()
        .standard("none")
        .meaning("D-Bus name of an instance without interface.");
  }

  /** Three octal digits, or the symbols of stat.h. */
  private static final class Umask implements ValueType<String> {
    private static final List<String> SYMBOLS =
        List.of(
            "IRUSR", "IWUSR", "IXUSR", "IRGRP", "IWGRP", "IXGRP", "IROTH", "IWOTH", "IXOTH",
            "IRWXU", "IRWXG", "IRWXO", "|");

    @Override
    public String syntax() {
      return "OCTAL|IRUSR …";
    }

    @Override
    public @Nullable String read(Args args) {
      Word word = args.require("a mask");
      if (word == null) {
        return null;
      }
      boolean octal = word.text().matches("0?[0-7]{1,3}");
      boolean symbols = true;
      for (String part : word.text().split("\\|", -1)) {
        symbols &= SYMBOLS.contains(part);
      }
      if (!octal && !symbols) {
        args.invalid(
            word,
            "not-a-mask",
            "'" + word.text() + "' is no mode mask",
            "three octal digits, or IRUSR|IWUSR …");
        return null;
      }
      StringBuilder all = new StringBuilder(word.text());
      for (Word more : args.rest()) {
        all.append(more.text());
      }
      return all.toString();
    }

    @Override
    public List<String> accepted() {
      return List.of("0177", "022", "IRUSR|IWUSR");
    }

    @Override
    public List<String> refused() {
      return List.of("999", "u=rw");
    }
  }

  /** A number; outside its range the nearest end counts, with a message. */
  private record Clamped(int least, int most) implements ValueType<Integer> {
    @Override
    public String syntax() {
      return least + ".." + most;
    }

    @Override
    public @Nullable Integer read(Args args) {
      Word word = args.require("a number " + syntax());
      Long value =
          word == null ? null : Types.integer(args, word, Integer.MIN_VALUE, Integer.MAX_VALUE);
      if (word == null || value == null) {
        return null;
      }
      if (value < least || value > most) {
        int end = value < least ? least : most;
        args.diagnostics()
            .error(
                word.at(),
                "out-of-range",
                args.subject() + ": " + value + " is outside " + syntax(),
                end + " is used",
                "");
        return end;
      }
      return value.intValue();
    }

    @Override
    public List<String> accepted() {
      return List.of(Integer.toString(least), Integer.toString(most));
    }

    @Override
    public List<String> refused() {
      return List.of(Integer.toString(least - 1), Integer.toString(most + 1), "x");
    }
  }
}
