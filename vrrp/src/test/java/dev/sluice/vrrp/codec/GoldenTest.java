package dev.sluice.vrrp.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.config.model.UnicastPeer;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Frames recorded from real keepalived and FRR: decode, compare with the recorder's own decoding,
 * encode again to the same bytes (V-01 to V-09, V-11, V-14 to V-18).
 */
@Tag("golden")
class GoldenTest {
  private static final Pattern ADVERT =
      Pattern.compile(
          "VRRPv(\\d) (\\S+) > (\\S+) ttl (\\d+) tos 0x(\\w+) vrid (\\d+) prio (\\d+)"
              + " int (\\d+)cs n (\\d+) ([\\w.:,]*) csum (\\S+)(?: auth (\\d) data (\\w+))?");
  private static final Pattern ARP = Pattern.compile("GARP op 1 (\\S+) is-at (\\S+) .*");
  private static final Pattern NA =
      Pattern.compile("NA (\\S+) > ff02::1 hlim 255 target (\\S+) flags (\\d)01 .*");
  private static final Pattern SEAL = Pattern.compile(" AH plen 4 spi (\\w+) seq (\\d+)");
  private static final Pattern TRAILER =
      Pattern.compile("HMAC .*'key': (\\d+), 'sec': (\\d+), 'sub': (\\d+), 'ctr': (\\d+)");
  private static final Pattern COMMA = Pattern.compile(",");
  private static final HmacKey COUNTING =
      HmacKey.of(1, "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  private static final HmacKey ASCII = HmacKey.of(7, "an-ascii-key-of-thirty-two-bytes");

  @TestFactory
  Stream<DynamicTest> frames() {
    assumeTrue(Files.isDirectory(GoldenFrames.folder()), "no recordings beside this checkout");
    return GoldenFrames.all().stream()
        .map(frame -> DynamicTest.dynamicTest(frame.toString(), () -> replay(frame)));
  }

  private static void replay(GoldenFrames.Frame frame) {
    String reason = notOurs(frame);
    if (reason != null) {
      abort(reason);
    }
    String comment = frame.comment().replaceFirst("^\\S+ \\S+ > \\S+ ", "");
    Matcher arp = ARP.matcher(comment);
    if (arp.matches()) {
      gratuitousArp(frame, arp);
      return;
    }
    Matcher neighbour = NA.matcher(comment);
    if (neighbour.matches()) {
      neighbourAdvertisement(frame, neighbour);
      return;
    }
    Matcher advert = ADVERT.matcher(comment);
    assertThat(advert.find()).as("a line we understand: %s", comment).isTrue();
    advert(frame, comment, advert);
  }

  /** Why a frame is not of this room; null: it is. */
  private static @Nullable String notOurs(GoldenFrames.Frame frame) {
    String comment = frame.comment();
    if (comment.contains("BFD") || comment.contains(" udp ")) {
      return "BFD is not built yet";
    }
    byte[] bytes = frame.bytes();
    int etherType = ((bytes[12] & 0xff) << 8) | (bytes[13] & 0xff);
    if (etherType == 0x0806) {
      return comment.contains("GARP") ? null : "an ordinary ARP packet";
    }
    if (comment.contains("VRRPv")) {
      return null;
    }
    if (comment.contains(" NA ")) {
      return comment.contains("> ff02::1 ") ? null : "an answer of the kernel's";
    }
    return "the kernel's, or FRR's: " + comment.replaceFirst("^\\S+ ", "");
  }

  private static void gratuitousArp(GoldenFrames.Frame frame, Matcher m) {
    byte[] mac = Arrays.copyOfRange(frame.bytes(), 6, 12);
    byte[] out = new byte[GratuitousArp.LENGTH];
    Inet4Address address = Inet4Address.ofLiteral(m.group(1));
    assertThat(GratuitousArp.encode(mac, address, MemorySegment.ofArray(out)))
        .isEqualTo(frame.bytes().length);
    assertThat(out).isEqualTo(frame.bytes());
  }

  /** V-16. */
  private static void neighbourAdvertisement(GoldenFrames.Frame frame, Matcher m) {
    byte[] mac = Arrays.copyOfRange(frame.bytes(), 6, 12);
    byte[] out = new byte[NeighbourAdvertisement.LENGTH];
    Inet6Address address = (Inet6Address) Inet6Address.ofLiteral(m.group(2));
    boolean router = "1".equals(m.group(3));
    assertThat(NeighbourAdvertisement.encode(mac, address, router, MemorySegment.ofArray(out)))
        .isEqualTo(frame.bytes().length);
    assertThat(out).isEqualTo(frame.bytes());
  }

  private static void advert(GoldenFrames.Frame frame, String comment, Matcher m) {
    int version = Integer.parseInt(m.group(1));
    InetAddress source = InetAddress.ofLiteral(m.group(2));
    InetAddress destination = InetAddress.ofLiteral(m.group(3));
    boolean ipv4 = source instanceof Inet4Address;
    byte[] ip = Arrays.copyOfRange(frame.bytes(), 14, frame.bytes().length);
    byte[] packet = ipv4 ? ip : Arrays.copyOfRange(ip, 40, ip.length);
    int ttl = Integer.parseInt(m.group(4));
    ChecksumStyle style = style(m.group(11));
    Advert wanted =
        new Advert(
            version,
            Integer.parseInt(m.group(6)),
            Integer.parseInt(m.group(7)),
            Integer.parseInt(m.group(8)),
            addresses(m.group(10)),
            authentication(m.group(12), m.group(13)));

    boolean unicast = !destination.isMulticastAddress();
    Matcher trailer = TRAILER.matcher(comment);
    boolean trailed = trailer.find();
    Expected.Builder expected =
        Expected.of(InetAddress.ofLiteral(ipv4 ? "10.77.0.99" : "fe80::99"))
            .version(version)
            .intervalCentis(wanted.intervalCentis())
            .addresses(wanted.addresses())
            .authentication(wanted.authentication())
            .ah(new AhAssociation(password(frame)))
            .checksum(version == 2 ? ChecksumStyle.PLAIN : style)
            .hmac(trailed ? hmac(trailer) : null);
    if (unicast) {
      expected.peers(List.of(new UnicastPeer(source, 0, 255))).checkUnicastSource(true);
    }
    AdvertDecoder decoder = new AdvertDecoder();
    MemorySegment bytes = MemorySegment.ofArray(packet);
    boolean loaded =
        ipv4
            ? decoder.load4(bytes, packet.length)
            : decoder.load6(
                bytes,
                packet.length,
                AddressBits.high(source),
                AddressBits.low(source),
                AddressBits.high(destination),
                AddressBits.low(destination),
                ip[7] & 0xff);
    assertThat(loaded).isTrue();
    assertThat(decoder.judge(expected.build(), true, trailed ? number(trailer) : 0)).isNull();
    assertThat(decoder.source()).isEqualTo(source);
    assertThat(decoder.destination()).isEqualTo(destination);
    assertThat(decoder.hopLimit()).isEqualTo(ttl);
    assertThat(decoder.virtualRouterId()).isEqualTo(wanted.virtualRouterId());
    assertThat(decoder.priority()).isEqualTo(wanted.priority());
    assertThat(decoder.intervalCentis()).isEqualTo(wanted.intervalCentis());
    assertThat(decoder.addresses()).isEqualTo(wanted.addresses());
    assertThat(decoder.intervalDiffers()).isFalse();
    assertThat(decoder.addressesDiffer()).isFalse();

    byte[] again = encode(frame, wanted, comment, packet, source, destination, ttl, style);
    if (ipv4 && (packet[6] & 0x40) != 0) {
      // FRR lets its kernel set "don't fragment"; keepalived and we do not. The message is equal.
      assertThat(Arrays.copyOfRange(again, 20, again.length))
          .isEqualTo(Arrays.copyOfRange(packet, 20, packet.length));
    } else {
      assertThat(again).isEqualTo(packet);
    }
  }

  /** As sending does it: an image patched with priority and identification. */
  private static byte[] encode(
      GoldenFrames.Frame frame,
      Advert advert,
      String comment,
      byte[] packet,
      InetAddress source,
      InetAddress destination,
      int ttl,
      ChecksumStyle style) {
    int identification = ((packet[4] & 0xff) << 8) | (packet[5] & 0xff);
    InetAddress group =
        InetAddress.ofLiteral(source instanceof Inet4Address ? "224.0.0.18" : "ff02::12");
    AhAssociation ah = new AhAssociation(password(frame));
    Matcher seal = SEAL.matcher(comment);
    if (seal.find()) {
      ah.sentOrHeard(Long.parseLong(seal.group(2)) - 1);
    }
    Matcher trailer = TRAILER.matcher(comment);
    boolean trailed = trailer.find();
    AdvertPacket image =
        new AdvertPacket(
            advert,
            new AdvertEncoder.Envelope(source, destination, ttl, 0, style, group),
            ah,
            trailed);
    MemorySegment signature =
        trailed ? image.sign(hmac(trailer), advert.priority(), number(trailer)) : null;
    byte[] out = new byte[AdvertEncoder.MAX_PACKET];
    int length =
        image.write(advert.priority(), identification, signature, MemorySegment.ofArray(out));
    return Arrays.copyOf(out, length);
  }

  private static List<InetAddress> addresses(String text) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String one : COMMA.split(text, -1)) {
      if (!one.isEmpty()) {
        addresses.add(InetAddress.ofLiteral(one));
      }
    }
    return addresses;
  }

  private static ChecksumStyle style(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "plain" -> ChecksumStyle.PLAIN;
      case "pseudo", "pseudo6" -> ChecksumStyle.PSEUDO_HEADER;
      case "pseudo-mcast" -> ChecksumStyle.PSEUDO_HEADER_OF_GROUP;
      default -> throw new AssertionError("checksum " + word);
    };
  }

  private static AdvertAuthentication authentication(@Nullable String type, @Nullable String data) {
    if ("1".equals(type) && data != null) {
      return new AdvertAuthentication.SimplePassword(Long.parseUnsignedLong(data, 16));
    }
    return "2".equals(type) ? new AdvertAuthentication.Ah() : new AdvertAuthentication.None();
  }

  /** As the list of recordings says. */
  private static String password(GoldenFrames.Frame frame) {
    return frame.file().contains("unicast") ? "k1" : "s3cret12";
  }

  private static HmacAssociation hmac(Matcher trailer) {
    int key = Integer.parseInt(trailer.group(1));
    return new HmacAssociation(
        List.of(COUNTING, ASCII), key, HmacAssociation.Mode.ENFORCE, true, 5, 0);
  }

  private static long number(Matcher trailer) {
    return (Long.parseLong(trailer.group(2)) << 32)
        | (Long.parseLong(trailer.group(3)) << 16)
        | Long.parseLong(trailer.group(4));
  }
}
