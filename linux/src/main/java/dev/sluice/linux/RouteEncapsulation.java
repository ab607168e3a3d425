package dev.sluice.linux;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A light-weight tunnel of a route (ip-route(8), {@code encap}). */
public sealed interface RouteEncapsulation {
  /**
   * MPLS labels, outermost first, 20 bits each.
   *
   * @param ttl 0: the system's
   */
  record Mpls(List<Integer> labels, int ttl) implements RouteEncapsulation {
    public Mpls {
      labels = List.copyOf(labels);
    }
  }

  /**
   * An IP or IPv6 tunnel device's parameters.
   *
   * @param id the tunnel's key; null: none
   * @param ttl or hop limit, 0: the device's
   * @param tos or traffic class
   */
  record Ip(
      boolean ipv6,
      @Nullable Long id,
      @Nullable InetAddress destination,
      @Nullable InetAddress source,
      int ttl,
      int tos)
      implements RouteEncapsulation {}

  /** Identifier-locator addressing. */
  record Ila(long locator) implements RouteEncapsulation {}

  /**
   * Reads what stands behind {@code encap}: {@code mpls 100/200 [ttl N]}, {@code ip|ip6 [id N] [dst
   * A] [src A] [ttl|hoplimit N] [tos|tc N]}, {@code ila 0:1:2:3}.
   *
   * @throws IllegalArgumentException with words for the operator
   */
  static RouteEncapsulation parse(String words) {
    String[] w = words.strip().split("\\s+");
    try {
      return switch (w[0]) {
        case "mpls" -> mpls(w);
        case "ip" -> ip(w, false);
        case "ip6" -> ip(w, true);
        case "ila" -> new Ila(locator(w[1]));
        default ->
            throw new IllegalArgumentException(
                "encap " + w[0] + " is not known; mpls, ip, ip6 and ila are");
      };
    } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
      throw new IllegalArgumentException("encap " + words + " is not understood", e);
    }
  }

  private static Mpls mpls(String[] w) {
    List<Integer> labels = List.of(w[1].split("/", -1)).stream().map(Integer::decode).toList();
    if (labels.stream().anyMatch(l -> l < 0 || l > 0xfffff)) {
      throw new IllegalArgumentException("an MPLS label is 0 to 1048575, not " + w[1]);
    }
    return new Mpls(labels, w.length > 2 && w[2].equals("ttl") ? Integer.decode(w[3]) : 0);
  }

  private static Ip ip(String[] w, boolean ipv6) {
    Long id = null;
    InetAddress destination = null;
    InetAddress source = null;
    int ttl = 0;
    int tos = 0;
    for (int i = 1; i < w.length; i += 2) {
      String value = w[i + 1];
      switch (w[i]) {
        case "id" -> id = Long.decode(value);
        case "dst" -> destination = address(value, ipv6);
        case "src" -> source = address(value, ipv6);
        case "ttl", "hoplimit" -> ttl = Integer.decode(value);
        case "tos", "tc" -> tos = Integer.decode(value);
        default -> throw new IllegalArgumentException("encap: unknown word " + w[i]);
      }
    }
    return new Ip(ipv6, id, destination, source, ttl, tos);
  }

  private static InetAddress address(String text, boolean ipv6) {
    InetAddress address = InetAddress.ofLiteral(text);
    if (address instanceof Inet4Address == ipv6) {
      throw new IllegalArgumentException("encap: " + text + " is of the wrong family");
    }
    return address;
  }

  private static long locator(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 4) {
      throw new IllegalArgumentException("an ILA locator has four groups, not " + text);
    }
    long locator = 0;
    for (String part : parts) {
      locator = locator << 16 | Integer.parseInt(part, 16);
    }
    return locator;
  }
}
