package dev.sluice.cli.ipvsadm;

import static dev.sluice.cli.ipvsadm.Numbers.fill;
import static dev.sluice.cli.ipvsadm.Numbers.pad;

import dev.sluice.core.api.IpvsKey;
import dev.sluice.core.api.IpvsServer;
import dev.sluice.core.api.IpvsService;
import dev.sluice.core.api.IpvsTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The table as {@code ipvsadm -L} prints it, byte for byte, blanks at the ends of lines included
 * (lvs.md f.2).
 */
final class Listing {
  private static final String SERVERS = "  -> RemoteAddress:Port";
  private static final String SERVICES = "Prot LocalAddress:Port";
  private static final int SERVICE_WIDTH = 33;
  private static final int SERVER_WIDTH = 28;

  private final Command.List command;
  private final Names names;
  private final StringBuilder out = new StringBuilder();

  private Listing(Command.List command, Names names) {
    this.command = command;
    this.names = names;
  }

  /** The services of the table, or the one asked for; the first line only tells of all. */
  static String of(IpvsTable table, Command.List command, Names names) {
    var listing = new Listing(command, names);
    if (command.only() == null) {
      listing.line("IP Virtual Server version 1.2.1 (size=" + table.size() + ")");
    }
    listing.titles();
    for (IpvsTable.Service service : listing.services(table)) {
      listing.service(service);
      listing.servers(service).forEach(server -> listing.server(service.service().key(), server));
    }
    return listing.out.toString();
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  private void titles() {
    switch (command.columns()) {
      case STATISTICS -> {
        line(fill(SERVICES, 33) + "    Conns   InPkts  OutPkts  InBytes OutBytes");
        line(SERVERS);
      }
      case RATES -> {
        line(fill(SERVICES, 33) + "      CPS    InPPS   OutPPS    InBPS   OutBPS");
        line(SERVERS);
      }
      case THRESHOLDS -> {
        line(fill(SERVICES, 34) + "Uthreshold Lthreshold ActiveConn InActConn ");
        line(SERVERS);
      }
      case PERSISTENT -> {
        line(fill(SERVICES, 34) + "Weight    PersistConn ActiveConn InActConn ");
        line(SERVERS);
      }
      case TUNNELS -> {
        line(SERVICES + " Scheduler Flags");
        line(fill(SERVERS, 34) + "Forward TunnelInfo    Weight ActiveConn InActConn");
      }
      case PLAIN -> {
        line(SERVICES + " Scheduler Flags");
        line(fill(SERVERS, 34) + "Forward Weight ActiveConn InActConn");
      }
    }
  }

  private List<IpvsTable.Service> services(IpvsTable table) {
    var services = new ArrayList<IpvsTable.Service>();
    for (IpvsTable.Service s : table.services()) {
      if (command.only() == null || command.only().equals(s.service().key())) {
        services.add(s);
      }
    }
    if (command.sorted()) {
      services.sort(Comparator.comparing(s -> s.service().key(), Labels.byKey()));
    }
    return services;
  }

  private List<IpvsTable.Server> servers(IpvsTable.Service service) {
    // The kernel puts a new server in front.
    var servers = new ArrayList<>(service.servers().reversed());
    if (command.sorted()) {
      servers.sort(
          Comparator.<IpvsTable.Server, String>comparing(
                  s -> s.server().address(), Labels::compareAddresses)
              .thenComparingInt(s -> s.server().port()));
    }
    return servers;
  }

  private void service(IpvsTable.Service service) {
    String name = serviceName(service.service().key());
    IpvsTable.Statistics s = service.statistics();
    switch (command.columns()) {
      case STATISTICS -> line(fill(name, SERVICE_WIDTH) + statistics(s));
      case RATES -> line(fill(name, SERVICE_WIDTH) + rates(s));
      case THRESHOLDS, PERSISTENT, TUNNELS, PLAIN -> line(name + " " + settings(service.service()));
    }
  }

  private String serviceName(IpvsKey key) {
    if (key.kind() == IpvsKey.Kind.FWM) {
      return "FWM  " + Labels.signedMark(key.mark()) + (key.ipv6() ? " IPv6" : "");
    }
    String text =
        fill(key.kind().name(), 4)
            + " "
            + Labels.place(key.address(), key.port(), key.kind(), names);
    return key.ipv6() ? text : cut(text, SERVICE_WIDTH);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }

  private static String settings(IpvsService s) {
    var text = new StringBuilder(s.scheduler());
    List<String> flags = Labels.flags(s);
    if (!flags.isEmpty()) {
      text.append(" (").append(String.join(",", flags)).append(')');
    }
    if (s.persistentSeconds() > 0) {
      text.append(" persistent ").append(s.persistentSeconds());
      if (Labels.masked(s)) {
        text.append(" mask ").append(Labels.netmask(s));
      }
    }
    if (s.engine() != null) {
      text.append(" pe ").append(s.engine());
    }
    if (s.onePacket()) {
      text.append(" ops");
    }
    return text.toString();
  }

  private void server(IpvsKey service, IpvsTable.Server entry) {
    IpvsServer s = entry.server();
    String place = Labels.place(s.address(), s.port(), service.kind(), names);
    boolean ipv6 = s.address().indexOf(':') >= 0;
    String name = "  -> " + fill(ipv6 ? place : cut(place, SERVER_WIDTH), SERVER_WIDTH);
    line(
        name
            + switch (command.columns()) {
              case STATISTICS -> statistics(entry.statistics());
              case RATES -> rates(entry.statistics());
              case THRESHOLDS ->
                  " "
                      + fill(s.upperThreshold(), 10)
                      + " "
                      + fill(s.lowerThreshold(), 10)
                      + load(entry);
              case PERSISTENT ->
                  " " + fill(s.weight(), 9) + " " + fill(entry.persistent(), 11) + load(entry);
              case TUNNELS ->
                  " "
                      + fill(s.method().word(), 7)
                      + " "
                      + fill(tunnel(s), 13)
                      + " "
                      + fill(s.weight(), 6)
                      + load(entry);
              case PLAIN ->
                  " " + fill(s.method().word(), 7) + " " + fill(s.weight(), 6) + load(entry);
            });
  }

  private static String load(IpvsTable.Server entry) {
    return " " + fill(entry.active(), 10) + " " + fill(entry.inactive(), 10);
  }

  private static String tunnel(IpvsServer s) {
    if (s.method() != IpvsServer.Method.TUNNEL) {
      return "n/a";
    }
    String checksum =
        switch (s.tunnel().checksum()) {
          case NONE -> "-c";
          case FULL -> "+c";
          case REMOTE -> "r+c";
        };
    return switch (s.tunnel().type()) {
      case IPIP -> "ipip";
      case GUE -> "gue:" + s.tunnel().port() + ":" + checksum;
      case GRE -> s.tunnel().type().name().toLowerCase(Locale.ROOT) + ":" + checksum;
    };
  }

  private String statistics(IpvsTable.Statistics s) {
    return number(s.connections())
        + number(s.inPackets())
        + number(s.outPackets())
        + number(s.inBytes())
        + number(s.outBytes());
  }

  private String rates(IpvsTable.Statistics s) {
    return " "
        + pad(Long.toString(s.connectionsPerSecond()), 8)
        + " "
        + pad(Long.toString(s.inPacketsPerSecond()), 8)
        + " "
        + pad(Long.toString(s.outPacketsPerSecond()), 8)
        + number(s.inBytesPerSecond())
        + number(s.outBytesPerSecond());
  }

  private String number(long n) {
    return Numbers.column(n, command.exact());
  }
}
