package dev.sluice.config.build;

import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.ServicePolicy;
import dev.sluice.config.table.Addresses;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code virtual_server}. */
final class VirtualServerTable {
  static final Block<VirtualServerBuilder> TABLE = Block.named("virtual_server");

  private VirtualServerTable() {}

  /** The words behind virtual_server; null when they name nothing. */
  static @Nullable VirtualServerBuilder open(Args args) {
    Word word = args.require("an address, fwmark or group");
    if (word == null) {
      return null;
    }
    VirtualServerBuilder.Head head = null;
    if (word.text().equals("fwmark")) {
      Word number = args.require("a firewall mark");
      Long mark = number == null ? null : Types.integer(args, number, 1, 0xffffffffL);
      head = mark == null ? null : new VirtualServerBuilder.Head.Mark(mark);
    } else if (word.text().equals("group")) {
      Word name = args.require("a virtual_server_group");
      head = name == null ? null : new VirtualServerBuilder.Head.Group(name.text());
    } else {
      InetAddress address = Addresses.parse(word.text());
      if (address == null) {
        args.diagnostics()
            .error(
                word.at(),
                "not-an-address",
                "'" + word.text() + "' is no IP address",
                "the whole virtual_server is skipped",
                "virtual_server ADDRESS PORT, fwmark N, or group NAME");
        args.rest();
        return null;
      }
      Integer port = port(args, "the whole virtual_server is skipped");
      head = port == null ? null : new VirtualServerBuilder.Head.Address(address, port);
    }
    return head == null ? null : new VirtualServerBuilder(head, args.line());
  }

  /** An optional port; null when it is written and cannot be one. */
  static @Nullable Integer port(Args args, String consequence) {
    Word word = args.poll();
    if (word == null) {
      return 0;
    }
    Args named = new Args(args.context(), "port", "", args.words(), 0);
    try {
      int port = Integer.parseInt(word.text());
      if (port >= 1 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    named
        .diagnostics()
        .error(
            word.at(),
            "out-of-range",
            "'" + word.text() + "' is no port",
            consequence,
            "a number from 1 to 65535 is expected");
    return null;
  }

  private static @Nullable RealServerBuilder openReal(VirtualServerBuilder b, Args args) {
    Word word = args.require("an address");
    if (word == null) {
      return null;
    }
    InetAddress address = Addresses.parse(word.text());
    if (address == null) {
      args.diagnostics()
          .error(
              word.at(),
              "not-an-address",
              "'" + word.text() + "' is no IP address",
              "the whole real_server is skipped",
              "real_server ADDRESS PORT");
      args.rest();
      return null;
    }
    Integer port = port(args, "the whole real_server is skipped");
    return port == null ? null : new RealServerBuilder(address, port, args.line());
  }

  private static void service() {
    TABLE
        .row("delay_loop", Types.secondsFrom("0.000001"), (b, v) -> b.delayLoop = v)
        .standard("60")
        .meaning("Seconds between two rounds of checks.");
    TABLE
        .row("lb_algo", Types.oneOf(Schedulers.BY_NAME), (b, v) -> b.scheduler = v)
        .alias("lvs_sched")
        .standard("wlc")
        .meaning("The scheduler.");
    TABLE
        .rowAt(
            "lb_kind",
            new LbKind(),
            (b, v, a) -> {
              b.method = v.method();
              b.tunnel = v.tunnel();
              LbKind.announce(a.context(), a.line(), v.method());
            })
        .alias("lvs_method")
        .standard("NAT")
        .meaning("How packets reach the real servers.");
    TABLE
        .rowAt(
            "protocol",
            Types.oneOfAnyCase(
                new java.util.TreeMap<>(
                    Map.of("TCP", Protocol.TCP, "UDP", Protocol.UDP, "SCTP", Protocol.SCTP))),
            (b, v, a) -> {
              b.protocol = v;
              b.protocolAt = a.line();
              if (v == Protocol.SCTP) {
                a.notYet(a.words().get(1), "protocol SCTP");
              }
            })
        .standard("UDP")
        .meaning("The transport protocol.");
    TABLE
        .row(
            "persistence_timeout",
            Types.optional(
                Types.map(Types.integer(1, 2_678_400), Duration::ofSeconds), Duration.ofMinutes(6)),
            (b, v) -> b.persistenceTimeout = v)
        .standard("off")
        .meaning(
            "Seconds for which a client stays with its real server; 360 when no value is given.");
    TABLE
        .rowAt(
            "persistence_granularity",
            Types.samples(
                Types.text("MASK|LENGTH"),
                List.of("255.255.255.0", "1", "128"),
                List.of("0", "129", "x")),
            VirtualServerTable::granularity)
        .standard("one host")
        .meaning("Which clients count as one.");
    TABLE
        .row("persistence_engine", Types.text("NAME"), (b, v) -> b.persistenceEngine = v)
        .notYet()
        .meaning("sip: persistence by call.");
    TABLE
        .rowAt(
            "ops",
            Types.flag(),
            (b, v, a) -> {
              b.ops = true;
              b.opsAt = a.at();
            })
        .meaning("Each UDP packet is scheduled anew.");
    for (String flag :
        List.of("flag-1", "flag-2", "sh-port", "sh-fallback", "mh-port", "mh-fallback")) {
      TABLE.flag(flag, b -> b.schedulerFlags.add(flag)).meaning("Flag of the scheduler.");
    }
    TABLE
        .flag("flag-3", b -> b.schedulerFlags.add("flag-3"))
        .notYet()
        .meaning("Flag of the scheduler.");
    TABLE.flag("hashed", b -> b.hashed = true).notYet().meaning("Flag of the scheduler.");
    TABLE
        .row(
            "ip_family",
            Types.oneOf(new java.util.TreeMap<>(Map.of("inet", 4, "inet6", 6))),
            (b, v) -> b.family = v)
        .meaning("The family of an fwmark service.");
    MatchLine.row(TABLE);
    TABLE
        .rowAt(
            "ha_suspend",
            Types.flag(),
            (b, v, a) -> {
              b.haSuspend = true;
              b.haSuspendAt = a.at();
            })
        .meaning(
            "No checks while no device but the loopback has the address; servers keep their state.");
    TABLE
        .row("virtualhost", Types.text("NAME"), (b, v) -> b.virtualHost = v)
        .standard("address and port")
        .absentIsError()
        .meaning("Host header of HTTP checks.");
  }

  private static void granularity(VirtualServerBuilder b, String text, Args args) {
    InetAddress mask = Addresses.parse(text);
    if (mask != null && mask.getAddress().length == 4) {
      b.persistenceMask = Integer.bitCount(java.nio.ByteBuffer.wrap(mask.getAddress()).getInt());
      return;
    }
    if (text.matches("\\d{1,3}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 128) {
      b.persistenceMask = Integer.parseInt(text);
      return;
    }
    args.invalid(
        args.words().get(1),
        "not-a-mask",
        "'" + text + "' is no mask",
        "a dotted mask for IPv4, 255.255.255.0; a length for IPv6, 64");
  }

  private static void quorum() {
    TABLE
        .row("alpha", ANY_WORDS, (b, v) -> b.alpha = true)
        .meaning("Real servers start down until their first success.");
    TABLE
        .row("omega", ANY_WORDS, (b, v) -> b.omega = true)
        .meaning("Quorum and real-server scripts run at stop, too.");
    TABLE
        .rowAt(
            "quorum",
            Types.integer(1, Integer.MAX_VALUE),
            (b, v, a) -> {
              b.quorum = v.intValue();
              b.quorumAt = a.line();
            })
        .standard("1")
        .meaning("The least sum of alive weights that keeps the service up.");
    TABLE
        .row(
            "hysteresis",
            Types.integer(0, Integer.MAX_VALUE),
            (b, v) -> b.hysteresis = v.intValue())
        .standard("0")
        .meaning("Distance from the quorum at which it is lost and regained.");
    TABLE
        .row("quorum_up", Types.command(), (b, v) -> b.quorumUp = v)
        .meaning("Run when the quorum is regained.");
    TABLE
        .row("quorum_down", Types.command(), (b, v) -> b.quorumDown = v)
        .meaning("Run when the quorum is lost.");
    TABLE
        .rowAt(
            "sorry_server",
            Types.address(),
            (b, v, a) -> {
              Integer port = port(a, "the sorry server is ignored");
              if (port != null) {
                b.sorryAddress = v;
                b.sorryPort = port;
                b.sorryAt = a.words().get(1);
              }
            })
        .meaning("ADDRESS [PORT] that takes all traffic while there is no quorum.");
    TABLE
        .flag("sorry_server_inhibit", b -> b.sorryInhibit = true)
        .meaning("Weight 0 instead of removal when the sorry server leaves.");
    TABLE
        .rowAt(
            "sorry_server_lvs_method",
            new LbKind(),
            (b, v, a) -> {
              b.sorryMethod = v.method();
              b.sorryTunnel = v.tunnel();
              LbKind.announce(a.context(), a.line(), v.method());
            })
        .standard("lb_kind")
        .meaning("How packets reach the sorry server.");
  }

  /** keepalived does not look at what follows alpha and omega here. */
  private static final ValueType<Boolean> ANY_WORDS =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "";
        }

        @Override
        public boolean required() {
          return false;
        }

        @Override
        public Boolean read(Args args) {
          return true;
        }
      };

  private static void defaults() {
    TABLE
        .row("weight", Types.integer(0, Integer.MAX_VALUE), (b, v) -> b.weight = v.intValue())
        .standard("1")
        .meaning("Weight of real servers that have none of their own.");
    TABLE
        .row("inhibit_on_failure", Types.optionalBool(), (b, v) -> b.inhibitOnFailure = v)
        .standard("off")
        .meaning("Weight 0 instead of removal while a real server is down.");
    TABLE
        .row("retry", Types.integer(0, Integer.MAX_VALUE), (b, v) -> b.retry = v.intValue())
        .standard("each checker's")
        .meaning("Further tries after a failure.");
    TABLE
        .row("delay_before_retry", Types.seconds(), (b, v) -> b.delayBeforeRetry = v)
        .standard("each checker's")
        .meaning("Seconds between tries.");
    TABLE
        .row("warmup", Types.seconds(), (b, v) -> b.warmup = v)
        .standard("delay_loop")
        .meaning("The first check starts at a random moment within it.");
    TABLE
        .row("connect_timeout", Types.secondsFrom("0.000001"), (b, v) -> b.connectTimeout = v)
        .standard("5")
        .meaning("Seconds a check waits for its connection.");
    TABLE
        .row("smtp_alert", Types.optionalBool(), (b, v) -> b.smtpAlert = v)
        .meaning("Mail when a real server changes.");
    TABLE
        .row("snmp_name", Types.text("NAME"), (b, v) -> b.snmpName = v)
        .notYet()
        .meaning("Name for SNMP.");
  }

  private static void own() {
    OwnCheckerTables.rhythm(
        TABLE,
        b -> {
          if (b.rhythm == null) {
            b.rhythm = new RhythmBuilder();
          }
          return b.rhythm;
        },
        (b, retry) -> b.retry = retry);
    TABLE
        .row("slow_start", Types.seconds(), (b, v) -> b.slowStart = v)
        .since("sluice")
        .standard("0")
        .meaning(
            "Seconds over which the weight of a recovered server grows to what it should be, in ten steps; not when the daemon starts.");
    TABLE
        .rowAt("fail_open", FailOpenLine.TYPE, (b, v, a) -> b.failOpen = v)
        .since("sluice")
        .standard("off")
        .meaning(
            "With fewer servers alive than this, all of them get traffic, until the second number is reached.");
  }

  /** Beyond keepalived. */
  private static void ours() {
    timeout("timeout_tcp", "established TCP connection", (b, v) -> b.timeoutTcp = v);
    timeout("timeout_tcpfin", "TCP connection after a FIN", (b, v) -> b.timeoutTcpFin = v);
    timeout("timeout_udp", "UDP flow", (b, v) -> b.timeoutUdp = v);
    TABLE
        .row(
            "lost_server",
            Types.oneOf(
                Map.of(
                    "drop",
                    ServicePolicy.LostServer.DROP,
                    "reset",
                    ServicePolicy.LostServer.RESET,
                    "reschedule",
                    ServicePolicy.LostServer.RESCHEDULE)),
            (b, v) -> b.lostServer = v)
        .since("sluice")
        .standard("lvs_settings' expire_nodest_conn")
        .meaning(
            "What becomes of connections whose server was removed or died: packets are dropped until"
                + " the entry expires; the client is reset; or another server is chosen.");
    TABLE
        .row("allow", new Networks(), (b, v) -> b.allow.addAll(v))
        .since("sluice")
        .standard("everybody")
        .meaning("Only clients in these networks may open connections; may be repeated.");
    TABLE
        .row("deny", new Networks(), (b, v) -> b.deny.addAll(v))
        .since("sluice")
        .meaning(
            "Clients in these networks may not; of allow and deny the longest prefix that fits"
                + " decides.");
  }

  private static void timeout(
      String keyword, String what, java.util.function.ObjIntConsumer<VirtualServerBuilder> set) {
    TABLE
        .row(keyword, Types.integer(1, LvsSettings.MONTH), (b, v) -> set.accept(b, v.intValue()))
        .since("sluice")
        .standard("lvs_settings' " + keyword)
        .meaning("Seconds for which an idle " + what + " of this service is remembered.");
  }

  private static void dialects() {
    String alibaba =
        "a keyword of Alibaba's LVS and of DPVS; sluice leaves it out as keepalived does";
    for (String keyword :
        List.of(
            "laddr_group_name",
            "syn_proxy",
            "est_timeout",
            "vip_bind_dev",
            "establish_timeout",
            "proxy_protocol",
            "quic",
            "daddr_group_name",
            "waddr_group_name",
            "hash_target",
            "expire_quiescent_conn",
            "bps",
            "limit_proportion",
            "src-range",
            "dst-range",
            "iif",
            "oif",
            "tunnel_group")) {
      TABLE.flag(keyword, b -> {}).dialect(alibaba);
    }
    TABLE
        .row("nat_mask", Types.text("MASK"), (b, v) -> {})
        .dialect("a keyword of keepalived before 2.0, without effect even then: remove the line");
  }

  static {
    service();
    quorum();
    TABLE
        .block(
            "real_server",
            "ADDRESS [PORT]",
            RealServerTable.TABLE,
            VirtualServerTable::openReal,
            (b, child, context) -> b.reals.add(child))
        .meaning("A machine that serves.");
    defaults();
    own();
    ours();
    dialects();
  }
}
