package dev.sluice.cli.ipvsadm;

import static dev.sluice.cli.ipvsadm.Numbers.fill;

import dev.sluice.core.api.IpvsKey;
import dev.sluice.core.api.IpvsTable.Connection;
import java.util.List;
import java.util.Locale;

/** The entries as {@code ipvsadm -Lc} prints them. */
final class ConnectionListing {
  private ConnectionListing() {}

  /** Title and a line per entry, in the order given. */
  static String of(List<Connection> entries, boolean engines, Names names) {
    var out = new StringBuilder("IPVS connection entries\n");
    out.append("pro expire state       source             virtual            destination");
    out.append(engines ? "        pe name          pe_data\n" : "\n");
    for (Connection c : entries) {
      IpvsKey.Kind kind = kind(c.protocol());
      String server = Labels.place(c.server(), c.serverPort(), kind, names);
      boolean known = engines && c.engine() != null;
      out.append(fill(c.protocol(), 3))
          .append(' ')
          .append(fill(minutes(c.expiresInSeconds()), 6))
          .append(' ')
          .append(fill(c.state(), 11))
          .append(' ')
          .append(fill(Labels.place(c.client(), c.clientPort(), kind, names), 18))
          .append(' ')
          .append(fill(Labels.place(c.virtual(), c.virtualPort(), kind, names), 18))
          .append(' ')
          .append(known ? fill(server, 16) : server);
      if (known) {
        out.append(' ').append(fill(String.valueOf(c.engine()), 18));
        out.append(' ').append(c.engineData() == null ? "" : c.engineData());
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static String minutes(long seconds) {
    return String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60);
  }

  private static IpvsKey.Kind kind(String protocol) {
    return switch (protocol) {
      case "UDP" -> IpvsKey.Kind.UDP;
      case "SCTP" -> IpvsKey.Kind.SCTP;
      default -> IpvsKey.Kind.TCP;
    };
  }
}
