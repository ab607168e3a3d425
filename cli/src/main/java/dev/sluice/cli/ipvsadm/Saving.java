package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsKey;
import dev.sluice.core.api.IpvsServer;
import dev.sluice.core.api.IpvsService;
import dev.sluice.core.api.IpvsTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The table as {@code ipvsadm -S} prints it: the options that make it again. The original's form
 * has holes, which are kept (lvs.md f.3): no thresholds, large marks negative, servers sorted.
 * {@code --full} has none of them, and every line of it is one that the original takes, too.
 */
final class Saving {
  private final boolean full;
  private final Names names;
  private final StringBuilder out = new StringBuilder();

  private Saving(boolean full, Names names) {
    this.full = full;
    this.names = names;
  }

  /** One {@code -A} line per service, followed by its {@code -a} lines. */
  static String of(IpvsTable table, boolean full, Names names) {
    var saving = new Saving(full, names);
    var services = new ArrayList<>(table.services());
    if (!full) {
      services.sort(Comparator.comparing(s -> s.service().key(), Labels.byKey()));
    }
    for (IpvsTable.Service s : services) {
      saving.service(s);
    }
    return saving.out.toString();
  }

  private void service(IpvsTable.Service entry) {
    IpvsService s = entry.service();
    String key = key(s.key());
    out.append("-A ").append(key).append(" -s ").append(s.scheduler());
    if (s.persistentSeconds() > 0) {
      out.append(" -p ").append(s.persistentSeconds());
    }
    if (Labels.masked(s) && (full || s.persistentSeconds() > 0)) {
      out.append(" -M ").append(Labels.netmask(s));
    }
    if (s.engine() != null) {
      out.append(" --pe ").append(s.engine());
    }
    if (s.onePacket()) {
      out.append(" -o");
    }
    List<String> flags = Labels.flags(s);
    if (!flags.isEmpty()) {
      out.append(" -b ").append(String.join(",", flags));
    }
    out.append('\n');
    var servers = new ArrayList<>(entry.servers());
    if (!full) {
      servers.sort(
          Comparator.<IpvsTable.Server, String>comparing(
                  r -> r.server().address(), Labels::compareAddresses)
              .thenComparingInt(r -> r.server().port()));
    }
    servers.forEach(r -> server(key, s.key(), r.server()));
  }

  private String key(IpvsKey key) {
    if (key.kind() == IpvsKey.Kind.FWM) {
      String mark = full ? Long.toString(key.mark()) : Labels.signedMark(key.mark());
      return "-f " + mark + (key.ipv6() ? " -6" : "");
    }
    String option =
        switch (key.kind()) {
          case TCP -> "-t ";
          case UDP -> "-u ";
          case SCTP -> "--sctp-service ";
          case FWM -> "-f ";
        };
    return option + Labels.place(key.address(), key.port(), key.kind(), names);
  }

  private void server(String key, IpvsKey service, IpvsServer s) {
    out.append("-a ")
        .append(key)
        .append(" -r ")
        .append(Labels.place(s.address(), s.port(), service.kind(), names))
        .append(
            switch (s.method()) {
              case MASQ -> " -m";
              case TUNNEL -> " -i";
              case ROUTE, LOCAL, BYPASS -> " -g";
            })
        .append(" -w ")
        .append(s.weight());
    if (full && s.upperThreshold() > 0) {
      out.append(" -x ").append(s.upperThreshold());
    }
    if (full && s.lowerThreshold() > 0) {
      out.append(" -y ").append(s.lowerThreshold());
    }
    if (s.method() == IpvsServer.Method.TUNNEL) {
      tunnel(s.tunnel());
    }
    out.append('\n');
  }

  private void tunnel(IpvsServer.Tunnel tunnel) {
    String checksum =
        switch (tunnel.checksum()) {
          case NONE -> " --tun-nocsum";
          case FULL -> " --tun-csum";
          case REMOTE -> " --tun-remcsum";
        };
    switch (tunnel.type()) {
      case IPIP -> out.append(" --tun-type ipip");
      case GUE -> out.append(" --tun-type gue --tun-port ").append(tunnel.port()).append(checksum);
      case GRE -> out.append(" --tun-type gre").append(checksum);
    }
  }
}
