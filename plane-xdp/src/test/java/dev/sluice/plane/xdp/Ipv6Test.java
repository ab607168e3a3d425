package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** IPv6 from parse to rewrite, by the kernel's test-run on both hooks. */
@Tag("xdp")
class Ipv6Test {
  private static final String CLIENT = "2001:db8:c::1";
  private static final String VIP = "2001:db8:9::9";
  private static final String ROUTER = "2001:db8:f::1";
  private static final VirtualServer.Key WEB = Rig.key(Protocol.TCP, VIP, 80);
  private static final VirtualServer.Key DNS = Rig.key(Protocol.UDP, VIP, 53);

  private static Real real(int number, int port, ForwardingMethod method) {
    return new Real(new RealKey(Rig.ip("2001:db8:2::" + number), port), 1, method);
  }

  private static List<Real> reals(int port, ForwardingMethod method) {
    // The MAC's last byte is the address's: 0x11, 0x12.
    return List.of(real(11, port, method), real(12, port, method));
  }

  private static byte[] tcp(String client, int port, int flags) {
    return Ip6.frame(
        Ip6.packet(client, VIP, Ip6.TCP, 64, Ip6.tcp(client, port, VIP, 80, flags, 5)));
  }

  private static byte[] packet(Outcome out) {
    return Arrays.copyOfRange(out.bytes(), 14, out.bytes().length);
  }

  private static String destination(byte[] packet) {
    return address(packet, 24);
  }

  private static String address(byte[] packet, int at) {
    try {
      return java.net.InetAddress.getByAddress(Arrays.copyOfRange(packet, at, at + 16))
          .getHostAddress();
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void directRoutingKeepsAConnectionAndThePacket(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(WEB, "rr", reals(80, ForwardingMethod.DR)));
      Set<Integer> servers = new HashSet<>();
      for (int port = 1000; port < 1016; port++) {
        byte[] sent = tcp(CLIENT, port, Frame.SYN);
        Outcome syn = rig.send(hook, sent);
        assertThat(syn.forwarded(hook)).isTrue();
        servers.add(syn.server());
        byte[] expected = packet(new Outcome(0, sent));
        expected[7] = 63;
        assertThat(packet(syn)).isEqualTo(expected);
        for (int i = 0; i < 3; i++) {
          assertThat(rig.send(hook, tcp(CLIENT, port, Frame.ACK)).server()).isEqualTo(syn.server());
        }
      }
      assertThat(servers).containsExactlyInAnyOrder(0x11, 0x12);
      assertThat(rig.verdict(Verdict.FORWARDED)).isEqualTo(64);
      assertThat(rig.plane.connections(100))
          .hasSize(16)
          .allMatch(c -> c.client().equals(Rig.ip(CLIENT)));
      // What is not ours is the stack's.
      assertThat(rig.send(hook, tcp(CLIENT, 1, Frame.ACK)).passed(hook)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void clientsWhoseHashesMeetAreToldApart(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(WEB, "rr", reals(80, ForwardingMethod.DR)));
      // Many clients of one port: nobody is taken for another, whatever the 32 bits of the key say.
      for (int i = 1; i <= 200; i++) {
        String client = "2001:db8:c::" + Integer.toHexString(i);
        int server = rig.send(hook, tcp(client, 1000, Frame.SYN)).server();
        assertThat(rig.send(hook, tcp(client, 1000, Frame.ACK)).server()).isEqualTo(server);
      }
      assertThat(rig.plane.connections(1000).stream().map(c -> c.client()).distinct()).hasSize(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void translationKeepsTheChecksumsRight(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(
          new ServiceTable(
              List.of(
                  new ServiceTable.Service(WEB, "rr", reals(8080, ForwardingMethod.NAT)),
                  new ServiceTable.Service(DNS, "rr", reals(5353, ForwardingMethod.NAT)))));
      for (int port = 1000; port < 1040; port++) {
        Outcome out = rig.send(hook, tcp(CLIENT, port, Frame.SYN));
        assertThat(out.forwarded(hook)).isTrue();
        byte[] there = packet(out);
        assertThat(destination(there)).startsWith("2001:db8:2:0:0:0:0:");
        assertThat((there[42] & 0xff) << 8 | (there[43] & 0xff)).isEqualTo(8080);
        assertThat(Ip6.valid(there)).isTrue();
        byte[] udp = Ip6.udp(CLIENT, port, VIP, 53, 21);
        out = rig.send(hook, Ip6.frame(Ip6.packet(CLIENT, VIP, Ip6.UDP, 64, udp)));
        assertThat(out.forwarded(hook)).isTrue();
        assertThat(Ip6.valid(packet(out))).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientsPrefixStaysWithItsServer(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(
          new ServiceTable(
              List.of(
                  new ServiceTable.Service(
                      WEB,
                      ServiceTable.Scheduling.of("rr"),
                      new ServiceTable.Persistence(300, 64),
                      reals(80, ForwardingMethod.DR)))));
      int one = rig.send(hook, tcp("2001:db8:c::1", 1000, Frame.SYN)).server();
      int other = rig.send(hook, tcp("2001:db8:d::1", 1000, Frame.SYN)).server();
      assertThat(other).isNotEqualTo(one);
      for (int i = 2; i < 20; i++) {
        assertThat(rig.send(hook, tcp("2001:db8:c::" + i, 1000 + i, Frame.SYN)).server())
            .isEqualTo(one);
        assertThat(rig.send(hook, tcp("2001:db8:d::" + i, 1000 + i, Frame.SYN)).server())
            .isEqualTo(other);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void fragmentsFollowTheirFirstOne(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(DNS, "rr", reals(53, ForwardingMethod.DR)));
      byte[] whole = Ip6.udp(CLIENT, 4000, VIP, 53, 72);
      for (int id = 1; id < 9; id++) {
        byte[] head = Ip6.fragment(Ip6.UDP, 0, true, id, Arrays.copyOf(whole, 40));
        byte[] tail = Ip6.fragment(Ip6.UDP, 40, false, id, Arrays.copyOfRange(whole, 40, 80));
        Outcome stray = rig.send(hook, Ip6.frame(Ip6.packet(CLIENT, VIP, Ip6.FRAGMENT, 64, tail)));
        assertThat(stray.passed(hook)).isTrue();
        Outcome first = rig.send(hook, Ip6.frame(Ip6.packet(CLIENT, VIP, Ip6.FRAGMENT, 64, head)));
        assertThat(first.forwarded(hook)).isTrue();
        Outcome second = rig.send(hook, Ip6.frame(Ip6.packet(CLIENT, VIP, Ip6.FRAGMENT, 64, tail)));
        assertThat(second.forwarded(hook)).isTrue();
        assertThat(second.server()).isEqualTo(first.server());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void extensionHeadersAreSkipped(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(WEB, "rr", reals(80, ForwardingMethod.DR)));
      byte[] segment = Ip6.tcp(CLIENT, 1000, VIP, 80, Frame.SYN, 0);
      byte[] behind = new byte[16 + segment.length];
      behind[0] = 60; // hop by hop, then destination options, padding both
      behind[2] = 1;
      behind[3] = 4;
      behind[8] = 6;
      behind[10] = 1;
      behind[11] = 4;
      System.arraycopy(segment, 0, behind, 16, segment.length);
      Outcome out = rig.send(hook, Ip6.frame(Ip6.packet(CLIENT, VIP, 0, 64, behind)));
      assertThat(out.forwarded(hook)).isTrue();
      // Neighbour discovery and echo requests are the stack's.
      byte[] echo = Ip6.icmp(CLIENT, VIP, 128, 0, new byte[8]);
      assertThat(
              rig.send(hook, Ip6.frame(Ip6.packet(CLIENT, VIP, Ip6.ICMP, 64, echo))).passed(hook))
          .isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLastHopIsAnsweredAndSoIsWhatIsTooBig(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(WEB, "rr", reals(80, ForwardingMethod.DR)));
      byte[] last =
          Ip6.packet(CLIENT, VIP, Ip6.TCP, 1, Ip6.tcp(CLIENT, 1000, VIP, 80, Frame.SYN, 5));
      Outcome out = rig.send(hook, Ip6.frame(last));
      assertThat(rig.verdict(Verdict.TTL_EXPIRED)).isEqualTo(1);
      byte[] answer = packet(out);
      assertThat(answer[6]).isEqualTo((byte) Ip6.ICMP);
      assertThat(answer[40]).isEqualTo((byte) 3);
      assertThat(destination(answer)).isEqualTo("2001:db8:c:0:0:0:0:1");
      assertThat(Ip6.valid(answer)).isTrue();
      assertThat(Arrays.copyOfRange(answer, 48, answer.length)).isEqualTo(last);
    }
  }

  @ParameterizedTest
  @EnumSource
  void errorsFollowTheirConnection(Hook hook) {
    for (ForwardingMethod method : List.of(ForwardingMethod.DR, ForwardingMethod.NAT)) {
      try (Rig rig = Rig.open()) {
        int serverPort = method == ForwardingMethod.NAT ? 8080 : 80;
        rig.apply(Rig.table(WEB, "rr", reals(serverPort, method)));
        for (int port = 1000; port < 1008; port++) {
          int server = rig.send(hook, tcp(CLIENT, port, Frame.SYN)).server();
          byte[] answer = Ip6.tcp(VIP, 80, CLIENT, port, Frame.ACK, 40);
          byte[] quoted = Ip6.packet(VIP, CLIENT, Ip6.TCP, 60, answer);
          byte[] error = Ip6.icmp(ROUTER, VIP, 2, 1280, quoted);
          Outcome out = rig.send(hook, Ip6.frame(Ip6.packet(ROUTER, VIP, Ip6.ICMP, 64, error)));
          assertThat(out.forwarded(hook)).as("%s", method).isTrue();
          assertThat(out.server()).isEqualTo(server);
          byte[] there = packet(out);
          assertThat(Ip6.valid(there)).as("outer").isTrue();
          byte[] inside = Arrays.copyOfRange(there, 48, there.length);
          assertThat(Ip6.valid(inside)).as("quoted").isTrue();
          assertThat((inside[40] & 0xff) << 8 | (inside[41] & 0xff)).isEqualTo(serverPort);
          assertThat(address(inside, 8)).isEqualTo(destination(there));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tunnelsCarryEitherFamilyInEither(Hook hook) {
    for (boolean inner6 : new boolean[] {true, false}) {
      for (boolean outer6 : new boolean[] {true, false}) {
        try (Rig rig = Rig.open()) {
          RealKey server = new RealKey(Rig.ip(outer6 ? "2001:db8:2::11" : "10.2.0.17"), 80);
          rig.apply(
              Rig.table(
                  inner6 ? WEB : Rig.WEB,
                  "rr",
                  List.of(new Real(server, 1, ForwardingMethod.TUN))));
          byte[] sent = inner6 ? tcp(CLIENT, 1000, Frame.SYN) : Frame.tcp().bytes();
          Outcome out = rig.send(hook, sent);
          assertThat(out.forwarded(hook)).as("%s in %s", inner6, outer6).isTrue();
          byte[] there = packet(out);
          assertThat(there.length).isEqualTo(sent.length - 14 + (outer6 ? 40 : 20));
          assertThat((there[0] & 0xff) >> 4).isEqualTo(outer6 ? 6 : 4);
          assertThat(there[outer6 ? 6 : 9]).isEqualTo((byte) (inner6 ? 41 : 4));
        }
      }
    }
  }
}
