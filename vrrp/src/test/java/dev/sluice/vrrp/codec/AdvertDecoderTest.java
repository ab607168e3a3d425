package dev.sluice.vrrp.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sluice.config.model.UnicastPeer;
import dev.sluice.vrrp.VrrpCounter;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is dropped and what is honoured, by the checklist's numbers. */
class AdvertDecoderTest {
  private static final Inet4Address GROUP = Inet4Address.ofLiteral("224.0.0.18");
  private static final Inet4Address SENDER = Inet4Address.ofLiteral("10.77.0.1");
  private static final Inet4Address SELF = Inet4Address.ofLiteral("10.77.0.2");
  private static final List<InetAddress> VIPS = List.of(InetAddress.ofLiteral("10.77.0.100"));

  private static Expected expected(int version, AdvertAuthentication auth) {
    return Expected.of(SELF)
        .version(version)
        .addresses(VIPS)
        .authentication(auth)
        .checksum(style(version))
        .adaptUnicastChecksum(true)
        .build();
  }

  private static ChecksumStyle style(int version) {
    return version == 3 ? ChecksumStyle.PSEUDO_HEADER : ChecksumStyle.PLAIN;
  }

  private static Expected unicast() {
    return Expected.of(SELF)
        .addresses(VIPS)
        .adaptUnicastChecksum(true)
        .peers(List.of(new UnicastPeer(SENDER, 200, 255)))
        .checkUnicastSource(true)
        .build();
  }

  private static Advert advert(int version, AdvertAuthentication auth) {
    return new Advert(version, 51, 150, 100, VIPS, auth);
  }

  private static byte[] packet(Advert advert, Inet4Address to, int ttl, ChecksumStyle style) {
    byte[] out = new byte[AdvertEncoder.MAX_PACKET];
    int length =
        AdvertEncoder.encode(
            advert,
            new AdvertEncoder.Envelope(SENDER, to, ttl, 1, style, GROUP),
            MemorySegment.ofArray(out));
    return Arrays.copyOf(out, length);
  }

  private static byte[] packet(int version) {
    return packet(advert(version, new AdvertAuthentication.None()), GROUP, 255, style(version));
  }

  /** The packet changed, its VRRP checksum mended for version 2 and 3. */
  private static byte[] changed(int version, Consumer<byte[]> change) {
    byte[] bytes = packet(version);
    change.accept(bytes);
    bytes[26] = 0;
    bytes[27] = 0;
    MemorySegment s = MemorySegment.ofArray(bytes);
    int length = bytes.length - 20;
    long sum = InternetChecksum.sum(s, 20, length);
    if (version == 3) {
      sum += InternetChecksum.pseudoHeader(Ipv4.toInt(SENDER), Ipv4.toInt(GROUP), length);
    }
    int checksum = InternetChecksum.fold(sum);
    bytes[26] = (byte) (checksum >> 8);
    bytes[27] = (byte) checksum;
    return bytes;
  }

  private static byte[] longer(int version, int by, boolean inHeader) {
    byte[] bytes = packet(version);
    byte[] more = Arrays.copyOf(bytes, bytes.length + by);
    if (inHeader) {
      more[3] = (byte) more.length;
    }
    return more;
  }

  /** A decoder after its judgement, which is null where the packet is honoured. */
  private record Judged(AdvertDecoder decoder, @Nullable VrrpCounter fault) {}

  private static Judged decode(byte[] bytes, Expected expected) {
    AdvertDecoder decoder = new AdvertDecoder();
    if (!decoder.load4(MemorySegment.ofArray(bytes), bytes.length)) {
      return new Judged(decoder, VrrpCounter.TRUNCATED);
    }
    VrrpCounter fault = decoder.judge(expected, true, 0);
    if (fault != null) {
      assertThat(decoder.explain(fault)).isNotBlank();
    }
    return new Judged(decoder, fault);
  }

  static Stream<Arguments> rejected() {
    AdvertAuthentication none = new AdvertAuthentication.None();
    AdvertAuthentication pass = AdvertAuthentication.SimplePassword.of("s3cret12");
    AdvertAuthentication wrong = AdvertAuthentication.SimplePassword.of("other");
    Expected v2 = expected(2, none);
    Expected v3 = expected(3, none);
    return Stream.of(
        Arguments.of(
            "V-20 TTL 254", packet(advert(3, none), GROUP, 254, style(3)), v3, VrrpCounter.TTL),
        Arguments.of("V-21 version 2 for 3", packet(2), v3, VrrpCounter.VERSION),
        Arguments.of("V-21 version 3 for 2", packet(3), v2, VrrpCounter.VERSION),
        Arguments.of("V-21 version 4", changed(3, b -> b[20] = 0x41), v3, VrrpCounter.VERSION),
        Arguments.of("V-22 type 2", changed(3, b -> b[20] = 0x32), v3, VrrpCounter.INVALID_TYPE),
        Arguments.of("V-24 checksum", flipped(3), v3, VrrpCounter.CHECKSUM),
        Arguments.of("V-24 checksum v2", flipped(2), v2, VrrpCounter.CHECKSUM),
        Arguments.of("V-25 truncated", Arrays.copyOf(packet(3), 27), v3, VrrpCounter.TRUNCATED),
        Arguments.of("V-25 cut address", Arrays.copyOf(packet(3), 30), v3, VrrpCounter.LENGTH),
        Arguments.of("V-26 28 more", longer(3, 28, true), v3, VrrpCounter.LENGTH),
        Arguments.of("V-26 4 more", longer(3, 4, true), v3, VrrpCounter.LENGTH),
        Arguments.of("V-27 count too large", changed(3, b -> b[23] = 9), v3, VrrpCounter.LENGTH),
        Arguments.of(
            "V-28 interval v2", changed(2, b -> b[25] = 2), v2, VrrpCounter.ADVERT_INTERVAL),
        Arguments.of(
            "V-30 PASS for none",
            packet(advert(2, pass), GROUP, 255, style(2)),
            v2,
            VrrpCounter.AUTH_TYPE_MISMATCH),
        Arguments.of(
            "V-30 none for PASS", packet(2), expected(2, pass), VrrpCounter.AUTH_TYPE_MISMATCH),
        Arguments.of("V-30 type 7", changed(2, b -> b[24] = 7), v2, VrrpCounter.AUTH_INVALID_TYPE),
        Arguments.of(
            "V-31 password",
            packet(advert(2, wrong), GROUP, 255, style(2)),
            expected(2, pass),
            VrrpCounter.AUTH_FAILURE),
        Arguments.of(
            "V-35 unicast for multicast",
            packet(advert(3, none), SELF, 255, style(3)),
            v3,
            VrrpCounter.DESTINATION_KIND),
        Arguments.of(
            "V-35 multicast for unicast", packet(3), unicast(), VrrpCounter.DESTINATION_KIND),
        Arguments.of(
            "V-36 TTL of peer",
            packet(advert(3, none), SELF, 199, style(3)),
            unicast(),
            VrrpCounter.UNICAST_SOURCE),
        Arguments.of(
            "V-37 interval 0",
            changed(
                3,
                b -> {
                  b[24] = 0;
                  b[25] = 0;
                }),
            v3,
            VrrpCounter.ZERO_INTERVAL),
        Arguments.of(
            "V-37 no address",
            packet(new Advert(3, 51, 150, 100, List.of(), none), GROUP, 255, style(3)),
            v3,
            VrrpCounter.NO_ADDRESS),
        Arguments.of(
            "V-07 other checksum style",
            packet(advert(3, none), GROUP, 255, ChecksumStyle.PLAIN),
            v3,
            VrrpCounter.CHECKSUM_STYLE));
  }

  private static byte[] flipped(int version) {
    byte[] bytes = packet(version);
    bytes[30] ^= 1;
    return bytes;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void rejected(String name, byte[] bytes, Expected expected, VrrpCounter counter) {
    assertThat(decode(bytes, expected).fault()).as(name).isEqualTo(counter);
  }

  static Stream<Arguments> honoured() {
    AdvertAuthentication none = new AdvertAuthentication.None();
    Expected v2 = expected(2, none);
    Expected v3 = expected(3, none);
    return Stream.of(
        Arguments.of("V-26 6 more", longer(3, 6, true), v3, List.of()),
        Arguments.of("V-26 14 more", longer(3, 14, true), v3, List.of()),
        Arguments.of("V-26 6 more, not in the header", longer(3, 6, false), v3, List.of()),
        Arguments.of(
            "V-29 interval v3",
            changed(3, b -> b[25] = 50),
            v3,
            List.of(VrrpCounter.INTERVAL_LEARNED)),
        Arguments.of("V-12 reserved bits", changed(3, b -> b[24] = (byte) 0xf0), v3, List.of()),
        Arguments.of(
            "V-34 other addresses",
            changed(3, b -> b[31] = 7),
            v3,
            List.of(VrrpCounter.ADDRESS_LIST)),
        Arguments.of(
            "V-34 other addresses v2",
            changed(2, b -> b[31] = 7),
            v2,
            List.of(VrrpCounter.ADDRESS_LIST)),
        Arguments.of("type 0 with data", changed(2, b -> b[35] = 7), v2, List.of()),
        Arguments.of(
            "V-08 unicast", packet(advert(3, none), SELF, 255, style(3)), unicast(), List.of()),
        Arguments.of(
            "V-10 old unicast checksum",
            packet(advert(3, none), SELF, 255, ChecksumStyle.PSEUDO_HEADER_OF_GROUP),
            unicast(),
            List.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void honoured(String name, byte[] bytes, Expected expected, List<VrrpCounter> remarks) {
    Judged judged = decode(bytes, expected);
    assertThat(judged.fault()).as(name).isNull();
    List<VrrpCounter> found = new ArrayList<>();
    if (judged.decoder().intervalDiffers()) {
      found.add(VrrpCounter.INTERVAL_LEARNED);
    }
    if (judged.decoder().addressesDiffer()) {
      found.add(VrrpCounter.ADDRESS_LIST);
    }
    assertThat(found).as(name).isEqualTo(remarks);
  }

  @Test
  @DisplayName("V-13 255 addresses fit")
  void many() {
    List<InetAddress> addresses =
        IntStream.rangeClosed(1, 255).mapToObj(i -> (InetAddress) Ipv4.of(0x0a4d0100 + i)).toList();
    Advert advert = new Advert(3, 51, 100, 100, addresses, new AdvertAuthentication.None());
    byte[] bytes = packet(advert, GROUP, 255, ChecksumStyle.PSEUDO_HEADER);
    Judged judged = decode(bytes, expected(3, new AdvertAuthentication.None()));
    assertThat(judged.fault()).isNull();
    assertThat(judged.decoder().addresses()).isEqualTo(addresses);
  }

  @Test
  @DisplayName("V-02 a password is cut at eight bytes and padded with zeros")
  void passwords() {
    assertThat(AdvertAuthentication.SimplePassword.of("s3cret1234"))
        .isEqualTo(AdvertAuthentication.SimplePassword.of("s3cret12"));
    assertThat(AdvertAuthentication.SimplePassword.of("a").octets()).isEqualTo(0x6100000000000000L);
    assertThat(AdvertAuthentication.SimplePassword.of("secret").toString())
        .doesNotContain("secret");
  }

  @Test
  @DisplayName("no packet, however odd, makes the decoder throw")
  void fuzz() {
    long seed = 20_261_123L;
    Random random = new Random(seed);
    Expected[] all = {
      expected(2, AdvertAuthentication.SimplePassword.of("x")),
      expected(3, new AdvertAuthentication.None()),
      unicast(),
      Expected.of(SELF)
          .version(2)
          .addresses(VIPS)
          .authentication(new AdvertAuthentication.Ah())
          .ah(new AhAssociation("x"))
          .build()
    };
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = packet(2 + i % 2);
      int flips = random.nextInt(6);
      for (int f = 0; f < flips; f++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      byte[] cut = Arrays.copyOf(bytes, random.nextInt(80));
      Expected demands = all[i % all.length];
      assertThatCode(
              () -> {
                decode(cut, demands);
                AdvertDecoder v6 = new AdvertDecoder();
                if (v6.load6(MemorySegment.ofArray(cut), cut.length, 1, 2, 3, 4, 255)) {
                  v6.judge(demands, true, 0);
                }
              })
          .as("seed %d run %d", seed, i)
          .doesNotThrowAnyException();
    }
  }
}
