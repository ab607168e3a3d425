package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ICMP errors about connections, lvs.md a.6, by the kernel's test-run on both hooks. */
@Tag("xdp")
class IcmpTest {
  private static final String CLIENT = "198.51.100.1";
  private static final String VIP = "192.0.2.10";
  private static final String ROUTER = "203.0.113.9";
  private static final int[] ERRORS = {3, 4, 11, 12};

  private static Rig rig(ForwardingMethod method) {
    Rig rig = Rig.open();
    RealKey one = new RealKey(Rig.ip("10.2.0.11"), method == ForwardingMethod.NAT ? 8080 : 80);
    RealKey two = new RealKey(Rig.ip("10.2.0.12"), method == ForwardingMethod.NAT ? 8080 : 80);
    rig.apply(
        Rig.table(Rig.WEB, "rr", List.of(new Real(one, 1, method), new Real(two, 1, method))));
    return rig;
  }

  /** The server of a new connection from this port, established. */
  private static int connect(Rig rig, Hook hook, int port) {
    int server = rig.send(hook, Frame.tcp().from(CLIENT, port)).server();
    var _ = rig.send(hook, Frame.tcp().from(CLIENT, port).flags(Frame.ACK));
    return server;
  }

  /** What the virtual address sent to the client, as a router on the way quotes it. */
  private static byte[] answer(int port, int data) {
    byte[] segment = Ip4.tcp(VIP, 80, CLIENT, port, Frame.ACK, data);
    return Ip4.packet(VIP, CLIENT, Ip4.TCP, segment);
  }

  private static byte[] error(int type, byte[] quoted) {
    byte[] icmp = Ip4.icmp(type, type == 3 ? 4 : 0, 1300, quoted);
    return Ip4.frame(Ip4.packet(ROUTER, VIP, Ip4.ICMP, icmp));
  }

  @ParameterizedTest
  @EnumSource
  void anErrorFollowsItsConnectionUntouched(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.DR)) {
      for (int port = 1000; port < 1008; port++) {
        int server = connect(rig, hook, port);
        for (int type : ERRORS) {
          byte[] sent = error(type, answer(port, 40));
          Outcome out = rig.send(hook, sent);
          assertThat(out.forwarded(hook)).as("type %d", type).isTrue();
          assertThat(out.server()).isEqualTo(server);
          byte[] expected = sent.clone();
          System.arraycopy(out.bytes(), 0, expected, 0, 12);
          expected[22]--;
          expected[24] = out.bytes()[24];
          expected[25] = out.bytes()[25];
          assertThat(out.bytes()).isEqualTo(expected);
          assertThat(Frame.sum(out.bytes(), 20)).isEqualTo(0xffff);
        }
      }
    }
  }

  /** Also one that has only shown a SYN. */
  @ParameterizedTest
  @EnumSource
  void anErrorMakesNoEntryAndRefreshesNone(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.DR)) {
      byte[] error = error(3, answer(1000, 0));
      assertThat(rig.send(hook, error).passed(hook)).isTrue();
      assertThat(rig.plane.connections(10)).isEmpty();
      int server = rig.send(hook, Frame.tcp().from(CLIENT, 1000)).server();
      long left = rig.plane.connections(10).getFirst().expiresInSeconds();
      rig.plane.setClock(1000 + 30);
      Outcome out = rig.send(hook, error);
      assertThat(out.forwarded(hook)).isTrue();
      assertThat(out.server()).isEqualTo(server);
      assertThat(rig.plane.connections(10)).hasSize(1);
      assertThat(rig.plane.connections(10).getFirst().expiresInSeconds()).isEqualTo(left - 30);
      // An expired entry is no entry.
      rig.plane.setClock(1000 + 61);
      assertThat(rig.send(hook, error).passed(hook)).isTrue();
    }
  }

  /** Quoted checksums right, unlike IPVS (lvs.md a.6, h). */
  @ParameterizedTest
  @EnumSource
  void natTranslatesTheErrorAndWhatItQuotes(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.NAT)) {
      for (int port = 1000; port < 1100; port++) {
        int server = connect(rig, hook, port);
        for (int data : new int[] {0, 1, 333}) {
          Outcome out = rig.send(hook, error(3, answer(port, data)));
          assertThat(out.forwarded(hook)).isTrue();
          assertThat(out.server()).isEqualTo(server);
          byte[] f = out.bytes();
          String real = "10.2.0." + server;
          assertThat(Ip4.address(f, 26)).isEqualTo(ROUTER);
          assertThat(Ip4.address(f, 30)).isEqualTo(real);
          assertThat(Ip4.address(f, 42 + 12)).isEqualTo(real);
          assertThat(Ip4.address(f, 42 + 16)).isEqualTo(CLIENT);
          assertThat(Ip4.u16(f, 62)).isEqualTo(8080);
          assertThat(Ip4.u16(f, 64)).isEqualTo(port);
          assertThat(Ip4.sum(f, 14, 20, 0)).as("IP").isEqualTo(0xffff);
          assertThat(Ip4.sum(f, 34, f.length - 34, 0)).as("ICMP").isEqualTo(0xffff);
          assertThat(Ip4.sum(f, 42, 20, 0)).as("quoted IP").isEqualTo(0xffff);
          int pseudo = Ip4.pseudo(real, CLIENT, Ip4.TCP, f.length - 62);
          assertThat(Ip4.sum(f, 62, f.length - 62, pseudo)).as("quoted TCP").isEqualTo(0xffff);
        }
      }
    }
  }

  /** RFC 792 promises eight bytes only: the checksum of TCP is not among them. */
  @ParameterizedTest
  @EnumSource
  void natTranslatesAShortQuoteAndOptions(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.NAT)) {
      int server = connect(rig, hook, 1000);
      byte[] segment = Ip4.tcp(VIP, 80, CLIENT, 1000, Frame.ACK, 100);
      for (int options : new int[] {0, 8, 40}) {
        for (int bytes : new int[] {8, 17, 18, 60}) {
          byte[] whole = Ip4.packet(VIP, CLIENT, Ip4.TCP, 0x4000, options, segment);
          byte[] quoted = Arrays.copyOf(whole, 20 + options + bytes);
          byte[] icmp = Ip4.icmp(11, 0, 0, quoted);
          byte[] packet = Ip4.packet(ROUTER, VIP, Ip4.ICMP, 0, options, icmp);
          // Short frames are padded: the padding is not ICMP's.
          byte[] sent = Arrays.copyOf(Ip4.frame(packet), 14 + packet.length + 11);
          byte[] f = rig.send(hook, sent).bytes();
          int at = 14 + 20 + options;
          assertThat(Ip4.address(f, at + 8 + 12)).isEqualTo("10.2.0." + server);
          assertThat(Ip4.sum(f, at, packet.length - 20 - options, 0)).isEqualTo(0xffff);
          assertThat(Ip4.sum(f, at + 8, 20 + options, 0)).isEqualTo(0xffff);
          assertThat(Arrays.copyOfRange(f, f.length - 11, f.length)).containsOnly(0);
        }
      }
    }
  }

  /** A UDP checksum of 0 says that there is none. */
  @ParameterizedTest
  @EnumSource
  void natKeepsAnAbsentUdpChecksum(Hook hook) {
    try (Rig rig = Rig.open()) {
      RealKey one = new RealKey(Rig.ip("10.2.0.11"), 5353);
      rig.apply(Rig.table(Rig.DNS, "rr", List.of(new Real(one, 1, ForwardingMethod.NAT))));
      var _ = rig.send(hook, Frame.udp().from(CLIENT, 99).at(VIP, 53));
      for (boolean checked : new boolean[] {true, false}) {
        byte[] datagram = Ip4.udp(VIP, 53, CLIENT, 99, 50, checked);
        byte[] f = rig.send(hook, error(3, Ip4.packet(VIP, CLIENT, Ip4.UDP, datagram))).bytes();
        assertThat(Ip4.u16(f, 62)).isEqualTo(5353);
        assertThat(Ip4.sum(f, 34, f.length - 34, 0)).isEqualTo(0xffff);
        if (checked) {
          int pseudo = Ip4.pseudo("10.2.0.11", CLIENT, Ip4.UDP, f.length - 62);
          assertThat(Ip4.sum(f, 62, f.length - 62, pseudo)).isEqualTo(0xffff);
        } else {
          assertThat(Ip4.u16(f, 68)).isZero();
        }
      }
    }
  }

  /** What is no error, or of no connection, is the stack's, untouched. */
  @ParameterizedTest
  @EnumSource
  void allOtherIcmpPasses(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.DR)) {
      int server = connect(rig, hook, 1000);
      byte[] good = answer(1000, 20);
      assertThat(rig.send(hook, error(3, good)).server()).isEqualTo(server);
      for (int type : new int[] {0, 5, 8, 9, 13, 255}) {
        passes(rig, hook, error(type, good));
      }
      passes(rig, hook, error(3, answer(1001, 20)));
      // It must go back to where the quoted packet came from.
      byte[] elsewhere = Ip4.packet(ROUTER, "192.0.2.11", Ip4.ICMP, Ip4.icmp(3, 4, 0, good));
      passes(rig, hook, Ip4.frame(elsewhere));
      byte[] fragment = Ip4.packet(ROUTER, VIP, Ip4.ICMP, 0x2000, 0, Ip4.icmp(3, 4, 0, good));
      passes(rig, hook, Ip4.frame(fragment));
      byte[] quotedFragment = good.clone();
      quotedFragment[7] = 1;
      passes(rig, hook, error(3, quotedFragment));
      byte[] quotedSix = good.clone();
      quotedSix[0] = 0x65;
      passes(rig, hook, error(3, quotedSix));
      for (int bytes = 0; bytes < 28; bytes++) {
        passes(rig, hook, error(3, Arrays.copyOf(good, bytes)));
      }
    }
  }

  private static void passes(Rig rig, Hook hook, byte[] sent) {
    long before = rig.verdict(Verdict.ICMP);
    Outcome out = rig.send(hook, sent);
    assertThat(out.passed(hook)).isTrue();
    assertThat(out.bytes()).isEqualTo(sent);
    assertThat(rig.verdict(Verdict.ICMP)).isEqualTo(before + 1);
  }

  /** The hop count ends here; no error about an error (RFC 1122 3.2.2). */
  @ParameterizedTest
  @EnumSource
  void anErrorWithoutHopsIsDropped(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.DR)) {
      var _ = connect(rig, hook, 1000);
      byte[] sent = error(3, answer(1000, 0));
      sent[22] = 1;
      assertThat(rig.send(hook, sent).dropped(hook)).isTrue();
    }
  }
}
