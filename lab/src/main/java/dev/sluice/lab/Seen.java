package dev.sluice.lab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A frame of interest, read off the wire with no code of the router's own: both must not share an
 * error.
 */
public sealed interface Seen {
  /** When it was read, by {@link System#nanoTime}. */
  long nanos();

  /** An Ethernet address, as {@code 00:00:5e:00:01:33}. */
  String sourceMac();

  /**
   * A VRRP advert.
   *
   * @param ah whether an authentication header precedes it
   * @param ttl or hop limit
   * @param auth version 2: the authentication type, else 0
   */
  record Advert(
      long nanos,
      String sourceMac,
      String source,
      String destination,
      int ttl,
      boolean ah,
      int version,
      int vrid,
      int priority,
      int count,
      int auth)
      implements Seen {}

  /** A gratuitous ARP or an unsolicited neighbour advertisement. */
  record Announcement(long nanos, String sourceMac, String address) implements Seen {}

  /** What the frame is, if we care. */
  static Optional<Seen> of(long nanos, byte[] frame) {
    if (frame.length < 34) {
      return Optional.empty();
    }
    String mac = HexFormat.ofDelimiter(":").formatHex(frame, 6, 12);
    return switch (u16(frame, 12)) {
      case 0x0806 -> arp(nanos, mac, frame);
      case 0x0800 -> ipv4(nanos, mac, frame);
      case 0x86dd -> ipv6(nanos, mac, frame);
      default -> Optional.empty();
    };
  }

  private static Optional<Seen> arp(long nanos, String mac, byte[] f) {
    boolean gratuitous = f.length >= 42 && Arrays.equals(f, 28, 32, f, 38, 42);
    return gratuitous
        ? Optional.of(new Announcement(nanos, mac, address(f, 28, 4)))
        : Optional.empty();
  }

  private static Optional<Seen> ipv4(long nanos, String mac, byte[] f) {
    int at = 14 + (f[14] & 0xf) * 4;
    int protocol = f[23] & 0xff;
    boolean ah = protocol == 51;
    if (ah && f.length > at + 24) {
      protocol = f[at] & 0xff;
      at += 24;
    }
    return protocol == 112
        ? advert(nanos, mac, f, at, address(f, 26, 4), address(f, 30, 4), f[22] & 0xff, ah)
        : Optional.empty();
  }

  private static Optional<Seen> ipv6(long nanos, String mac, byte[] f) {
    if (f.length < 54) {
      return Optional.empty();
    }
    int next = f[20] & 0xff;
    if (next == 112) {
      return advert(nanos, mac, f, 54, address(f, 22, 16), address(f, 38, 16), f[21] & 0xff, false);
    }
    // Neighbour advertisement, not solicited.
    boolean announces =
        next == 58 && f.length >= 78 && (f[54] & 0xff) == 136 && (f[58] & 0x40) == 0;
    return announces
        ? Optional.of(new Announcement(nanos, mac, address(f, 62, 16)))
        : Optional.empty();
  }

  private static Optional<Seen> advert(
      long nanos,
      String mac,
      byte[] f,
      int at,
      String source,
      String destination,
      int ttl,
      boolean ah) {
    if (f.length < at + 8) {
      return Optional.empty();
    }
    int version = (f[at] & 0xff) >> 4;
    return Optional.of(
        new Advert(
            nanos,
            mac,
            source,
            destination,
            ttl,
            ah,
            version,
            f[at + 1] & 0xff,
            f[at + 2] & 0xff,
            f[at + 3] & 0xff,
            version == 2 ? f[at + 4] & 0xff : 0));
  }

  private static int u16(byte[] f, int at) {
    return ((f[at] & 0xff) << 8) | (f[at + 1] & 0xff);
  }

  private static String address(byte[] f, int at, int length) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(f, at, at + length)).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
