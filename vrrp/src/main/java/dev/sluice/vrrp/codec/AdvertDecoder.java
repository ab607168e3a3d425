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
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads packets as a raw socket delivers them: of IPv4 with its header, of IPv6 the message. First
 * {@link #load4} or {@link #load6}, whose fields choose the instance, then {@link #judge} by that
 * instance's demands. What was found stands in the decoder until the next packet; a packet that is
 * accepted makes no object.
 *
 * <p>The checks come in keepalived's order (authentication header, length, TTL, version, trailer,
 * authentication, interval, type, checksum, destination, owner, addresses, sender), so that a
 * packet with two faults raises the same counter there and here. Two are RFC 9568's errata, which
 * keepalived lacks: version 3 adverts without an address or with interval 0 are dropped.
 */
public final class AdvertDecoder {
  /** Ethernet pads IP packets to this; some senders count the padding in. */
  private static final int ETHERNET_MINIMUM = 46;

  private MemorySegment packet = MemorySegment.NULL;
  private int length;
  private boolean ipv4;
  private boolean sealed;
  private int at;
  private int hopLimit;
  private long sourceHigh;
  private long sourceLow;
  private long destinationHigh;
  private long destinationLow;

  private @Nullable Expected expected;
  private boolean intervalDiffers;
  private boolean addressesDiffer;
  private boolean firstNotLinkLocal;
  private ChecksumStyle style = ChecksumStyle.PLAIN;

  /** A decoder; one thread's. */
  public AdvertDecoder() {}

  // --- the packet -------------------------------------------------------------------------------

  /**
   * Takes an IPv4 packet.
   *
   * @param bytes received
   * @return whether it has the headers; false: {@link VrrpCounter#TRUNCATED}
   */
  public boolean load4(MemorySegment from, int bytes) {
    packet = from;
    length = bytes;
    ipv4 = true;
    expected = null;
    if (bytes < IP_HEADER + VRRP_HEADER) {
      return false;
    }
    int first = from.get(JAVA_BYTE, 0) & 0xff;
    int header = (first & 0xf) * 4;
    if (first >> 4 != 4 || header < IP_HEADER) {
      return false;
    }
    sealed = (from.get(JAVA_BYTE, 9) & 0xff) == AhAssociation.IP_PROTOCOL;
    at = sealed ? header + AhAssociation.LENGTH : header;
    // keepalived writes no options, and the seal is defined without them.
    if (bytes < at + VRRP_HEADER || (sealed && header != IP_HEADER)) {
      return false;
    }
    hopLimit = from.get(JAVA_BYTE, 8) & 0xff;
    sourceHigh = 0;
    sourceLow = from.get(INT, 12) & 0xffff_ffffL;
    destinationHigh = 0;
    destinationLow = from.get(INT, 16) & 0xffff_ffffL;
    return true;
  }

  /**
   * Takes the message of an IPv6 packet, with what the kernel tells of its header.
   *
   * @return whether it has the header; false: {@link VrrpCounter#TRUNCATED}
   */
  public boolean load6(
      MemorySegment from,
      int bytes,
      long fromHigh,
      long fromLow,
      long toHigh,
      long toLow,
      int hops) {
    packet = from;
    length = bytes;
    ipv4 = false;
    sealed = false;
    at = 0;
    expected = null;
    hopLimit = hops;
    sourceHigh = fromHigh;
    sourceLow = fromLow;
    destinationHigh = toHigh;
    destinationLow = toLow;
    return bytes >= VRRP_HEADER;
  }

  /** The virtual router id, 0..255. */
  public int virtualRouterId() {
    return packet.get(JAVA_BYTE, at + 1) & 0xff;
  }

  /** Whether the packet is IPv4. */
  public boolean ipv4() {
    return ipv4;
  }

  /** {@link AddressBits} of the sender. */
  public long sourceHigh() {
    return sourceHigh;
  }

  /** {@link AddressBits} of the sender. */
  public long sourceLow() {
    return sourceLow;
  }

  /** The sender; an object each call. */
  public InetAddress source() {
    return AddressBits.of(ipv4, sourceHigh, sourceLow);
  }

  /** To whom it was sent; an object each call. */
  public InetAddress destination() {
    return AddressBits.of(ipv4, destinationHigh, destinationLow);
  }

  /** TTL or hop limit. */
  public int hopLimit() {
    return hopLimit;
  }

  /** Version of the message. */
  public int version() {
    return (packet.get(JAVA_BYTE, at) & 0xf0) >> 4;
  }

  /** Priority in the message. */
  public int priority() {
    return packet.get(JAVA_BYTE, at + 2) & 0xff;
  }

  private int count() {
    return packet.get(JAVA_BYTE, at + 3) & 0xff;
  }

  /** Interval in hundredths of a second. */
  public int intervalCentis() {
    return version() == 2
        ? (packet.get(JAVA_BYTE, at + 5) & 0xff) * 100
        : packet.get(SHORT, at + 4) & 0xfff;
  }

  /** The addresses; objects each call. Only of a packet whose length was found right. */
  public List<InetAddress> addresses() {
    int count = count();
    List<InetAddress> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(AddressBits.of(ipv4, addressHigh(i), addressLow(i)));
    }
    return list;
  }

  private long addressHigh(int i) {
    return ipv4 ? 0 : packet.get(LONG, at + VRRP_HEADER + 16L * i);
  }

  private long addressLow(int i) {
    return ipv4
        ? packet.get(INT, at + VRRP_HEADER + 4L * i) & 0xffff_ffffL
        : packet.get(LONG, at + VRRP_HEADER + 16L * i + 8);
  }

  // --- the judgement ----------------------------------------------------------------------------

  /**
   * Judges the packet by an instance's demands.
   *
   * @param compareAddresses false: the address list is not looked at (skip_check_adv_addr)
   * @param clock {@link HmacAssociation#clock}; only for instances with {@code auth_hmac}
   * @return null: to be honoured; else why it is dropped, in words by {@link #explain}
   */
  public @Nullable VrrpCounter judge(Expected demands, boolean compareAddresses, long clock) {
    expected = demands;
    intervalDiffers = false;
    addressesDiffer = false;
    firstNotLinkLocal = false;
    if (sealed != demands.authentication instanceof AdvertAuthentication.Ah) {
      return VrrpCounter.AUTH_TYPE_MISMATCH;
    }
    int version = version();
    int count = count();
    int messageLength = AdvertEncoder.messageLength(ipv4, version, count);
    HmacAssociation hmac = demands.hmac;
    boolean trailed = hmac != null && length == at + messageLength + HmacAssociation.TRAILER;
    int whole = at + messageLength + (trailed ? HmacAssociation.TRAILER : 0);
    if (length != whole && !padded(length, whole)) {
      return VrrpCounter.LENGTH;
    }
    if (!demands.unicast() && hopLimit != 255) {
      return VrrpCounter.TTL;
    }
    if (version != demands.version) {
      return VrrpCounter.VERSION;
    }
    VrrpCounter fault = hmac == null ? null : trailer(hmac, trailed, messageLength, clock);
    if (fault == null) {
      fault = version == 2 ? authentication(demands, count) : null;
    }
    if (fault != null) {
      return fault;
    }
    int interval = intervalCentis();
    intervalDiffers = interval != demands.intervalCentis;
    if (intervalDiffers && version == 2) {
      return VrrpCounter.ADVERT_INTERVAL;
    }
    if ((packet.get(JAVA_BYTE, at) & 0xf) != 1) {
      return VrrpCounter.INVALID_TYPE;
    }
    if (ipv4 && headerLength() != length && !padded(length, headerLength())) {
      return VrrpCounter.LENGTH;
    }
    fault = checksum(demands, messageLength, trailed);
    if (fault != null) {
      return fault;
    }
    if (version == 3 && count == 0) {
      return VrrpCounter.NO_ADDRESS;
    }
    if (version == 3 && interval == 0) {
      return VrrpCounter.ZERO_INTERVAL;
    }
    if (multicast() == demands.unicast()) {
      return VrrpCounter.DESTINATION_KIND;
    }
    if (sourceHigh == demands.localHigh && sourceLow == demands.localLow) {
      return VrrpCounter.OWN_SOURCE;
    }
    if (demands.ownerIgnoresAdverts) {
      return VrrpCounter.OWNER_IGNORED;
    }
    addressesDiffer = compareAddresses && !sameAddresses(demands, count);
    firstNotLinkLocal =
        compareAddresses && !ipv4 && count > 0 && !AddressBits.linkLocal6(addressHigh(0));
    return unicastSource(demands);
  }

  /** After {@link #judge}: the advert has another interval than ours (version 3; honoured). */
  public boolean intervalDiffers() {
    return intervalDiffers;
  }

  /** After {@link #judge}: the advert names other addresses; honoured. */
  public boolean addressesDiffer() {
    return addressesDiffer;
  }

  /** After {@link #judge}: the first IPv6 address is not link-local (erratum 8300); honoured. */
  public boolean firstNotLinkLocal() {
    return firstNotLinkLocal;
  }

  /** After {@link #judge}: the style in which the checksum of an accepted packet verified. */
  public ChecksumStyle checksum() {
    return style;
  }

  private boolean multicast() {
    return AddressBits.multicast(ipv4, destinationHigh, destinationLow);
  }

  private int headerLength() {
    return packet.get(SHORT, 2) & 0xffff;
  }

  /** Ethernet padding that the sender counted in; VLAN tags shift it in fours. */
  private boolean padded(int received, int wanted) {
    return ipv4
        && wanted < ETHERNET_MINIMUM
        && received > wanted
        && received <= ETHERNET_MINIMUM
        && (received - wanted) % 4 == 2;
  }

  private @Nullable VrrpCounter trailer(
      HmacAssociation hmac, boolean trailed, int messageLength, long clock) {
    if (!trailed) {
      return hmac.mode().demands() ? VrrpCounter.HMAC_MISSING : null;
    }
    return hmac.verify(packet, at, messageLength, ipv4, sourceHigh, sourceLow, clock);
  }

  private @Nullable VrrpCounter authentication(Expected demands, int count) {
    int type = packet.get(JAVA_BYTE, at + 4) & 0xff;
    if (type > 2) {
      return VrrpCounter.AUTH_INVALID_TYPE;
    }
    if (type != demands.authentication.type()) {
      return VrrpCounter.AUTH_TYPE_MISMATCH;
    }
    return switch (demands.authentication) {
      // RFC 3768 5.3.10: the data of type 0 is ignored.
      case AdvertAuthentication.None _ -> null;
      case AdvertAuthentication.SimplePassword pass -> {
        // One comparison of eight bytes: its time does not depend on how many match.
        long theirs = packet.get(LONG, at + VRRP_HEADER + (ipv4 ? 4L : 16L) * count);
        yield (theirs ^ pass.octets()) == 0 ? null : VrrpCounter.AUTH_FAILURE;
      }
      case AdvertAuthentication.Ah _ -> {
        AhAssociation ah = demands.ah;
        yield ah != null
                && packet.get(JAVA_BYTE, IP_HEADER) == Advert.IP_PROTOCOL
                && packet.get(INT, IP_HEADER + 4) == (int) sourceLow
                && ah.sealed(packet, length, !multicast())
                && ah.fresh(packet)
            ? null
            : VrrpCounter.AUTH_FAILURE;
      }
    };
  }

  // --- checksum ---------------------------------------------------------------------------------

  private @Nullable VrrpCounter checksum(Expected demands, int messageLength, boolean trailed) {
    if (!ipv4) {
      // The kernel has verified it already; here it counts for packets from elsewhere.
      int covered = messageLength + (trailed ? HmacAssociation.TRAILER : 0);
      style = ChecksumStyle.PSEUDO_HEADER;
      return verifies(
              InternetChecksum.sum(packet, at, covered)
                  + InternetChecksum.pseudoHeader6(
                      sourceHigh, sourceLow, destinationHigh, destinationLow, covered))
          ? null
          : VrrpCounter.CHECKSUM;
    }
    long sum = InternetChecksum.sum(packet, at, messageLength);
    if (demands.version == 2) {
      style = ChecksumStyle.PLAIN;
      return verifies(sum) ? null : VrrpCounter.CHECKSUM;
    }
    if (verifies(sum + covered(demands.checksum, demands, messageLength))) {
      style = demands.checksum;
      return null;
    }
    if (demands.checksum != ChecksumStyle.PSEUDO_HEADER
        && verifies(sum + covered(ChecksumStyle.PSEUDO_HEADER, demands, messageLength))) {
      style = ChecksumStyle.PSEUDO_HEADER;
    } else if (verifies(sum)) {
      style = ChecksumStyle.PLAIN;
    } else if (verifies(
        sum + covered(ChecksumStyle.PSEUDO_HEADER_OF_GROUP, demands, messageLength))) {
      style = ChecksumStyle.PSEUDO_HEADER_OF_GROUP;
    } else {
      return VrrpCounter.CHECKSUM;
    }
    return adapts(demands) ? null : VrrpCounter.CHECKSUM_STYLE;
  }

  /** keepalived: a peer of version 1.3.6 or older is answered in its own form. */
  private boolean adapts(Expected demands) {
    return style == ChecksumStyle.PSEUDO_HEADER_OF_GROUP
        && demands.checksum == ChecksumStyle.PSEUDO_HEADER
        && demands.adaptUnicastChecksum
        && demands.unicast()
        && !multicast();
  }

  private static boolean verifies(long sum) {
    return InternetChecksum.fold(sum) == 0;
  }

  private long covered(ChecksumStyle as, Expected demands, int messageLength) {
    return switch (as) {
      case PLAIN -> 0;
      case PSEUDO_HEADER ->
          InternetChecksum.pseudoHeader((int) sourceLow, (int) destinationLow, messageLength);
      case PSEUDO_HEADER_OF_GROUP ->
          InternetChecksum.pseudoHeader((int) sourceLow, (int) demands.groupLow, messageLength);
    };
  }

  // --- sender and addresses ---------------------------------------------------------------------

  /** The sender's place among the peers; -1: none. */
  private int peer(Expected demands) {
    long[] bits = demands.peerBits;
    for (int i = 0; i < bits.length; i += 2) {
      if (bits[i] == sourceHigh && bits[i + 1] == sourceLow) {
        return i / 2;
      }
    }
    return -1;
  }

  private @Nullable VrrpCounter unicastSource(Expected demands) {
    if (!demands.unicast()) {
      return null;
    }
    int index = peer(demands);
    if (index < 0) {
      return demands.checkUnicastSource ? VrrpCounter.UNICAST_SOURCE : null;
    }
    UnicastPeer peer = demands.peers.get(index);
    return hopLimit >= peer.minTtl() && hopLimit <= peer.maxTtl()
        ? null
        : VrrpCounter.UNICAST_SOURCE;
  }

  private boolean sameAddresses(Expected demands, int count) {
    long[] ours = demands.addressBits;
    if (ours.length != 2 * count) {
      return false;
    }
    boolean inOrder = true;
    for (int i = 0; i < count && inOrder; i++) {
      inOrder = addressHigh(i) == ours[2 * i] && addressLow(i) == ours[2 * i + 1];
    }
    if (inOrder) {
      return true;
    }
    for (int i = 0; i < count; i++) {
      boolean found = false;
      for (int j = 0; j < count && !found; j++) {
        found = addressHigh(i) == ours[2 * j] && addressLow(i) == ours[2 * j + 1];
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }

  // --- words ------------------------------------------------------------------------------------

  /** What is wrong with the packet just judged, in the operator's words, without the sender. */
  public String explain(VrrpCounter fault) {
    Expected demands = Objects.requireNonNull(expected, "judge first");
    return switch (fault) {
      case LENGTH ->
          length
              + " bytes received, "
              + (at + AdvertEncoder.messageLength(ipv4, version(), count()))
              + " expected with "
              + count()
              + " addresses"
              + (ipv4 ? "; the IPv4 header says " + headerLength() : "");
      case TTL ->
          (ipv4 ? "TTL " : "hop limit ")
              + hopLimit
              + " instead of 255: the packet crossed a router";
      case VERSION ->
          "version " + version() + ", but this instance speaks version " + demands.version;
      case AUTH_INVALID_TYPE ->
          "authentication type " + (packet.get(JAVA_BYTE, at + 4) & 0xff) + " does not exist";
      case AUTH_TYPE_MISMATCH ->
          "authentication "
              + authenticationName(
                  sealed ? 2 : version() == 2 ? packet.get(JAVA_BYTE, at + 4) & 0xff : 0)
              + ", ours is "
              + authenticationName(demands.authentication.type());
      case AUTH_FAILURE -> authenticationFault(demands);
      case HMAC_MISSING -> "carries no auth_hmac trailer, and the mode is enforce";
      case HMAC_MALFORMED -> "its auth_hmac trailer has an unknown scheme or reserved bits";
      case HMAC_STALE -> "its auth_hmac time stamp is outside time_window: do both clocks agree?";
      case HMAC_UNKNOWN_KEY -> "its auth_hmac key is not configured here";
      case HMAC_BAD -> "its auth_hmac signature is wrong: the keys differ";
      case HMAC_REPLAY -> "its auth_hmac number was heard before: a replay";
      case ADVERT_INTERVAL, INTERVAL_LEARNED ->
          "advertisement interval "
              + seconds(intervalCentis())
              + ", ours is "
              + seconds(demands.intervalCentis);
      case INVALID_TYPE ->
          "type " + (packet.get(JAVA_BYTE, at) & 0xf) + " instead of 1 (advertisement)";
      case CHECKSUM_STYLE ->
          "the peer computes checksums "
              + style.words()
              + ", we "
              + demands.checksum.words()
              + ": configure the same on both";
      case DESTINATION_KIND ->
          "sent to "
              + destination().getHostAddress()
              + ", but this instance is "
              + (demands.unicast() ? "unicast" : "multicast");
      case ADDRESS_LIST ->
          "advertises " + words(addresses()) + ", we have " + words(demands.addresses);
      case UNICAST_SOURCE -> {
        int index = peer(demands);
        yield index < 0
            ? "the sender is no unicast_peer"
            : "TTL "
                + hopLimit
                + " is not within "
                + demands.peers.get(index).minTtl()
                + ".."
                + demands.peers.get(index).maxTtl();
      }
      default -> fault.meaning();
    };
  }

  private String authenticationFault(Expected demands) {
    if (!(demands.authentication instanceof AdvertAuthentication.Ah)) {
      return "the password does not match";
    }
    if (packet.get(INT, IP_HEADER + 4) != (int) sourceLow) {
      return "the SPI of its authentication header is not its source address";
    }
    AhAssociation ah = demands.ah;
    return ah != null && ah.sealed(packet, length, !multicast())
        ? "its AH sequence number was heard before: a replay"
        : "its AH seal is wrong: the passwords differ";
  }

  private static String authenticationName(int type) {
    return switch (type) {
      case 0 -> "none";
      case 1 -> "PASS";
      default -> "AH";
    };
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
}
