package dev.sluice.config.build;

import dev.sluice.config.model.LvsSetting;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Nearest;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.Word;
import java.util.List;

/** The lines of {@code lvs_settings}. */
final class LvsSettings {
  /** The greatest value of each, in the order of the names. */
  private record Known(String name, long least, long most) {}

  static final int MONTH = 2_678_400;

  private static final String SYNC = "connections are not synchronised";
  private static final String FIXED = "tables have a fixed size: 'connections'";

  private static final List<Known> KNOWN =
      List.of(
          new Known("conn_reuse_mode", 0, 3),
          new Known("sloppy_tcp", 0, 1),
          new Known("expire_nodest_conn", 0, 1),
          new Known("expire_quiescent_template", 0, 1),
          new Known("drop_entry", 0, 3),
          new Known("drop_packet", 0, 3),
          new Known("secure_tcp", 0, 3),
          new Known("am_droprate", 1, Integer.MAX_VALUE),
          new Known("amemthresh", 0, Integer.MAX_VALUE),
          new Known("lblc_expiration", 0, MONTH),
          new Known("lblcr_expiration", 0, MONTH),
          new Known("pmtu_disc", 0, 1),
          new Known("timeout_tcp", 0, MONTH),
          new Known("timeout_tcpfin", 0, MONTH),
          new Known("timeout_udp", 0, MONTH),
          new Known("ipvs_order", 0, 1),
          new Known("udp_is_inactive", 0, 1),
          new Known("connections", 65_536, 1 << 28));

  /**
   * Settings of the kernel's that say nothing to this plane (lvs.md c.9).
   *
   * @param standing what the plane does, by the setting's value; empty: any value
   */
  private record Inert(String name, String standing, String reason) {}

  private static final List<Inert> INERT =
      List.of(
          new Inert("backup_only", "0", "no backup daemon runs beside the plane"),
          new Inert("cache_bypass", "0", "a service without servers refuses"),
          new Inert("conntrack", "0", "the plane's packets do not pass nf_conntrack"),
          new Inert("ignore_tunneled", "0", "tunnelled packets are not looked into"),
          new Inert("nat_icmp_send", "0", "answers without a connection pass as they are"),
          new Inert("run_estimation", "1", "counters are always live"),
          new Inert("schedule_icmp", "0", "an ICMP error opens no connection"),
          new Inert("sloppy_sctp", "0", "SCTP is not carried yet"),
          new Inert("snat_reroute", "1", "answers leave by the route of their new source"),
          new Inert("sync_version", "", SYNC),
          new Inert("sync_threshold", "", SYNC),
          new Inert("sync_refresh_period", "", SYNC),
          new Inert("sync_retries", "", SYNC),
          new Inert("sync_persist_mode", "", SYNC),
          new Inert("sync_ports", "", SYNC),
          new Inert("sync_qlen_max", "", SYNC),
          new Inert("sync_sock_size", "", SYNC),
          new Inert("conn_lfactor", "", FIXED),
          new Inert("svc_lfactor", "", FIXED),
          new Inert("conn_max", "", "'connections' says how many entries there are"),
          new Inert("est_cpulist", "", "no kernel thread estimates rates"),
          new Inert("est_nice", "", "no kernel thread estimates rates"));

  static final String MEANING =
      "The kernel's net.ipv4.vs.* by their names, and ipvsadm --set's timeouts in seconds: "
          + String.join(", ", KNOWN.stream().map(Known::name).toList())
          + ". The last three are our own: ipvs_order 1 schedules from the newest server to the"
          + " oldest instead of in the declared order; udp_is_inactive 1 does not count UDP as"
          + " load; connections is the size of the connection table, by default from 65536 to"
          + " 4194304 by the machine's memory. These take effect when the plane is made. sloppy_tcp"
          + " 1 adopts connections that another director opened: with sh, mh and maglev they stay"
          + " with their server. Known and without effect here: "
          + String.join(", ", INERT.stream().map(Inert::name).toList())
          + ".";

  private LvsSettings() {}

  static void line(Plan plan, Args args) {
    Word name = args.poll();
    if (name == null) {
      return;
    }
    Word value = args.require("a value of " + name.text());
    if (value == null) {
      return;
    }
    for (Known k : KNOWN) {
      if (k.name().equals(name.text())) {
        Long number = Types.integer(args, value, k.least(), k.most());
        if (number != null) {
          plan.lvsSettings.add(new LvsSetting(k.name(), number.intValue()));
        }
        return;
      }
    }
    for (Inert i : INERT) {
      if (i.name().equals(name.text())) {
        inert(args, name, i, value.text());
        return;
      }
    }
    args.invalid(
        name,
        "unknown-setting",
        "'" + name.text() + "' is no setting of the forwarding plane",
        Nearest.of(name.text(), KNOWN.stream().map(Known::name).toList())
            .map(near -> "did you mean '" + near + "'?")
            .orElse("see docs/configuration.md, lvs_settings"));
  }

  private static void inert(Args args, Word name, Inert known, String value) {
    var _ = args.rest();
    if (!value.equals(known.standing())) {
      args.diagnostics()
          .info(
              name.at(),
              "no-effect",
              "'" + name.text() + "' has no effect on this plane: " + known.reason(),
              "",
              "");
    }
  }
}
