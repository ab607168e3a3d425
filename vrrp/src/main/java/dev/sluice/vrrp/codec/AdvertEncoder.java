package dev.sluice.vrrp.codec;

import static dev.sluice.vrrp.codec.InternetChecksum.INT;
import static dev.sluice.vrrp.codec.InternetChecksum.LONG;
import static dev.sluice.vrrp.codec.InternetChecksum.SHORT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;

/**
 * Writes adverts as a raw socket takes them (RFC 3768 5, RFC 5798 5). Over IPv4 the header is
 * included: keepalived numbers its packets itself and never sets "don't fragment", and so do we.
 * Over IPv6 the kernel makes the header; what is written is the message.
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

  /** Bytes that hold every message. */
  static final int MAX_MESSAGE = VRRP_HEADER + 16 * Advert.MAX_ADDRESSES + AUTH_DATA;

  /** Bytes that hold every packet this encoder writes. */
  public static final int MAX_PACKET =
      IP_HEADER + AhAssociation.LENGTH + MAX_MESSAGE + HmacAssociation.TRAILER;

  private AdvertEncoder() {}

  /**
   * Addressing of one copy; both addresses of one family.
   *
   * @param ttl of IPv4; of IPv6 the socket's
   * @param identification the IPv4 identification, 1..65535
   * @param group stands for the destination in {@link ChecksumStyle#PSEUDO_HEADER_OF_GROUP}
   */
  public record Envelope(
      InetAddress source,
      InetAddress destination,
      int ttl,
      int identification,
      ChecksumStyle checksum,
      InetAddress group) {

    boolean ipv4() {
      return AddressBits.ipv4(source);
    }
  }

  /**
   * Writes the packet at the start of {@code out}; an authentication header is left unsealed, a
   * trailer is not written.
   *
   * @return its length in bytes
   * @throws IllegalArgumentException an address is of the other family
   */
  public static int encode(Advert advert, Envelope envelope, MemorySegment out) {
    boolean ipv4 = envelope.ipv4();
    if (AddressBits.ipv4(envelope.destination()) != ipv4) {
      throw new IllegalArgumentException(envelope + ": addresses of two families");
    }
    int at = messageAt(ipv4, advert.authentication());
    int messageLength = messageLength(ipv4, advert.version(), advert.addresses().size());
    message(advert, ipv4, out, at);
    long sum =
        InternetChecksum.sum(out, at, messageLength)
            + pseudoHeader(advert.version(), envelope, messageLength);
    out.set(SHORT, at + 6, (short) InternetChecksum.fold(sum));
    int length = at + messageLength;
    if (ipv4) {
      header(advert, envelope, length, out);
    }
    return length;
  }

  /** The unfolded sum of what the checksum covers beside the message. */
  static long pseudoHeader(int version, Envelope envelope, int messageLength) {
    InetAddress source = envelope.source();
    InetAddress destination = envelope.destination();
    if (!envelope.ipv4()) {
      return InternetChecksum.pseudoHeader6(
          AddressBits.high(source),
          AddressBits.low(source),
          AddressBits.high(destination),
          AddressBits.low(destination),
          messageLength);
    }
    if (version == 2) {
      return 0;
    }
    return switch (envelope.checksum()) {
      case PLAIN -> 0;
      case PSEUDO_HEADER ->
          InternetChecksum.pseudoHeader(Ipv4.toInt(source), Ipv4.toInt(destination), messageLength);
      case PSEUDO_HEADER_OF_GROUP ->
          InternetChecksum.pseudoHeader(
              Ipv4.toInt(source), Ipv4.toInt(envelope.group()), messageLength);
    };
  }

  /** Where the message begins in what is written. */
  static int messageAt(boolean ipv4, AdvertAuthentication authentication) {
    if (!ipv4) {
      return 0;
    }
    return authentication instanceof AdvertAuthentication.Ah
        ? IP_HEADER + AhAssociation.LENGTH
        : IP_HEADER;
  }

  /** Bytes of a message with this many addresses. */
  public static int messageLength(boolean ipv4, int version, int addresses) {
    return VRRP_HEADER + (ipv4 ? 4 : 16) * addresses + (version == 2 ? AUTH_DATA : 0);
  }

  private static void header(Advert advert, Envelope envelope, int length, MemorySegment out) {
    boolean ah = advert.authentication() instanceof AdvertAuthentication.Ah;
    int source = Ipv4.toInt(envelope.source());
    out.set(JAVA_BYTE, 0, (byte) 0x45);
    out.set(JAVA_BYTE, 1, (byte) TOS);
    out.set(SHORT, 2, (short) length);
    out.set(SHORT, 4, (short) envelope.identification());
    out.set(SHORT, 6, (short) 0);
    out.set(JAVA_BYTE, 8, (byte) envelope.ttl());
    out.set(JAVA_BYTE, 9, (byte) (ah ? AhAssociation.IP_PROTOCOL : Advert.IP_PROTOCOL));
    out.set(SHORT, 10, (short) 0);
    out.set(INT, 12, source);
    out.set(INT, 16, Ipv4.toInt(envelope.destination()));
    out.set(SHORT, 10, (short) InternetChecksum.fold(InternetChecksum.sum(out, 0, IP_HEADER)));
    if (ah) {
      out.set(JAVA_BYTE, IP_HEADER, (byte) Advert.IP_PROTOCOL);
      out.set(JAVA_BYTE, IP_HEADER + 1, (byte) (AhAssociation.LENGTH / 4 - 2));
      out.set(SHORT, IP_HEADER + 2, (short) 0);
      out.set(INT, IP_HEADER + 4, source);
      out.asSlice(IP_HEADER + 8, 16).fill((byte) 0);
    }
  }

  private static void message(Advert advert, boolean ipv4, MemorySegment out, int at) {
    out.set(JAVA_BYTE, at, (byte) ((advert.version() << 4) | 1));
    out.set(JAVA_BYTE, at + 1, (byte) advert.virtualRouterId());
    out.set(JAVA_BYTE, at + 2, (byte) advert.priority());
    out.set(JAVA_BYTE, at + 3, (byte) advert.addresses().size());
    if (advert.version() == 2) {
      out.set(JAVA_BYTE, at + 4, (byte) advert.authentication().type());
      out.set(JAVA_BYTE, at + 5, (byte) (advert.intervalCentis() / 100));
    } else {
      out.set(SHORT, at + 4, (short) (advert.intervalCentis() & 0xfff));
    }
    out.set(SHORT, at + 6, (short) 0);
    long next = (long) at + VRRP_HEADER;
    for (InetAddress address : advert.addresses()) {
      if (AddressBits.ipv4(address) != ipv4) {
        throw new IllegalArgumentException(
            address.getHostAddress() + " in an " + (ipv4 ? "IPv4" : "IPv6") + " advert");
      }
      next += AddressBits.write(address, out, next);
    }
    if (advert.version() == 2) {
      out.set(
          LONG,
          next,
          switch (advert.authentication()) {
            case AdvertAuthentication.None(), AdvertAuthentication.Ah() -> 0L;
            case AdvertAuthentication.SimplePassword(long octets) -> octets;
          });
    }
  }
}
