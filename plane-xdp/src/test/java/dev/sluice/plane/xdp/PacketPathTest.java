package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.linux.MacAddress;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes and verdicts by the kernel's test-run, the same cases on both hooks. */
@Tag("xdp")
class PacketPathTest {

  @ParameterizedTest
  @EnumSource
  void aPacketLeavesWithANewFrameHeaderAndOneHopLess(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1, 1)));
      for (int ttl : new int[] {255, 64, 2}) {
        for (int options : new int[] {0, 4, 40}) {
          byte[] sent = Frame.tcp().ttl(ttl).options(options).payload(33).bytes();
          Outcome out = rig.send(hook, sent);
          assertThat(out.forwarded(hook)).isTrue();
          byte[] expected = sent.clone();
          System.arraycopy(new byte[] {2, 0, 0, 0, 0, 12}, 0, expected, 0, 6);
          System.arraycopy(Rig.SOURCE.bytes(), 0, expected, 6, 6);
          expected[22]--;
          expected[24] = out.bytes()[24];
          expected[25] = out.bytes()[25];
          assertThat(out.bytes()).isEqualTo(expected);
          assertThat(Frame.sum(out.bytes(), 20 + options)).isEqualTo(0xffff);
        }
      }
      assertThat(rig.verdict(Verdict.FORWARDED)).isEqualTo(9);
    }
  }

  /** Every checksum value that the increment can meet, the carries among them. */
  @ParameterizedTest
  @EnumSource
  void theHeaderChecksumIsRightForEveryHeader(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1)));
      for (int client = 0; client < 0x10000; client += 61) {
        Outcome out = rig.send(hook, Frame.tcp().from(0x0a000000 + client, 1));
        assertThat(Frame.sum(out.bytes(), 20)).as("client %x", client).isEqualTo(0xffff);
      }
    }
  }

  static Stream<Arguments> oddPackets() {
    Frame web = Frame.tcp();
    byte[] whole = web.bytes();
    return Stream.of(Hook.values())
        .flatMap(hook ->
            Stream.of(
                odd(hook, "ARP", Frame.tcp().type(0x0806).bytes(), Verdict.NOT_IP),
                odd(hook, "IPv6?", Frame.tcp().type(0x86dd).bytes(), Verdict.MALFORMED),
                odd(
                    hook,
                    "another host's frame",
                    Frame.tcp().to(new byte[] {2, 9, 9, 9, 9, 9}).bytes(),
                    Verdict.OTHER_HOST),
                odd(hook, "broadcast", Frame.tcp().to(broadcast()).bytes(), Verdict.OTHER_HOST),
                odd(hook, "no TCP header", Arrays.copyOf(whole, 34), Verdict.TRUNCATED),
                odd(
                    hook,
                    "half a TCP header",
                    Arrays.copyOf(Frame.tcp().totalLength(30).bytes(), 44),
                    Verdict.TRUNCATED),
                odd(
                    hook,
                    "longer than the frame",
                    Frame.tcp().totalLength(1000).bytes(),
                    Verdict.TRUNCATED),
                odd(
                    hook,
                    "shorter than its header",
                    Frame.tcp().totalLength(19).bytes(),
                    Verdict.MALFORMED),
                odd(
                    hook,
                    "IP version 5",
                    Frame.tcp().versionAndLength(0x55).bytes(),
                    Verdict.MALFORMED),
                odd(
                    hook,
                    "IP header of 16 bytes",
                    Frame.tcp().versionAndLength(0x44).bytes(),
                    Verdict.MALFORMED),
                odd(
                    hook,
                    "IP header of 60 bytes that is not there",
                    Frame.tcp().versionAndLength(0x4f).bytes(),
                    Verdict.MALFORMED),
                odd(
                    hook,
                    "TCP header of 16 bytes",
                    Frame.tcp().dataOffset(4).bytes(),
                    Verdict.MALFORMED),
                odd(hook, "UDP length 7", Frame.udp().udpLength(7).bytes(), Verdict.MALFORMED),
                odd(hook, "last fragment", Frame.udp().fragment(0x0007).bytes(), Verdict.FRAGMENT),
                odd(hook, "ICMP", Frame.tcp().protocol(1).payload(20).bytes(), Verdict.ICMP),
                odd(
                    hook,
                    "SCTP",
                    Frame.tcp().protocol(132).payload(20).bytes(),
                    Verdict.OTHER_PROTOCOL),
                odd(
                    hook,
                    "another port",
                    Frame.tcp().at("192.0.2.10", 81).bytes(),
                    Verdict.NO_SERVICE),
                odd(
                    hook,
                    "another address",
                    Frame.tcp().at("192.0.2.11", 80).bytes(),
                    Verdict.NO_SERVICE),
                odd(hook, "UDP", Frame.udp().at("192.0.2.10", 80).bytes(), Verdict.NO_SERVICE),
                odd(
                    hook,
                    "an ACK of nothing",
                    Frame.tcp().flags(Frame.ACK).bytes(),
                    Verdict.NO_CONNECTION),
                odd(
                    hook,
                    "the last hop",
                    Frame.tcp().from("198.51.100.2", 1).ttl(1).bytes(),
                    Verdict.TTL_EXPIRED),
                odd(
                    hook,
                    "TTL 0",
                    Frame.tcp().from("198.51.100.2", 2).ttl(0).bytes(),
                    Verdict.TTL_EXPIRED)));
  }

  private static byte[] broadcast() {
    byte[] mac = new byte[6];
    Arrays.fill(mac, (byte) 0xff);
    return mac;
  }

  private static Arguments odd(Hook hook, String what, byte[] frame, Verdict verdict) {
    return Arguments.of(hook, what, frame, verdict);
  }

  /** One plane for all: a case must not leave anything behind that another one sees. */
  private static final ThreadLocal<Rig> SHARED = new ThreadLocal<>();

  @org.junit.jupiter.api.AfterAll
  static void closeShared() {
    Rig rig = SHARED.get();
    if (rig != null) {
      rig.close();
      SHARED.remove();
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void oddPackets(Hook hook, String what, byte[] frame, Verdict verdict) {
    Rig rig = SHARED.get();
    if (rig == null) {
      rig = Rig.open();
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1)));
      SHARED.set(rig);
    }
    long before = rig.verdict(verdict);
    Outcome out = rig.send(hook, frame);
    assertThat(rig.verdict(verdict)).as(what).isEqualTo(before + 1);
    switch (verdict.action()) {
      case PASS -> assertThat(out.passed(hook)).isTrue();
      case DROP -> {
        if (verdict == Verdict.TTL_EXPIRED) {
          assertTimeExceeded(out.bytes(), frame);
          return;
        }
        assertThat(out.dropped(hook)).isTrue();
      }
      case FORWARD -> assertThat(out.forwarded(hook)).isTrue();
    }
    assertThat(out.bytes()).isEqualTo(frame);
  }

  /** ICMP type 11 from the virtual address to the client, quoting the packet. */
  private static void assertTimeExceeded(byte[] error, byte[] about) {
    assertThat(error).hasSize(about.length + 28);
    assertThat(Arrays.copyOfRange(error, 0, 6)).isEqualTo(Arrays.copyOfRange(about, 6, 12));
    assertThat(Arrays.copyOfRange(error, 26, 30)).isEqualTo(Arrays.copyOfRange(about, 30, 34));
    assertThat(Arrays.copyOfRange(error, 30, 34)).isEqualTo(Arrays.copyOfRange(about, 26, 30));
    assertThat(error[23]).isEqualTo((byte) 1);
    assertThat(error[34]).isEqualTo((byte) 11);
    assertThat(Frame.sum(error, 20)).isEqualTo(0xffff);
    assertThat(Arrays.copyOfRange(error, 42, error.length))
        .isEqualTo(Arrays.copyOfRange(about, 14, about.length));
  }

  @ParameterizedTest
  @EnumSource
  void everyPrefixOfAFrameIsHarmless(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1)));
      byte[] whole = Frame.tcp().options(40).bytes();
      // The kernel refuses a tc test-run of an IPv4 frame without the whole header.
      for (int length = hook == Hook.XDP ? 14 : 34; length < whole.length; length++) {
        byte[] frame = Arrays.copyOf(whole, length);
        Outcome out = rig.send(hook, frame);
        assertThat(out.passed(hook)).as("length %d", length).isTrue();
        assertThat(out.bytes()).isEqualTo(frame);
      }
      assertThat(rig.plane.connections(1)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServerWithoutNextHopWaitsForItsNeighbour(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1)));
      RealLines lines = new RealLines(rig.plane.maps().reals);
      lines.hop(1, new NextHops.Hop(false, 1, Rig.ip("10.2.0.11"), null, new MacAddress(1)));
      Outcome out = rig.send(hook, Frame.tcp());
      if (hook == Hook.XDP) {
        assertThat(out.dropped(hook)).isTrue();
        assertThat(rig.verdict(Verdict.UNRESOLVED)).isEqualTo(1);
      } else {
        assertThat(out.forwarded(hook)).isTrue();
        assertThat(rig.verdict(Verdict.NEIGHBOUR)).isEqualTo(1);
        assertThat(Frame.sum(out.bytes(), 20)).isEqualTo(0xffff);
      }
      lines.hop(1, NextHops.Hop.NONE);
      assertThat(rig.send(hook, Frame.tcp()).dropped(hook)).isTrue();
      assertThat(rig.verdict(Verdict.UNRESOLVED)).isEqualTo(hook == Hook.XDP ? 2 : 1);
      lines.hop(1, NextHops.Hop.LOCAL);
      Outcome local = rig.send(hook, Frame.tcp());
      assertThat(local.passed(hook)).isTrue();
      assertThat(local.bytes()).isEqualTo(Frame.tcp().bytes());
      assertThat(rig.verdict(Verdict.LOCAL)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAckMovesTheConnectionOutOfTheEmbryonicTable(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1)));
      var _ = rig.send(hook, Frame.tcp());
      assertThat(entries(rig, rig.plane.maps().embryos)).isEqualTo(1);
      assertThat(entries(rig, rig.plane.maps().connections)).isZero();
      var _ = rig.send(hook, Frame.tcp().flags(Frame.ACK));
      assertThat(entries(rig, rig.plane.maps().embryos)).isZero();
      assertThat(entries(rig, rig.plane.maps().connections)).isEqualTo(1);
      assertThat(rig.plane.events().get(Event.PROMOTED)).isEqualTo(1);
    }
  }

  private static long entries(Rig rig, java.lang.foreign.MemorySegment table) {
    long[] count = {0};
    new ConnectionTable(table, rig.plane.maps().clients6, rig.plane.maps())
        .walk(_ -> count[0]++ >= 0);
    return count[0];
  }

  /** Many more SYNs than the tables hold: established connections and exact counts survive. */
  @ParameterizedTest
  @EnumSource
  void aFloodOfSynsTakesNoPlaceFromTheEstablished(Hook hook) {
    try (Rig rig = Rig.open(Rig.options().withTables(4096, 256))) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1, 1)));
      int established = 1000;
      for (int i = 0; i < established; i++) {
        var _ = rig.send(hook, Frame.tcp().from(0x0a010000 + i, 7));
        var _ = rig.send(hook, Frame.tcp().from(0x0a010000 + i, 7).flags(Frame.ACK));
      }
      for (int i = 0; i < 5000; i++) {
        assertThat(rig.send(hook, Frame.tcp().from(0x0b000000 + i, 9)).forwarded(hook)).isTrue();
      }
      for (int i = 0; i < established; i++) {
        Outcome out = rig.send(hook, Frame.tcp().from(0x0a010000 + i, 7).flags(Frame.ACK));
        assertThat(out.forwarded(hook)).as("connection %d", i).isTrue();
      }
      long embryos = entries(rig, rig.plane.maps().embryos);
      assertThat(embryos).isBetween(200L, 256L);
      long active =
          rig.plane.counters().getFirst().reals().stream().mapToLong(r -> r.active()).sum();
      assertThat(active).isEqualTo(established + embryos);
    }
  }
}
