package dev.sluice.vrrp.codec;

import static dev.sluice.vrrp.codec.AdvertEncoder.IP_HEADER;
import static dev.sluice.vrrp.codec.AdvertEncoder.VRRP_HEADER;
import static dev.sluice.vrrp.codec.InternetChecksum.INT;
import static dev.sluice.vrrp.codec.InternetChecksum.LONG;
import static dev.sluice.vrrp.codec.InternetChecksum.SHORT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.sluice.config.model.UnicastPeer;
import dev.sluice.vrrp.VrrpCounter;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads IPv4 packets of protocol 112, the header included, as a raw socket delivers them.
 *
 * <p>The checks come in keepalived's order (length, TTL, version, authentication, interval, type,
 * checksum, destination, owner, addresses, sender), so that a packet with two faults raises the
 * same counter there and here. Two are RFC 9568's errata, which keepalived lacks: version 3 adverts
 * without an address or with interval 0 are dropped.
 */
public final class AdvertDecoder {
  /** Ethernet pads IP packets to this; some senders count the padding in. */
  private static final int ETHERNET_MINIMUM = 46;

  private AdvertDecoder() {}

  /**
   * The header fields that choose the instance.
   *
   * @param virtualRouterId 0..255
   */
  public record Header(InetAddress source, InetAddress destination, int virtualRouterId) {}

  /** The header of a packet; empty when it is too short to have one. */
  public static Optional<Header> header(MemorySegment packet, int length) {
    int ip = ipHeader(packet, length);
    if (ip < 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Header(
            Ipv4.of(packet.get(INT, 12)),
            Ipv4.of(packet.get(INT, 16)),
            packet.get(JAVA_BYTE, ip + 1) & 0xff));
  }

  /** Length of the IPv4 header, or -1 where no VRRP header can follow it. */
  private static int ipHeader(MemorySegment packet, int length) {
    if (length < IP_HEADER + VRRP_HEADER) {
      return -1;
    }
    int first = packet.get(JAVA_BYTE, 0) & 0xff;
    int header = (first & 0xf) * 4;
    return first >> 4 == 4 && header >= IP_HEADER && length >= header + VRRP_HEADER ? header : -1;
  }

  /**
   * Judges a packet.
   *
   * @param length bytes received
   * @param expected the instance's demands
   * @param compareAddresses false: the address list is not looked at (skip_check_adv_addr)
   */
  public static Received decode(
      MemorySegment packet, int length, Expected expected, boolean compareAddresses) {
    int ip = ipHeader(packet, length);
    if (ip < 0) {
      return rejected(
          VrrpCounter.TRUNCATED, length + " bytes are too few for an IPv4 and a VRRP header");
    }
    int version = (packet.get(JAVA_BYTE, ip) & 0xf0) >> 4;
    int count = packet.get(JAVA_BYTE, ip + 3) & 0xff;
    int messageLength = AdvertEncoder.messageLength(version, count);
    int whole = ip + messageLength;
    if (length != whole && !padded(length, whole)) {
      return rejected(
          VrrpCounter.LENGTH,
          length + " bytes received, " + whole + " expected with " + count + " addresses");
    }
    int ttl = packet.get(JAVA_BYTE, 8) & 0xff;
    if (!expected.unicast() && ttl != 255) {
      return rejected(
          VrrpCounter.TTL, "TTL " + ttl + " instead of 255: the packet crossed a router");
    }
    if (version != expected.version()) {
      return rejected(
          VrrpCounter.VERSION,
          "version " + version + ", but this instance speaks version " + expected.version());
    }
    Received.@Nullable Remark fault = authentication(packet, ip, count, expected);
    if (fault != null) {
      return new Received.Rejected(fault);
    }
    List<Received.Remark> remarks = new ArrayList<>(0);
    int interval =
        version == 2
            ? (packet.get(JAVA_BYTE, ip + 5) & 0xff) * 100
            : packet.get(SHORT, ip + 4) & 0xfff;
    if (interval != expected.intervalCentis()) {
      String text =
          "advertisement interval "
              + seconds(interval)
              + ", ours is "
              + seconds(expected.intervalCentis());
      if (version == 2) {
        return rejected(VrrpCounter.ADVERT_INTERVAL, text);
      }
      remarks.add(new Received.Remark(VrrpCounter.INTERVAL_LEARNED, text));
    }
    int type = packet.get(JAVA_BYTE, ip) & 0xf;
    if (type != 1) {
      return rejected(VrrpCounter.INVALID_TYPE, "type " + type + " instead of 1 (advertisement)");
    }
    int total = packet.get(SHORT, 2) & 0xffff;
    if (total != length && !padded(length, total)) {
      return rejected(
          VrrpCounter.LENGTH, "the IPv4 header says " + total + " bytes, received " + length);
    }
    Inet4Address source = Ipv4.of(packet.get(INT, 12));
    Inet4Address destination = Ipv4.of(packet.get(INT, 16));
    ChecksumStyle style = verify(packet, ip, messageLength, version, expected);
    fault = checksum(style, version, destination, expected);
    if (fault != null || style == null) {
      return new Received.Rejected(
          fault != null ? fault : new Received.Remark(VrrpCounter.CHECKSUM, "bad checksum"));
    }
    if (version == 3 && count == 0) {
      return rejected(VrrpCounter.NO_ADDRESS, "version 3 advert without an address");
    }
    if (version == 3 && interval == 0) {
      return rejected(VrrpCounter.ZERO_INTERVAL, "version 3 advert with interval 0");
    }
    if (destination.isMulticastAddress() == expected.unicast()) {
      return rejected(
          VrrpCounter.DESTINATION_KIND,
          expected.unicast()
              ? "sent to " + destination.getHostAddress() + ", but this instance is unicast"
              : "sent to " + destination.getHostAddress() + ", but this instance is multicast");
    }
    if (source.equals(expected.localAddress())) {
      return rejected(VrrpCounter.OWN_SOURCE, "carries our own address: looped or forged");
    }
    if (expected.ownerIgnoresAdverts()) {
      return rejected(VrrpCounter.OWNER_IGNORED, "we own the addresses and heed no advert");
    }
    List<InetAddress> addresses = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      addresses.add(Ipv4.of(packet.get(INT, ip + VRRP_HEADER + 4L * i)));
    }
    if (compareAddresses && !sameAddresses(addresses, expected.addresses())) {
      remarks.add(
          new Received.Remark(
              VrrpCounter.ADDRESS_LIST,
              "advertises " + words(addresses) + ", we have " + words(expected.addresses())));
    }
    fault = unicastSource(source, ttl, expected);
    if (fault != null) {
      return new Received.Rejected(fault);
    }
    Advert advert =
        new Advert(
            version,
            packet.get(JAVA_BYTE, ip + 1) & 0xff,
            packet.get(JAVA_BYTE, ip + 2) & 0xff,
            interval,
            addresses,
            version == 2 ? expected.authentication() : new AdvertAuthentication.None());
    return new Received.Accepted(advert, source, destination, ttl, style, List.copyOf(remarks));
  }

  /** Ethernet padding that the sender counted in; VLAN tags shift it in fours. */
  private static boolean padded(int received, int expected) {
    return expected < ETHERNET_MINIMUM
        && received > expected
        && received <= ETHERNET_MINIMUM
        && (received - expected) % 4 == 2;
  }

  private static Received.@Nullable Remark authentication(
      MemorySegment packet, int ip, int count, Expected expected) {
    if (expected.version() != 2) {
      return null;
    }
    int type = packet.get(JAVA_BYTE, ip + 4) & 0xff;
    if (type > 2) {
      return new Received.Remark(
          VrrpCounter.AUTH_INVALID_TYPE, "authentication type " + type + " does not exist");
    }
    if (type != expected.authentication().type()) {
      return new Received.Remark(
          VrrpCounter.AUTH_TYPE_MISMATCH,
          "authentication "
              + authenticationName(type)
              + ", ours is "
              + authenticationName(expected.authentication().type()));
    }
    return switch (expected.authentication()) {
      // RFC 3768 5.3.10: the data of type 0 is ignored.
      case AdvertAuthentication.None() -> null;
      case AdvertAuthentication.SimplePassword(long octets) -> {
        // One comparison of eight bytes: its time does not depend on how many match.
        long theirs = packet.get(LONG, ip + VRRP_HEADER + 4L * count);
        yield (theirs ^ octets) == 0
            ? null
            : new Received.Remark(VrrpCounter.AUTH_FAILURE, "the password does not match");
      }
    };
  }

  private static String authenticationName(int type) {
    return switch (type) {
      case 0 -> "none";
      case 1 -> "PASS";
      default -> "AH";
    };
  }

  /** The style in which the checksum verifies, the configured one first; null: in none. */
  private static @Nullable ChecksumStyle verify(
      MemorySegment packet, int ip, int messageLength, int version, Expected expected) {
    long sum = InternetChecksum.sum(packet, ip, messageLength);
    if (version == 2) {
      return InternetChecksum.fold(sum) == 0 ? ChecksumStyle.PLAIN : null;
    }
    int source = packet.get(INT, 12);
    int destination = packet.get(INT, 16);
    boolean plain = InternetChecksum.fold(sum) == 0;
    boolean pseudo =
        InternetChecksum.fold(
                sum + InternetChecksum.pseudoHeader(source, destination, messageLength))
            == 0;
    boolean group =
        InternetChecksum.fold(
                sum
                    + InternetChecksum.pseudoHeader(
                        source, Ipv4.toInt(expected.group()), messageLength))
            == 0;
    boolean configured =
        switch (expected.checksum()) {
          case PLAIN -> plain;
          case PSEUDO_HEADER -> pseudo;
          case PSEUDO_HEADER_OF_GROUP -> group;
        };
    if (configured) {
      return expected.checksum();
    }
    if (pseudo) {
      return ChecksumStyle.PSEUDO_HEADER;
    }
    if (plain) {
      return ChecksumStyle.PLAIN;
    }
    return group ? ChecksumStyle.PSEUDO_HEADER_OF_GROUP : null;
  }

  private static Received.@Nullable Remark checksum(
      @Nullable ChecksumStyle style, int version, Inet4Address destination, Expected expected) {
    if (style == null) {
      return new Received.Remark(VrrpCounter.CHECKSUM, "bad checksum");
    }
    if (version == 2 || style == expected.checksum()) {
      return null;
    }
    boolean adapt =
        style == ChecksumStyle.PSEUDO_HEADER_OF_GROUP
            && expected.checksum() == ChecksumStyle.PSEUDO_HEADER
            && expected.adaptUnicastChecksum()
            && expected.unicast()
            && !destination.isMulticastAddress();
    return adapt
        ? null
        : new Received.Remark(
            VrrpCounter.CHECKSUM_STYLE,
            "the peer computes checksums "
                + style.words()
                + ", we "
                + expected.checksum().words()
                + ": configure the same on both");
  }

  private static Received.@Nullable Remark unicastSource(
      Inet4Address source, int ttl, Expected expected) {
    if (!expected.unicast() || !expected.checkUnicastSource()) {
      return null;
    }
    for (UnicastPeer peer : expected.peers()) {
      if (peer.address().equals(source)) {
        return ttl >= peer.minTtl() && ttl <= peer.maxTtl()
            ? null
            : new Received.Remark(
                VrrpCounter.UNICAST_SOURCE,
                "TTL " + ttl + " is not within " + peer.minTtl() + ".." + peer.maxTtl());
      }
    }
    return new Received.Remark(VrrpCounter.UNICAST_SOURCE, "the sender is no unicast_peer");
  }

  private static boolean sameAddresses(List<InetAddress> theirs, List<InetAddress> ours) {
    return theirs.size() == ours.size()
        && (theirs.equals(ours) || new HashSet<>(ours).containsAll(theirs));
  }

  private static String words(List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      return "no address";
    }
    StringBuilder text = new StringBuilder();
    for (InetAddress address : addresses) {
      text.append(text.isEmpty() ? "" : " ").append(address.getHostAddress());
    }
    return text.toString();
  }

  private static String seconds(int centis) {
    return centis % 100 == 0
        ? centis / 100 + " s"
        : "%d.%02d s".formatted(centis / 100, centis % 100);
  }

  private static Received rejected(VrrpCounter counter, String text) {
    return new Received.Rejected(new Received.Remark(counter, text));
  }
}
