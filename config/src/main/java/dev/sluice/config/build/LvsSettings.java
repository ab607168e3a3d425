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

  private static final int MONTH = 2_678_400;

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
          new Known("timeout_tcp", 0, MONTH),
          new Known("timeout_tcpfin", 0, MONTH),
          new Known("timeout_udp", 0, MONTH));

  static final String MEANING =
      "The kernel's net.ipv4.vs.* by their names, and ipvsadm --set's timeouts in seconds: "
          + String.join(", ", KNOWN.stream().map(Known::name).toList())
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
    args.invalid(
        name,
        "unknown-setting",
        "'" + name.text() + "' is no setting of the forwarding plane",
        Nearest.of(name.text(), KNOWN.stream().map(Known::name).toList())
            .map(near -> "did you mean '" + near + "'?")
            .orElse("see docs/configuration.md, lvs_settings"));
  }
}
