package dev.sluice.config.build;

import dev.sluice.config.build.InstanceBuilder.AuthenticationType;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Keyword;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code vrrp_instance}. */
final class InstanceTable {
  static final Block<InstanceBuilder> TABLE = Block.named("vrrp_instance");
  private static final Block<InstanceBuilder> AUTHENTICATION = Block.named("authentication");

  private InstanceTable() {}

  private static void identity() {
    TABLE
        .rowAt(
            "interface",
            Types.text("INTERFACE"),
            (b, v, a) -> {
              Word word = a.words().get(1);
              if (v.equals("lo")) {
                a.invalid(
                    word,
                    "loopback",
                    "VRRP cannot run on the loopback interface",
                    "name the interface that faces the other routers");
                return;
              }
              b.interfaceName = word;
              b.trackers.plan.unknownDevice |= Interfaces.missing(a.context(), word);
            })
        .meaning("Where adverts are sent, and the home of the addresses.");
    TABLE
        .rowAt(
            "virtual_router_id",
            Types.orElse(Types.integer(1, 255), 0L),
            (b, v, a) -> {
              if (v == 0) {
                b.virtualRouterIdFaulty = true;
                return;
              }
              b.virtualRouterId = v.intValue();
              b.virtualRouterIdAt = a.end();
            })
        .faultMeans("keepalived does not start without it")
        .meaning("Tells the groups of one segment apart. Required.");
    TABLE
        .rowAt(
            "state",
            STATE,
            (b, v, a) -> {
              b.stateMaster = v;
              b.stateAt = a.line();
            })
        .standard("BACKUP")
        .meaning("Which state to try first; only a hint for the first seconds.");
    TABLE
        .row(
            "priority",
            Types.orElse(Types.integer(1, 255), 0L),
            (b, v) -> {
              b.priorityWritten = true;
              if (v != 0) {
                b.priority = v.intValue();
              }
            })
        .standard("100")
        .meaning("The highest priority becomes MASTER; 255 is the owner of the addresses.");
    TABLE
        .rowAt(
            "advert_int",
            Types.seconds("0.01", "255"),
            (b, v, a) -> {
              b.advertInterval = v;
              b.advertIntervalAt = a.end();
            })
        .standard("1")
        .meaning("Seconds between two adverts: whole ones with version 2, steps of 0.01 with 3.");
    TABLE
        .row("version", Types.integer(2, 3), (b, v) -> b.version = v.intValue())
        .standard("vrrp_version")
        .meaning("VRRP version.");
    TABLE
        .row("vrf", Types.text("NAME"), (b, v) -> b.vrf = v)
        .notYet()
        .meaning("VRF that a unicast instance without interface lives in.");
    TABLE.flag("native_ipv6", b -> b.nativeIpv6 = true).meaning("IPv6, where no address tells.");
  }

  /** MASTER or BACKUP; anything else is BACKUP, and reported. */
  private static final ValueType<Boolean> STATE =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "MASTER|BACKUP";
        }

        @Override
        public @Nullable Boolean read(Args args) {
          Word word = args.require("MASTER or BACKUP");
          if (word == null) {
            return null;
          }
          if (!word.text().equals("MASTER") && !word.text().equals("BACKUP")) {
            args.diagnostics()
                .error(
                    word.at(),
                    "unknown-value",
                    "unknown state '" + word.text() + "'",
                    "BACKUP is used",
                    "MASTER or BACKUP, in upper case");
            return false;
          }
          return word.text().equals("MASTER");
        }

        @Override
        public List<String> accepted() {
          return List.of("MASTER", "BACKUP");
        }

        @Override
        public List<String> refused() {
          return List.of("master", "FAULT");
        }

        @Override
        public List<String> words() {
          return accepted();
        }
      };

  private static void addresses() {
    TABLE
        .lines(
            "virtual_ipaddress",
            "ADDRESS[/LENGTH] [options]",
            _ -> {},
            (b, args) -> address(b, args, false))
        .meaning("The addresses the MASTER holds; they stand in the adverts.");
    TABLE
        .lines(
            "virtual_ipaddress_excluded",
            "ADDRESS[/LENGTH] [options]",
            _ -> {},
            (b, args) -> address(b, args, true))
        .meaning("Addresses the MASTER holds and does not advertise, of either family.");
    TABLE
        .flag("no_virtual_ipaddress", b -> b.noVirtualAddress = true)
        .since("2.4")
        .meaning("Having no address is meant.");
    TABLE
        .lines(
            "virtual_routes",
            "ROUTE",
            _ -> {},
            (b, args) -> {
              RouteLine.Parsed parsed = RouteLine.read(b.trackers.plan, args, false);
              b.trackers.plan.unknownDevice |= parsed.unknownDevice();
              if (parsed.route() != null) {
                b.routes.add(parsed.route());
              }
            })
        .meaning("Routes that exist while MASTER.");
    TABLE
        .lines(
            "virtual_rules",
            "RULE",
            _ -> {},
            (b, args) -> {
              RuleLine.Parsed parsed = RuleLine.read(b.trackers.plan, args, false);
              b.trackers.plan.unknownDevice |= parsed.unknownDevice();
              if (parsed.rule() != null) {
                b.rules.add(parsed.rule());
              }
            })
        .meaning("Routing rules that exist while MASTER.");
    TABLE
        .flag("promote_secondaries", b -> b.promoteSecondaries = true)
        .meaning("Set the interface's sysctl, so that the next address takes over when one goes.");
  }

  private static void address(InstanceBuilder b, Args args, boolean excluded) {
    AddressLine.Parsed parsed = AddressLine.read(b.trackers.plan, args, false);
    if (parsed == null) {
      return;
    }
    b.trackers.plan.unknownDevice |= parsed.unknownDevice();
    VirtualAddress address = parsed.address();
    boolean v4 = address.address() instanceof Inet4Address;
    if (!excluded
        && !b.addresses.isEmpty()
        && v4 != b.addresses.get(0).address() instanceof Inet4Address) {
      args.diagnostics()
          .error(
              parsed.word().at(),
              "address-family",
              parsed.word().text() + " is not of the family of the first address",
              "it is ignored",
              "put it into virtual_ipaddress_excluded, or into an instance of its own");
      return;
    }
    // The same link-local address may live on several devices; any other address only once.
    String device = address.address().isLinkLocalAddress() ? " " + address.device() : "";
    if (!b.seenAddresses.add(address.address().getHostAddress() + device)) {
      args.diagnostics()
          .error(
              parsed.word().at(),
              "duplicate-address",
              parsed.word().text() + " is given a second time",
              "the second one is ignored",
              "");
      return;
    }
    (excluded ? b.excluded : b.addresses).add(address);
  }

  private static void election() {
    TABLE
        .rowAt(
            "nopreempt",
            Types.flag(),
            (b, v, a) -> {
              b.nopreempt = true;
              b.nopreemptAt = a.at();
            })
        .meaning("Leave a MASTER of lower priority alone.");
    TABLE
        .flag("preempt", b -> b.nopreempt = false)
        .meaning("Take over from a MASTER of lower priority: the default.");
    TABLE
        .rowAt(
            "preempt_delay",
            Types.seconds("0", "1000"),
            (b, v, a) -> {
              b.preemptDelay = v;
              b.preemptDelayAt = a.line();
            })
        .standard("0")
        .meaning("Seconds to wait before taking over.");
    TABLE
        .row(
            "down_timer_adverts",
            Types.integer(1, 100),
            (b, v) -> b.downTimerAdverts = v.intValue())
        .standard("vrrp_down_timer_adverts")
        .meaning("Adverts that may be missing before the MASTER counts as gone.");
    TABLE
        .rowAt(
            "timer_expired_backup",
            Types.optional(Types.integer(1, 254), 254L),
            (b, v, a) -> {
              b.timerExpired = v.intValue();
              b.timerExpiredAt = a.line();
            })
        .alias("thread_timer_expired")
        .since("2.3")
        .meaning("Become BACKUP when our own timer was very late; needs nopreempt.");
    TABLE
        .flag("accept", b -> b.accept = true)
        .meaning("Take packets to the addresses while MASTER: the default without strict mode.");
    TABLE
        .flag("no_accept", b -> b.accept = false)
        .meaning("Drop packets to the addresses unless owner.");
    TABLE
        .row("lower_prio_no_advert", Types.optionalBool(), (b, v) -> b.lowerPrioNoAdvert = v)
        .standard("vrrp_lower_prio_no_advert")
        .meaning("As MASTER, do not answer an advert of lower priority.");
    TABLE
        .row("higher_prio_send_advert", Types.optionalBool(), (b, v) -> b.higherPrioSendAdvert = v)
        .standard("vrrp_higher_prio_send_advert")
        .meaning("As MASTER, send one last advert before giving way.");
    TABLE
        .row("fast_release", Types.optionalBool(), (b, v) -> b.fastRelease = v)
        .since("sluice")
        .standard("on with exactly one unicast_peer")
        .meaning(
            "Take over at once, without skew, when the MASTER says that it leaves; for pairs.");
    TABLE
        .flag("nopreempt_strict", b -> b.nopreemptStrict = true)
        .since("sluice")
        .meaning("nopreempt, and as MASTER outlast a newcomer's higher bid for three adverts.");
    TABLE
        .rowAt(
            "owner_ignore_adverts",
            Types.optionalBool(),
            (b, v, a) -> {
              b.ownerIgnoreAdverts = v;
              b.ownerIgnoreAdvertsAt = a.line();
            })
        .since("2.3")
        .standard("vrrp_owner_ignore_adverts")
        .meaning("An address owner drops adverts.");
    TABLE
        .row("skip_check_adv_addr", Types.optionalBool(), (b, v) -> b.skipCheckAdvAddr = v)
        .standard("vrrp_skip_check_adv_addr")
        .meaning("Do not compare the addresses of adverts from the same sender again.");
    TABLE
        .row("strict_mode", Types.optionalBool(), (b, v) -> b.strict = v)
        .standard("vrrp_strict")
        .meaning("The letter of the RFC: no authentication, no unicast, no ping unless owner.");
    TABLE
        .flag("dont_track_primary", b -> b.trackPrimary = false)
        .meaning("A failure of the own interface is no FAULT.");
    AUTHENTICATION
        .rowAt(
            "auth_type",
            Types.oneOf(Map.of("PASS", AuthenticationType.PASS, "AH", AuthenticationType.AH)),
            (b, v, a) -> {
              b.authType = v;
              b.authAt = a.line();
            })
        .meaning("PASS (a password in clear) or AH (HMAC-MD5 in an IPsec header).");
    AUTHENTICATION
        .rowAt(
            "auth_pass",
            Types.samples(Types.text("PASSWORD"), List.of("12345678"), List.of("123456789")),
            InstanceTable::password)
        .meaning("The password, eight bytes at most.");
    TABLE
        .block("authentication", "", AUTHENTICATION, (b, args) -> b, (b, child, context) -> {})
        .meaning("What version 2 adverts carry; version 3 has none.");
  }

  private static void password(InstanceBuilder b, String value, Args args) {
    b.authPassword = value;
    byte[] bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    if (bytes.length > 8) {
      args.diagnostics()
          .error(
              args.end(),
              "password-too-long",
              "auth_pass is longer than 8 bytes",
              "only the first 8 count",
              "the other routers cut it, too; a shorter one shows what is really compared");
      b.authPassword =
          new String(bytes, 0, 8, java.nio.charset.StandardCharsets.UTF_8).replace("\ufffd", "");
    }
  }

  private static void garp() {
    TABLE
        .row("garp_master_delay", Types.seconds(), (b, v) -> b.garp.delay = v)
        .standard("vrrp_garp_master_delay")
        .meaning("Seconds until the second burst of gratuitous ARP; 0: none.");
    TABLE
        .row(
            "garp_master_repeat",
            Types.integer(0, Integer.MAX_VALUE),
            (b, v) -> b.garp.repeat = Math.max(1, v.intValue()))
        .standard("vrrp_garp_master_repeat")
        .meaning("Packets per burst.");
    TABLE
        .row("garp_master_refresh", Types.seconds(), (b, v) -> b.garp.refresh = v)
        .standard("vrrp_garp_master_refresh")
        .meaning("Seconds between refreshing bursts; 0: none.");
    TABLE
        .row(
            "garp_master_refresh_repeat",
            Types.integer(0, Integer.MAX_VALUE),
            (b, v) -> b.garp.refreshRepeat = Math.max(1, v.intValue()))
        .standard("vrrp_garp_master_refresh_repeat")
        .meaning("Packets of a refreshing burst.");
    TABLE
        .row("garp_lower_prio_delay", Types.seconds(), (b, v) -> b.garp.lowerPrioDelay = v)
        .standard("vrrp_garp_lower_prio_delay")
        .meaning("Second burst after an advert of lower priority.");
    TABLE
        .row(
            "garp_lower_prio_repeat",
            Types.integer(0, Integer.MAX_VALUE),
            (b, v) -> b.garp.lowerPrioRepeat = v.intValue())
        .standard("vrrp_garp_lower_prio_repeat")
        .meaning("Packets at once after an advert of lower priority.");
    TABLE
        .row("garp_extra_if", Types.integer(0, 86400), (b, v) -> b.garpExtra = v.intValue())
        .standard("vrrp_garp_extra_if")
        .meaning("Announce addresses on VMACs that carry no adverts so often, in seconds.");
    TABLE
        .row("vip_lease", Types.integer(0, 86400), (b, v) -> b.vipLease = v.intValue())
        .since("sluice")
        .standard("the global vip_lease")
        .meaning(
            "How long the kernel keeps an address that the daemon does not renew; 0: for ever.");
  }

  private static void notifications() {
    notify("notify_master", NotifyBuilder.Kind.MASTER, "Run on becoming MASTER.");
    notify("notify_backup", NotifyBuilder.Kind.BACKUP, "Run on becoming BACKUP.");
    notify("notify_fault", NotifyBuilder.Kind.FAULT, "Run on becoming FAULT.");
    notify("notify_stop", NotifyBuilder.Kind.STOP, "Run when the daemon stops.");
    notify("notify_deleted", NotifyBuilder.Kind.DELETED, "Run when the interface is deleted.");
    notify(
        "notify",
        NotifyBuilder.Kind.ANY,
        "Run at every change, with INSTANCE, name, state and priority appended.");
    notify(
        "notify_master_rx_lower_pri",
        NotifyBuilder.Kind.MASTER_RX_LOWER_PRI,
        "Run when a MASTER hears an advert of lower priority.");
    TABLE
        .row("notify_priority_changes", Types.optionalBool(), (b, v) -> b.notifyPriorityChanges = v)
        .standard("vrrp_notify_priority_changes")
        .meaning("Notify changes of the effective priority, too.");
    TABLE
        .row("smtp_alert", Types.optionalBool(), (b, v) -> b.smtpAlert = v)
        .standard("smtp_alert_vrrp")
        .meaning("Mail at a change of state.");
  }

  private static Keyword<InstanceBuilder> notify(
      String keyword, NotifyBuilder.Kind kind, String meaning) {
    return TABLE
        .rowAt(keyword, Types.command(), (b, v, a) -> b.notify.set(kind, v, a))
        .meaning(meaning);
  }

  private static void machinery() {
    TABLE
        .row("use_vmac", new VmacLine(false), (b, v) -> b.vmac = v)
        .meaning("Hold the addresses on a macvlan with the group's virtual MAC.");
    TABLE
        .flag("use_vmac_addr", b -> b.useVmacAddress = true)
        .meaning("A macvlan for addresses on other interfaces, too.");
    TABLE
        .rowAt(
            "vmac_xmit_base",
            Types.flag(),
            (b, v, a) -> {
              b.transmitOnBase = true;
              b.transmitOnBaseAt = a.at();
            })
        .meaning("Send and receive adverts on the parent of the macvlan.");
    TABLE
        .row("use_ipvlan", new VmacLine(true), (b, v) -> b.ipvlan = v)
        .meaning("Hold the addresses on an ipvlan.");
    TABLE
        .block(
            "auth_hmac",
            "",
            HmacBuilder.TABLE,
            (b, args) -> {
              b.hmacAt = args.at();
              return new HmacBuilder();
            },
            (b, child, context) -> b.hmac = child)
        .since("2.4")
        .meaning("Adverts carry an HMAC-SHA256.");
    TABLE
        .row(
            "kernel_rx_buf_size",
            Types.integer(0, Integer.MAX_VALUE),
            (b, v) -> b.receiveBuffer = v)
        .standard("the kernel's")
        .meaning("Receive buffer of the socket, in bytes.");
    TABLE
        .row("debug", Types.integer(0, 4), (b, v) -> {})
        .noEffect()
        .standard("0")
        .meaning("Without effect.");
    TABLE
        .flag("linkbeat_use_polling", b -> b.linkbeatPolling = true)
        .meaning("Poll the interface's carrier.");
    TABLE
        .row(
            "lvs_sync_daemon_interface",
            Types.text("INTERFACE"),
            (b, v) -> b.syncDaemonInterface = v)
        .deprecated("use lvs_sync_daemon in global_defs")
        .notYet()
        .meaning("Old way to run the connection synchronisation.");
  }

  /** Whether no_accept, which strict mode implies, is without effect. */
  static boolean noAcceptIsNotBuilt() {
    Keyword<InstanceBuilder> row = TABLE.find("no_accept");
    return row != null && row.built() == Keyword.Built.NOT_YET;
  }

  static {
    identity();
    addresses();
    UnicastRows.add(TABLE);
    election();
    Trackers.rows(TABLE, b -> b.trackers);
    garp();
    notifications();
    machinery();
  }
}
