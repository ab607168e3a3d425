package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import java.util.Locale;

/**
 * What identifies a virtual service, as ipvsadm names it: protocol, address and port, or a mark.
 *
 * @param address numeric; empty with a mark
 * @param port 0: every port, or a mark
 * @param mark 1 to 4294967295; 0: none, the address counts
 * @param ipv6 the family; with a mark it is said by {@code -6}
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record IpvsKey(Kind kind, String address, int port, long mark, boolean ipv6) {
  /** {@code -t}, {@code -u}, {@code --sctp-service}, {@code -f}. */
  public enum Kind {
    TCP,
    UDP,
    SCTP,
    FWM
  }

  /** A service with an address. */
  public static IpvsKey of(Kind kind, String address, int port) {
    return new IpvsKey(kind, address, port, 0, address.indexOf(':') >= 0);
  }

  /** A service of marked packets. */
  public static IpvsKey ofMark(long mark, boolean ipv6) {
    return new IpvsKey(Kind.FWM, "", 0, mark, ipv6);
  }

  @Override
  public String toString() {
    return kind == Kind.FWM
        ? "fwmark " + mark + (ipv6 ? " (IPv6)" : "")
        : (ipv6 ? "[" + address + "]" : address)
            + ":"
            + port
            + "/"
            + kind.name().toLowerCase(Locale.ROOT);
  }
}
