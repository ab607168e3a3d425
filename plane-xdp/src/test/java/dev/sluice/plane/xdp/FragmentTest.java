package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fragments of one datagram go to one server, lvs.md a.7, by the kernel's test-run. */
@Tag("xdp")
class FragmentTest {
  private static final String CLIENT = "198.51.100.1";
  private static final String VIP = "192.0.2.10";

  private static Rig rig(ForwardingMethod method) {
    Rig rig = Rig.open();
    int port = method == ForwardingMethod.NAT ? 5353 : 53;
    List<Real> reals = new ArrayList<>();
    for (int i = 11; i < 15; i++) {
      reals.add(new Real(new RealKey(Rig.ip("10.2.0." + i), port), 1, method));
    }
    rig.apply(Rig.table(Rig.DNS, "rr", reals));
    return rig;
  }

  /** A datagram of 1208 bytes in three frames, as in the recordings. */
  private static List<byte[]> datagram(int port, int id) {
    byte[] whole = Ip4.udp(CLIENT, port, VIP, 53, 1200, true);
    List<byte[]> frames = new ArrayList<>();
    for (int at = 0; at < whole.length; at += 480) {
      int end = Math.min(whole.length, at + 480);
      int more = end < whole.length ? Ip4.MORE : 0;
      byte[] part = Arrays.copyOfRange(whole, at, end);
      byte[] packet = Ip4.packet(CLIENT, VIP, Ip4.UDP, more | at / 8, 0, part);
      packet[4] = (byte) (id >> 8);
      packet[5] = (byte) id;
      packet[10] = 0;
      packet[11] = 0;
      int check = ~Ip4.sum(packet, 0, 20, 0);
      packet[10] = (byte) (check >> 8);
      packet[11] = (byte) check;
      frames.add(Ip4.frame(packet));
    }
    return frames;
  }

  @ParameterizedTest
  @EnumSource
  void allFragmentsFollowTheFirst(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.DR)) {
      for (int port = 2000; port < 2040; port++) {
        List<byte[]> sent = datagram(port, port);
        int server = -1;
        for (byte[] frame : sent) {
          Outcome out = rig.send(hook, frame);
          assertThat(out.forwarded(hook)).isTrue();
          server = server < 0 ? out.server() : server;
          assertThat(out.server()).isEqualTo(server);
          byte[] expected = frame.clone();
          System.arraycopy(out.bytes(), 0, expected, 0, 12);
          expected[22]--;
          expected[24] = out.bytes()[24];
          expected[25] = out.bytes()[25];
          assertThat(out.bytes()).isEqualTo(expected);
          assertThat(Frame.sum(out.bytes(), 20)).isEqualTo(0xffff);
        }
        assertThat(server).isEqualTo(14 - (port - 2000) % 4);
      }
      assertThat(rig.plane.connections(100)).hasSize(40);
    }
  }

  /** Two datagrams of one client at once, and the last fragment before the middle one. */
  @ParameterizedTest
  @EnumSource
  void interleavedDatagramsStayApart(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.DR)) {
      List<byte[]> a = datagram(2000, 1);
      List<byte[]> b = datagram(2001, 2);
      int first = rig.send(hook, a.get(0)).server();
      int second = rig.send(hook, b.get(0)).server();
      assertThat(first).isNotEqualTo(second);
      assertThat(rig.send(hook, a.get(2)).server()).isEqualTo(first);
      assertThat(rig.send(hook, b.get(2)).server()).isEqualTo(second);
      assertThat(rig.send(hook, b.get(1)).server()).isEqualTo(second);
      assertThat(rig.send(hook, a.get(1)).server()).isEqualTo(first);
    }
  }

  /** Ports and checksum are in the first one only; what arrives is whole. */
  @ParameterizedTest
  @EnumSource
  void natTranslatesPortsAndChecksumInTheFirstOnly(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.NAT)) {
      for (int port = 2000; port < 2040; port++) {
        byte[] arrived = new byte[1208];
        String real = null;
        for (byte[] frame : datagram(port, port)) {
          Outcome out = rig.send(hook, frame);
          assertThat(out.forwarded(hook)).isTrue();
          byte[] f = out.bytes();
          real = Ip4.address(f, 30);
          assertThat(real).isEqualTo("10.2.0." + out.server());
          assertThat(Frame.sum(f, 20)).isEqualTo(0xffff);
          int at = (Ip4.u16(f, 20) & 0x1fff) * 8;
          System.arraycopy(f, 34, arrived, at, f.length - 34);
        }
        assertThat(Ip4.u16(arrived, 2)).isEqualTo(5353);
        int pseudo = Ip4.pseudo(CLIENT, Objects.requireNonNull(real), Ip4.UDP, 1208);
        assertThat(Ip4.sum(arrived, 0, 1208, pseudo)).isEqualTo(0xffff);
        byte[] sent = Ip4.udp(CLIENT, port, VIP, 53, 1200, true);
        assertThat(Arrays.copyOfRange(arrived, 8, 1208))
            .isEqualTo(Arrays.copyOfRange(sent, 8, 1208));
      }
    }
  }

  /** One that overtakes its first passes; so does one that comes 31 s too late. */
  @ParameterizedTest
  @EnumSource
  void aFragmentWithoutItsFirstPasses(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.DR)) {
      List<byte[]> sent = datagram(2000, 1);
      passes(rig, hook, sent.get(1));
      assertThat(rig.send(hook, sent.get(0)).forwarded(hook)).isTrue();
      assertThat(rig.send(hook, sent.get(1)).forwarded(hook)).isTrue();
      passes(rig, hook, datagram(2000, 2).get(1));
      rig.plane.setClock(1000 + 31);
      passes(rig, hook, sent.get(2));
    }
  }

  private static void passes(Rig rig, Hook hook, byte[] frame) {
    long before = rig.verdict(Verdict.FRAGMENT);
    Outcome out = rig.send(hook, frame);
    assertThat(out.passed(hook)).isTrue();
    assertThat(out.bytes()).isEqualTo(frame);
    assertThat(rig.verdict(Verdict.FRAGMENT)).isEqualTo(before + 1);
  }

  /** What is no service's is left alone, first or later. */
  @ParameterizedTest
  @EnumSource
  void fragmentsOfOthersPass(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.DR)) {
      byte[] other = Ip4.udp(CLIENT, 9, VIP, 54, 100, true);
      byte[] first = Ip4.frame(Ip4.packet(CLIENT, VIP, Ip4.UDP, Ip4.MORE, 0, other));
      assertThat(rig.send(hook, first).passed(hook)).isTrue();
      passes(rig, hook, Ip4.frame(Ip4.packet(CLIENT, VIP, Ip4.UDP, 20, 0, other)));
    }
  }

  /** A TCP segment in fragments: the later ones have no flags, so they change no state. */
  @ParameterizedTest
  @EnumSource
  void tcpFragmentsChangeNoState(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1, 1)));
      var _ = rig.send(hook, Frame.tcp());
      int server = rig.send(hook, Frame.tcp().flags(Frame.ACK)).server();
      byte[] first = Frame.tcp().flags(Frame.ACK).fragment(Ip4.MORE).payload(28).bytes();
      byte[] later = Frame.tcp().fragment(6).payload(28).bytes();
      assertThat(rig.send(hook, first).server()).isEqualTo(server);
      assertThat(rig.send(hook, later).server()).isEqualTo(server);
      assertThat(rig.plane.connections(2)).hasSize(1);
      assertThat(rig.plane.connections(2).getFirst().state()).isEqualTo("ESTABLISHED");
    }
  }

  /** Tagged frames keep their tags; to another device the VLAN device above forwards them. */
  @ParameterizedTest
  @EnumSource
  void tagsStayOnTheSameDevice(Hook hook) {
    try (Rig rig = rig(ForwardingMethod.DR)) {
      byte[] packet = Ip4.packet(CLIENT, VIP, Ip4.UDP, Ip4.udp(CLIENT, 7, VIP, 53, 60, true));
      for (int[] tags : new int[][] {{100}, {7, 100}}) {
        byte[] sent = Ip4.frame(packet, tags);
        Outcome passed = rig.send(hook, sent);
        assertThat(passed.passed(hook)).isTrue();
        assertThat(passed.bytes()).isEqualTo(sent);
      }
      assertThat(rig.verdict(Verdict.TAGGED)).isEqualTo(2);
      rig.resolve(1);
      for (int[] tags : new int[][] {{}, {100}, {7, 100}}) {
        byte[] sent = Ip4.frame(packet, tags);
        Outcome out = rig.send(hook, sent);
        assertThat(out.forwarded(hook)).isTrue();
        int ip = 14 + 4 * tags.length;
        assertThat(Arrays.copyOfRange(out.bytes(), 12, ip))
            .isEqualTo(Arrays.copyOfRange(sent, 12, ip));
        assertThat(out.bytes()[ip + 8]).isEqualTo((byte) 63);
      }
      byte[] three = Ip4.frame(packet, 5, 6, 7);
      assertThat(rig.send(hook, three).passed(hook)).isTrue();
    }
  }
}
