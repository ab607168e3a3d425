package dev.sluice.vrrp.codec;

import static dev.sluice.vrrp.codec.InternetChecksum.INT;
import static dev.sluice.vrrp.codec.InternetChecksum.LONG;
import static dev.sluice.vrrp.codec.InternetChecksum.SHORT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Writes adverts as whole IPv4 packets (RFC 3768 5, RFC 5798 5), the header included: keepalived
 * numbers its packets itself and never sets "don't fragment", and so do we.
 */
public final class AdvertEncoder {
  /** Bytes of an IPv4 header without options. */
  public static final int IP_HEADER = 20;

  /** Bytes of the fixed part of a VRRP message. */
  public static final int VRRP_HEADER = 8;

  /** Bytes of version 2's authentication data, present whatever the type. */
  public static final int AUTH_DATA = 8;

  /** Class selector 6, internetwork control. */
  public static final int TOS = 0xc0;

  /** Bytes that hold every packet this encoder writes. */
  public static final int MAX_PACKET =
      IP_HEADER + VRRP_HEADER + 4 * Advert.MAX_ADDRESSES + AUTH_DATA;

  private AdvertEncoder() {}

  /**
   * Addressing of one copy.
   *
   * @param identification the IPv4 identification, 1..65535
   * @param group stands for the destination in {@link ChecksumStyle#PSEUDO_HEADER_OF_GROUP}
   */
  public record Envelope(
      InetAddress source,
      InetAddress destination,
      int ttl,
      int identification,
      ChecksumStyle checksum,
      InetAddress group) {}

  /**
   * Writes the packet at the start of {@code out}.
   *
   * @return its length in bytes
   * @throws IllegalArgumentException an address is not IPv4 (VRRP over IPv6 is not built yet)
   */
  public static int encode(Advert advert, Envelope envelope, MemorySegment out) {
    int messageLength = messageLength(advert.version(), advert.addresses().size());
    message(advert, out);
    int source = Ipv4.toInt(envelope.source());
    int destination = Ipv4.toInt(envelope.destination());
    long sum = InternetChecksum.sum(out, IP_HEADER, messageLength);
    if (advert.version() == 3) {
      sum +=
          switch (envelope.checksum()) {
            case PLAIN -> 0;
            case PSEUDO_HEADER -> InternetChecksum.pseudoHeader(source, destination, messageLength);
            case PSEUDO_HEADER_OF_GROUP ->
                InternetChecksum.pseudoHeader(source, Ipv4.toInt(envelope.group()), messageLength);
          };
    }
    out.set(SHORT, IP_HEADER + 6, (short) InternetChecksum.fold(sum));

    int length = IP_HEADER + messageLength;
    out.set(JAVA_BYTE, 0, (byte) 0x45);
    out.set(JAVA_BYTE, 1, (byte) TOS);
    out.set(SHORT, 2, (short) length);
    out.set(SHORT, 4, (short) envelope.identification());
    out.set(SHORT, 6, (short) 0);
    out.set(JAVA_BYTE, 8, (byte) envelope.ttl());
    out.set(JAVA_BYTE, 9, (byte) Advert.IP_PROTOCOL);
    out.set(SHORT, 10, (short) 0);
    out.set(INT, 12, source);
    out.set(INT, 16, destination);
    out.set(SHORT, 10, (short) InternetChecksum.fold(InternetChecksum.sum(out, 0, IP_HEADER)));
    return length;
  }

  /** Bytes of a message with this many IPv4 addresses. */
  public static int messageLength(int version, int addresses) {
    return VRRP_HEADER + 4 * addresses + (version == 2 ? AUTH_DATA : 0);
  }

  private static void message(Advert advert, MemorySegment out) {
    out.set(JAVA_BYTE, IP_HEADER, (byte) ((advert.version() << 4) | 1));
    out.set(JAVA_BYTE, IP_HEADER + 1, (byte) advert.virtualRouterId());
    out.set(JAVA_BYTE, IP_HEADER + 2, (byte) advert.priority());
    out.set(JAVA_BYTE, IP_HEADER + 3, (byte) advert.addresses().size());
    if (advert.version() == 2) {
      out.set(JAVA_BYTE, IP_HEADER + 4, (byte) advert.authentication().type());
      out.set(JAVA_BYTE, IP_HEADER + 5, (byte) (advert.intervalCentis() / 100));
    } else {
      out.set(SHORT, IP_HEADER + 4, (short) (advert.intervalCentis() & 0xfff));
    }
    out.set(SHORT, IP_HEADER + 6, (short) 0);
    long at = IP_HEADER + VRRP_HEADER;
    for (InetAddress address : advert.addresses()) {
      if (!(address instanceof Inet4Address v4)) {
        throw new IllegalArgumentException(address + " in an IPv4 advert");
      }
      out.set(INT, at, Ipv4.toInt(v4));
      at += 4;
    }
    if (advert.version() == 2) {
      out.set(
          LONG,
          at,
          switch (advert.authentication()) {
            case AdvertAuthentication.None() -> 0L;
            case AdvertAuthentication.SimplePassword(long octets) -> octets;
          });
    }
  }
}
