package dev.sluice.config.build;

import dev.sluice.config.model.MarkMatch;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.table.Addresses;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code match}: firewall marks come from netfilter, which sees a packet only after XDP. So the
 * configuration itself says which packets carry the mark.
 */
final class MatchLine {
  private String device = "";
  private MarkMatch.@Nullable Net source;
  private MarkMatch.@Nullable Net destination;
  private @Nullable Protocol protocol;
  private final int[] sourcePorts = {0, 65535};
  private final int[] ports = {0, 65535};

  static void row(Block<VirtualServerBuilder> table) {
    table
        .row("match", new Syntax(), (b, v) -> b.matches.add(v))
        .since("sluice")
        .meaning("Packets that count as having the service's firewall mark.");
  }

  /** As documented; every line is read by an object of its own. */
  private static final class Syntax implements ValueType<MarkMatch> {
    @Override
    public String syntax() {
      return SYNTAX;
    }

    @Override
    public @Nullable MarkMatch read(Args args) {
      return new MatchLine().read(args);
    }

    @Override
    public List<String> accepted() {
      return List.of("port 80", "device eth0 source 198.51.100.0/24 protocol tcp port 80-443");
    }

    @Override
    public List<String> refused() {
      return List.of("port 65536", "source 10.0.0.0/33", "colour red");
    }
  }

  private static final String SYNTAX =
      "[device NAME] [source NET] [destination NET] [protocol tcp|udp|sctp] [source_port N[-N]]"
          + " [port N[-N]]";

  private @Nullable MarkMatch read(Args args) {
    Word word = args.require("device, source, destination, protocol, source_port or port");
    if (word == null) {
      return null;
    }
    while (word != null) {
      Word value = args.require("a value for " + word.text());
      if (value == null) {
        return null;
      }
      if (!take(word.text(), value.text())) {
        args.invalid(
            value, "match", "'" + word.text() + " " + value.text() + "' cannot be read", SYNTAX);
        args.rest();
        return null;
      }
      word = args.poll();
    }
    return new MarkMatch(
        device, source, destination, protocol, sourcePorts[0], sourcePorts[1], ports[0], ports[1]);
  }

  private boolean take(String name, String value) {
    switch (name) {
      case "device" -> device = value;
      case "source" -> {
        source = net(value);
        return source != null;
      }
      case "destination" -> {
        destination = net(value);
        return destination != null;
      }
      case "protocol" -> {
        protocol =
            switch (value.toLowerCase(Locale.ROOT)) {
              case "tcp" -> Protocol.TCP;
              case "udp" -> Protocol.UDP;
              case "sctp" -> Protocol.SCTP;
              default -> null;
            };
        return protocol != null;
      }
      case "source_port" -> {
        return range(value, sourcePorts);
      }
      case "port" -> {
        return range(value, ports);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean range(String text, int[] into) {
    int dash = text.indexOf('-');
    try {
      into[0] = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
      into[1] = Integer.parseInt(dash < 0 ? text : text.substring(dash + 1));
    } catch (NumberFormatException e) {
      return false;
    }
    return into[0] >= 0 && into[0] <= into[1] && into[1] <= 65535;
  }

  static MarkMatch.@Nullable Net net(String text) {
    int slash = text.indexOf('/');
    InetAddress address = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    int most = address.getAddress().length * 8;
    try {
      int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      return bits < 0 || bits > most ? null : new MarkMatch.Net(address, bits);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
