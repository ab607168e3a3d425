package dev.sluice.cli.doctor;

import dev.sluice.cli.doctor.Facts.IpvsService;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The text of {@code /proc/net/ip_vs}. */
final class IpvsTable {
  private IpvsTable() {}

  /** Lines such as {@code TCP 0A000001:0050 rr}; IPv6 in brackets; fwmark services are left. */
  static List<IpvsService> parse(List<String> lines) {
    List<IpvsService> services = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", 3);
      boolean service = words.length >= 2 && words[0].matches("TCP|UDP|SCTP");
      int colon = service ? words[1].lastIndexOf(':') : -1;
      if (colon > 0) {
        try {
          services.add(
              new IpvsService(
                  address(words[1].substring(0, colon)),
                  Integer.parseInt(words[1].substring(colon + 1), 16),
                  words[0].toLowerCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
          // A heading.
        }
      }
    }
    return services;
  }

  private static InetAddress address(String text) {
    if (text.startsWith("[")) {
      return InetAddress.ofLiteral(text.substring(1, text.length() - 1));
    }
    long bits = Long.parseLong(text, 16);
    return InetAddress.ofLiteral(
        (bits >> 24 & 255)
            + "."
            + (bits >> 16 & 255)
            + "."
            + (bits >> 8 & 255)
            + "."
            + (bits & 255));
  }
}
