package dev.sluice.vrrp.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.model.UnicastPeer;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.codec.AdvertEncoder.Envelope;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** AH and auth_hmac between a sender and a receiver, and what of IPv6 differs. */
class AuthenticatedAdvertTest {
  private static final InetAddress GROUP = InetAddress.ofLiteral("224.0.0.18");
  private static final InetAddress SENDER = InetAddress.ofLiteral("10.77.0.1");
  private static final InetAddress SELF = InetAddress.ofLiteral("10.77.0.2");
  private static final List<InetAddress> VIPS = List.of(InetAddress.ofLiteral("10.77.0.100"));
  private static final List<InetAddress> VIPS6 =
      List.of(InetAddress.ofLiteral("fe80::100"), InetAddress.ofLiteral("fd77::100"));
  private static final long NOW = HmacAssociation.clock(1_795_417_692_000L);
  private static final long SECOND = 1L << 32;

  private final byte[] bytes = new byte[AdvertEncoder.MAX_PACKET];
  private final MemorySegment packet = MemorySegment.ofArray(bytes);
  private int length;

  private @Nullable VrrpCounter judge4(Expected expected, long clock) {
    AdvertDecoder decoder = new AdvertDecoder();
    assertThat(decoder.load4(packet, length)).isTrue();
    VrrpCounter fault = decoder.judge(expected, true, clock);
    if (fault != null) {
      assertThat(decoder.explain(fault)).isNotBlank();
    }
    return fault;
  }

  @Nested
  class Ah {
    private final AdvertPacket image =
        image(GROUP, new AhAssociation("s3cret12"), new AdvertAuthentication.Ah());

    private static AdvertPacket image(
        InetAddress to, @Nullable AhAssociation ah, AdvertAuthentication authentication) {
      return new AdvertPacket(
          new Advert(2, 51, 150, 100, VIPS, authentication),
          new Envelope(SENDER, to, 255, 0, ChecksumStyle.PLAIN, GROUP),
          ah,
          false);
    }

    private static Expected.Builder expected(String password) {
      return Expected.of(SELF)
          .version(2)
          .addresses(VIPS)
          .checksum(ChecksumStyle.PLAIN)
          .authentication(new AdvertAuthentication.Ah())
          .ah(new AhAssociation(password));
    }

    @Test
    @DisplayName("V-32 a number heard before is a replay; a higher one is not")
    void replay() {
      Expected expected = expected("s3cret12").build();
      length = image.write(150, 1, null, packet);
      assertThat(judge4(expected, 0)).isNull();
      assertThat(judge4(expected, 0)).isEqualTo(VrrpCounter.AUTH_FAILURE);
      length = image.write(150, 2, null, packet);
      assertThat(judge4(expected, 0)).isNull();
    }

    @Test
    @DisplayName("V-04 who takes over goes on with the number after the highest heard")
    void numbersGoOn() {
      AhAssociation shared = new AhAssociation("s3cret12");
      Expected expected = expected("s3cret12").ah(shared).build();
      length = image.write(150, 1, null, packet);
      length = image.write(150, 2, null, packet);
      assertThat(judge4(expected, 0)).isNull();
      AdvertPacket ours = image(GROUP, shared, new AdvertAuthentication.Ah());
      length = ours.write(100, 1, null, packet);
      assertThat(packet.get(InternetChecksum.INT, 28)).isEqualTo(3);
    }

    @Test
    @DisplayName("V-33 the SPI is the source address")
    void spi() {
      length = image.write(150, 1, null, packet);
      bytes[24] ^= 1;
      assertThat(judge4(expected("s3cret12").build(), 0)).isEqualTo(VrrpCounter.AUTH_FAILURE);
    }

    @Test
    @DisplayName("V-31 another password; V-30 none, or a seal where none is expected")
    void mismatch() {
      length = image.write(150, 1, null, packet);
      assertThat(judge4(expected("other").build(), 0)).isEqualTo(VrrpCounter.AUTH_FAILURE);
      Expected plain =
          Expected.of(SELF).version(2).addresses(VIPS).checksum(ChecksumStyle.PLAIN).build();
      assertThat(judge4(plain, 0)).isEqualTo(VrrpCounter.AUTH_TYPE_MISMATCH);
      length = image(GROUP, null, new AdvertAuthentication.None()).write(150, 1, null, packet);
      assertThat(judge4(expected("s3cret12").build(), 0)).isEqualTo(VrrpCounter.AUTH_TYPE_MISMATCH);
    }

    @Test
    @DisplayName("V-05 in unicast the TTL may change on the way, in multicast it is sealed")
    void ttl() {
      AdvertPacket unicast =
          image(SELF, new AhAssociation("s3cret12"), new AdvertAuthentication.Ah());
      Expected expected =
          expected("s3cret12").peers(List.of(new UnicastPeer(SENDER, 0, 255))).build();
      length = unicast.write(150, 1, null, packet);
      bytes[8] = 60;
      assertThat(judge4(expected, 0)).isNull();
    }
  }

  @Nested
  class Hmac {
    private final HmacKey key = HmacKey.of(1, "an-ascii-key-of-thirty-two-bytes");
    private final HmacAssociation sender = association(HmacAssociation.Mode.ENFORCE, key);
    private final AdvertPacket image = image(true);

    private static HmacAssociation association(HmacAssociation.Mode mode, HmacKey key) {
      return new HmacAssociation(List.of(key), key.id(), mode, true, 5, 0);
    }

    private static AdvertPacket image(boolean trailed) {
      return new AdvertPacket(
          new Advert(3, 51, 150, 100, VIPS, new AdvertAuthentication.None()),
          new Envelope(SENDER, GROUP, 255, 0, ChecksumStyle.PSEUDO_HEADER, GROUP),
          null,
          trailed);
    }

    private Expected expected(HmacAssociation association) {
      return Expected.of(SELF).addresses(VIPS).hmac(association).build();
    }

    private void send(long clock) {
      length = image.write(150, 1, image.sign(sender, 150, clock), packet);
    }

    @Test
    @DisplayName("V-17 V-38 right, then a replay, then the next number")
    void replay() {
      Expected expected = expected(association(HmacAssociation.Mode.ENFORCE, key));
      send(NOW);
      assertThat(judge4(expected, NOW)).isNull();
      assertThat(judge4(expected, NOW)).isEqualTo(VrrpCounter.HMAC_REPLAY);
      send(NOW);
      assertThat(judge4(expected, NOW)).isNull();
    }

    @Test
    @DisplayName("V-38 each fault is counted apart")
    void faults() {
      Expected expected = expected(association(HmacAssociation.Mode.ENFORCE, key));
      send(NOW);
      assertThat(judge4(expected, NOW + 6 * SECOND)).isEqualTo(VrrpCounter.HMAC_STALE);
      bytes[length - 1] ^= 1;
      assertThat(judge4(expected, NOW)).isEqualTo(VrrpCounter.HMAC_BAD);
      bytes[length - 27] = 9;
      assertThat(judge4(expected, NOW)).isEqualTo(VrrpCounter.HMAC_UNKNOWN_KEY);
      bytes[length - 26] = 9;
      assertThat(judge4(expected, NOW)).isEqualTo(VrrpCounter.HMAC_MALFORMED);
      length = image(false).write(150, 1, null, packet);
      assertThat(judge4(expected, NOW)).isEqualTo(VrrpCounter.HMAC_MISSING);
    }

    @Test
    @DisplayName("permissive takes an advert without trailer; no auth_hmac takes none with one")
    void modes() {
      length = image(false).write(150, 1, null, packet);
      HmacAssociation permissive = association(HmacAssociation.Mode.PERMISSIVE, key);
      assertThat(judge4(expected(permissive), NOW)).isNull();
      send(NOW);
      assertThat(judge4(expected(permissive), NOW)).isNull();
      assertThat(judge4(Expected.of(SELF).addresses(VIPS).build(), NOW))
          .isEqualTo(VrrpCounter.LENGTH);
    }

    @Test
    @DisplayName("V-18 the IPv4 checksum ends before the trailer, the IP length does not")
    void checksum() {
      send(NOW);
      assertThat(length).isEqualTo(20 + 12 + 28);
      assertThat(packet.get(InternetChecksum.SHORT, 2)).isEqualTo((short) length);
      long sum =
          InternetChecksum.sum(packet, 20, 12)
              + InternetChecksum.pseudoHeader(Ipv4.toInt(SENDER), Ipv4.toInt(GROUP), 12);
      assertThat(InternetChecksum.fold(sum)).isZero();
    }

    @Test
    @DisplayName("keys of fewer than 32 or more than 64 bytes are refused in words")
    void keys() {
      assertThatThrownBy(() -> HmacKey.of(3, "short"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("key 3 has 5 bytes");
      assertThatThrownBy(() -> HmacKey.of(3, "file:/nonexistent/key"))
          .hasMessageContaining("cannot read");
      assertThat(HmacKey.of(3, "hex:" + "00".repeat(64)).toString())
          .isEqualTo("HmacKey[3, ********]");
    }
  }

  @Nested
  class Ipv6 {
    private final InetAddress from = InetAddress.ofLiteral("fe80::1");
    private final InetAddress group = InetAddress.ofLiteral("ff02::12");
    private final AdvertDecoder decoder = new AdvertDecoder();

    private @Nullable VrrpCounter judge(
        List<InetAddress> addresses, InetAddress to, int hops, Expected expected) {
      AdvertPacket image =
          new AdvertPacket(
              new Advert(3, 51, 150, 100, addresses, new AdvertAuthentication.None()),
              new Envelope(from, to, 255, 0, ChecksumStyle.PLAIN, group),
              null,
              false);
      length = image.write(150, 1, null, packet);
      assertThat(
              decoder.load6(
                  packet,
                  length,
                  AddressBits.high(from),
                  AddressBits.low(from),
                  AddressBits.high(to),
                  AddressBits.low(to),
                  hops))
          .isTrue();
      return decoder.judge(expected, true, 0);
    }

    private Expected.Builder expected() {
      return Expected.of(InetAddress.ofLiteral("fe80::2")).addresses(VIPS6);
    }

    @Test
    @DisplayName("V-11 the checksum covers the pseudo header of RFC 8200, whatever the style")
    void accepted() {
      assertThat(judge(VIPS6, group, 255, expected().build())).isNull();
      assertThat(decoder.addresses()).isEqualTo(VIPS6);
      assertThat(decoder.firstNotLinkLocal()).isFalse();
      bytes[20] ^= 1;
      assertThat(decoder.judge(expected().build(), true, 0)).isEqualTo(VrrpCounter.CHECKSUM);
    }

    @Test
    @DisplayName("V-20 V-35 V-36 hop limit, kind of destination, limits of a peer")
    void rejected() {
      assertThat(judge(VIPS6, group, 254, expected().build())).isEqualTo(VrrpCounter.TTL);
      InetAddress self = InetAddress.ofLiteral("fe80::2");
      assertThat(judge(VIPS6, self, 255, expected().build()))
          .isEqualTo(VrrpCounter.DESTINATION_KIND);
      Expected near = expected().peers(List.of(new UnicastPeer(from, 254, 255))).build();
      assertThat(judge(VIPS6, self, 64, near)).isEqualTo(VrrpCounter.UNICAST_SOURCE);
      assertThat(judge(VIPS6, self, 254, near)).isNull();
    }

    @Test
    @DisplayName("erratum 8300: a first address that is not link-local is remarked on")
    void linkLocalFirst() {
      List<InetAddress> global = List.of(InetAddress.ofLiteral("fd77::100"));
      assertThat(judge(global, group, 255, expected().addresses(global).build())).isNull();
      assertThat(decoder.firstNotLinkLocal()).isTrue();
    }
  }

  @Test
  @DisplayName("V-10 old_unicast_checksum never: the old form is not accepted")
  void neverTheOldForm() {
    AdvertPacket old =
        new AdvertPacket(
            new Advert(3, 51, 150, 100, VIPS, new AdvertAuthentication.None()),
            new Envelope(SENDER, SELF, 255, 0, ChecksumStyle.PSEUDO_HEADER_OF_GROUP, GROUP),
            null,
            false);
    length = old.write(150, 1, null, packet);
    Expected.Builder peer =
        Expected.of(SELF).addresses(VIPS).peers(List.of(new UnicastPeer(SENDER, 0, 255)));
    assertThat(judge4(peer.adaptUnicastChecksum(true).build(), 0)).isNull();
    assertThat(judge4(peer.adaptUnicastChecksum(false).build(), 0))
        .isEqualTo(VrrpCounter.CHECKSUM_STYLE);
  }
}
