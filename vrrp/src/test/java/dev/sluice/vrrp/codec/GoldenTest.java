package dev.sluice.vrrp.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.config.model.UnicastPeer;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
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
 * encode again to the same bytes (V-01, V-02, V-03, V-06 to V-09, V-14, V-15).
 */
@Tag("golden")
class GoldenTest {
  private static final Pattern ADVERT =
      Pattern.compile(
          "VRRPv(\\d) (\\S+) > (\\S+) ttl (\\d+) tos 0x(\\w+) vrid (\\d+) prio (\\d+)"
              + " int (\\d+)cs n (\\d+) ([\\d.,]*) csum (\\S+)(?: auth (\\d) data (\\w+))?");
  private static final Pattern ARP = Pattern.compile("GARP op 1 (\\S+) is-at (\\S+) .*");
  private static final Pattern COMMA = Pattern.compile(",");
  private static final Inet4Address GROUP = Inet4Address.ofLiteral("224.0.0.18");

  @TestFactory
  Stream<DynamicTest> frames() {
    assumeTrue(Files.isDirectory(GoldenFrames.folder()), "no recordings beside this checkout");
    return GoldenFrames.all().stream()
        .map(frame -> DynamicTest.dynamicTest(frame.toString(), () -> replay(frame)));
  }

  private static void replay(GoldenFrames.Frame frame) {
    String reason = notYet(frame);
    if (reason != null) {
      abort(reason);
    }
    String comment = frame.comment().replaceFirst("^\\S+ \\S+ > \\S+ ", "");
    Matcher arp = ARP.matcher(comment);
    if (arp.matches()) {
      gratuitousArp(frame, arp);
      return;
    }
    Matcher advert = ADVERT.matcher(comment);
    assertThat(advert.find()).as("a line we understand: %s", comment).isTrue();
    advert(frame, advert);
  }

  /** Why a frame belongs to a later issue; null: it is ours. */
  private static @Nullable String notYet(GoldenFrames.Frame frame) {
    String comment = frame.comment();
    if (comment.contains("BFD")) {
      return "BFD is not built yet";
    }
    if (comment.contains(" AH ")) {
      return "AH (auth_type AH) is not built yet";
    }
    if (comment.contains("HMAC")) {
      return "auth_hmac is not built yet";
    }
    int etherType = ((frame.bytes()[12] & 0xff) << 8) | (frame.bytes()[13] & 0xff);
    if (etherType == 0x86dd) {
      return "IPv6 is not built yet";
    }
    if (etherType == 0x0800 && frame.bytes()[23] == 2) {
      return "IGMP is the kernel's";
    }
    if (etherType == 0x0806 && !comment.contains("GARP")) {
      return "an ordinary ARP packet";
    }
    if (etherType == 0x0800 && (frame.bytes()[23] & 0xff) != Advert.IP_PROTOCOL) {
      return "not VRRP (IP protocol " + (frame.bytes()[23] & 0xff) + ")";
    }
    return null;
  }

  private static void gratuitousArp(GoldenFrames.Frame frame, Matcher m) {
    byte[] mac = Arrays.copyOfRange(frame.bytes(), 6, 12);
    byte[] out = new byte[GratuitousArp.LENGTH];
    Inet4Address address = Inet4Address.ofLiteral(m.group(1));
    assertThat(GratuitousArp.encode(mac, address, MemorySegment.ofArray(out)))
        .isEqualTo(frame.bytes().length);
    assertThat(out).isEqualTo(frame.bytes());
  }

  private static void advert(GoldenFrames.Frame frame, Matcher m) {
    byte[] packet = Arrays.copyOfRange(frame.bytes(), 14, frame.bytes().length);
    int version = Integer.parseInt(m.group(1));
    Inet4Address source = Inet4Address.ofLiteral(m.group(2));
    Inet4Address destination = Inet4Address.ofLiteral(m.group(3));
    int ttl = Integer.parseInt(m.group(4));
    List<InetAddress> addresses = new ArrayList<>();
    for (String text : COMMA.split(m.group(10), -1)) {
      if (!text.isEmpty()) {
        addresses.add(InetAddress.ofLiteral(text));
      }
    }
    ChecksumStyle style =
        switch (m.group(11).toLowerCase(Locale.ROOT)) {
          case "plain" -> ChecksumStyle.PLAIN;
          case "pseudo" -> ChecksumStyle.PSEUDO_HEADER;
          case "pseudo-mcast" -> ChecksumStyle.PSEUDO_HEADER_OF_GROUP;
          default -> throw new AssertionError("checksum " + m.group(11));
        };
    AdvertAuthentication authentication =
        "1".equals(m.group(12))
            ? new AdvertAuthentication.SimplePassword(Long.parseUnsignedLong(m.group(13), 16))
            : new AdvertAuthentication.None();
    Advert wanted =
        new Advert(
            version,
            Integer.parseInt(m.group(6)),
            Integer.parseInt(m.group(7)),
            Integer.parseInt(m.group(8)),
            addresses,
            authentication);

    boolean unicast = !destination.isMulticastAddress();
    Expected expected =
        new Expected(
            wanted.virtualRouterId(),
            version,
            wanted.intervalCentis(),
            addresses,
            authentication,
            version == 2 ? ChecksumStyle.PLAIN : style,
            false,
            GROUP,
            unicast ? List.of(new UnicastPeer(source, 255, 255)) : List.of(),
            unicast,
            false,
            Inet4Address.ofLiteral("10.77.0.99"));
    Received received =
        AdvertDecoder.decode(MemorySegment.ofArray(packet), packet.length, expected, true);
    assertThat(received)
        .isEqualTo(
            new Received.Accepted(
                wanted,
                source,
                destination,
                ttl,
                version == 2 ? ChecksumStyle.PLAIN : style,
                List.of()));

    int identification = ((packet[4] & 0xff) << 8) | (packet[5] & 0xff);
    byte[] out = new byte[AdvertEncoder.MAX_PACKET];
    int length =
        AdvertEncoder.encode(
            wanted,
            new AdvertEncoder.Envelope(source, destination, ttl, identification, style, GROUP),
            MemorySegment.ofArray(out));
    byte[] again = Arrays.copyOf(out, length);
    if ((packet[6] & 0x40) != 0) {
      // FRR lets its kernel set "don't fragment"; keepalived and we do not. The message is equal.
      assertThat(Arrays.copyOfRange(again, 20, length))
          .isEqualTo(Arrays.copyOfRange(packet, 20, packet.length));
    } else {
      assertThat(again).isEqualTo(packet);
    }
  }
}
