package dev.sluice.cli.doctor;

import dev.sluice.cli.doctor.Facts.FirewallRule;
import dev.sluice.cli.doctor.Facts.Network;
import dev.sluice.linux.Addresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code nft list ruleset} or {@code iptables-save} writes: the rules that name an
 * address. Networks shorter than 8 bits name nobody in particular and are left out.
 */
final class FirewallText {
  private static final Pattern HEAD = Pattern.compile("^(table|chain|set|map)\\s+(.+?)\\s*\\{.*$");
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<![\\w.:])((?:\\d{1,3}\\.){3}\\d{1,3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:]*:[0-9a-fA-F:.]*)"
              + "(?:/(\\d{1,3}))?(?![\\w.:])");
  private static final int LEAST_BITS = 8;

  private FirewallText() {}

  static List<FirewallRule> parse(List<String> lines) {
    List<FirewallRule> rules = new ArrayList<>();
    String table = "";
    String part = "";
    for (String raw : lines) {
      String line = raw.strip();
      Matcher head = HEAD.matcher(line);
      if (line.startsWith("*")) {
        table = "iptables table " + line.substring(1);
        part = "";
      } else if (head.matches()) {
        if (head.group(1).equals("table")) {
          table = "table " + head.group(2);
          part = "";
        } else {
          part = head.group(1) + " " + head.group(2);
        }
      } else {
        List<Network> networks = networks(line);
        if (!networks.isEmpty()) {
          String chain = line.startsWith("-A ") ? "chain " + line.split(" ", 3)[1] : part;
          rules.add(
              new FirewallRule(table + (chain.isEmpty() ? "" : ", " + chain), line, networks));
        }
      }
    }
    return rules;
  }

  private static List<Network> networks(String line) {
    List<Network> networks = new ArrayList<>();
    Matcher m = ADDRESS.matcher(line);
    while (m.find()) {
      InetAddress address = literal(m.group(1));
      if (address != null) {
        int most = address.getAddress().length * 8;
        String length = m.group(2);
        int bits = length == null ? most : Integer.parseInt(length);
        if (bits >= LEAST_BITS && bits <= most) {
          networks.add(new Network(address, bits));
        }
      }
    }
    return networks;
  }

  private static @Nullable InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null; // a time, a MAC
    }
  }

  /** For a message. */
  static String shown(InetAddress address) {
    return Addresses.text(address);
  }
}
