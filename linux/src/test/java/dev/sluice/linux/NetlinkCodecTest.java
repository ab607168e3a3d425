package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Bytes in, bytes out, as on a little-endian machine; without a kernel. */
class NetlinkCodecTest {
  private final MemorySegment buffer = Arena.ofAuto().allocate(8192, 8);
  private final NetlinkWriter out = new NetlinkWriter(buffer);

  private static List<RouteEvent> events(MemorySegment datagram) {
    List<RouteEvent> events = new ArrayList<>();
    RouteMonitor.tell(new NetlinkReader().over(datagram, (int) datagram.byteSize()), events::add);
    return events;
  }

  private static String hex(MemorySegment bytes) {
    return HexFormat.of().formatHex(bytes.toArray(JAVA_BYTE));
  }

  private static MemorySegment bytes(String hex) {
    return MemorySegment.ofArray(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static InterfaceAddress vip(String address, int prefix) {
    return InterfaceAddress.virtual(3, InetAddress.ofLiteral(address), prefix);
  }

  @Test
  void anIpv4AddressRequest() {
    RouteCodec.writeAddress(out.begin(Rtm.NEWADDR, 0x605, 7), vip("172.29.88.222", 32), true);
    assertThat(hex(out.finish()))
        .isEqualTo(
            "30000000"
                + "1400"
                + "0506"
                + "07000000"
                + "00000000" // length, type, flags, seq, port
                + "02"
                + "20"
                + "00"
                + "00"
                + "03000000" // family, prefix, flags, scope, ifindex
                + "0800"
                + "0200"
                + "ac1d58de" // IFA_LOCAL
                + "0800"
                + "0100"
                + "ac1d58de" // IFA_ADDRESS
                + "0500"
                + "0b00"
                + "12000000"); // IFA_PROTO 18
  }

  @Test
  void anIpv6AddressIsUsableAtOnce() {
    RouteCodec.writeAddress(out.begin(Rtm.NEWADDR, 0x605, 7), vip("fe80::1", 64), true);
    String ip = "fe800000000000000000000000000001";
    assertThat(hex(out.finish()))
        .isEqualTo(
            "50000000"
                + "1400"
                + "0506"
                + "07000000"
                + "00000000"
                + "0a"
                + "40"
                + "02"
                + "fd"
                + "03000000"
                + "1400"
                + "0200"
                + ip
                + "1400"
                + "0100"
                + ip
                + "0800"
                + "0800"
                + "02000000" // IFA_FLAGS: NODAD
                + "0500"
                + "0b00"
                + "12000000");
  }

  @Test
  void aDeletionNamesTheAddressOnly() {
    RouteCodec.writeAddress(out.begin(Rtm.DELADDR, 5, 1), vip("10.0.0.1", 24), false);
    assertThat(out.finish().byteSize()).isEqualTo(16 + 8 + 8 + 8);
  }

  @Test
  void anAddressComesBackAsItWent() {
    InterfaceAddress sent =
        new InterfaceAddress(
            9,
            InetAddress.ofLiteral("10.1.2.3"),
            24,
            "eth0:vip",
            InetAddress.ofLiteral("10.1.2.255"),
            InterfaceAddress.SCOPE_LINK,
            InterfaceAddress.NOPREFIXROUTE,
            18);
    RouteCodec.writeAddress(out.begin(Rtm.NEWADDR, 0, 1), sent, true);
    assertThat(events(out.finish())).containsExactly(new RouteEvent.AddressAdded(sent));
  }

  @Test
  void aLinkWithItsKind() {
    NetlinkWriter m = out.begin(Rtm.NEWLINK, 0, 0);
    m.u8(0).u8(0).u16(1).u32(5).u32(0x11043).u32(0);
    m.attributeString(Rtm.IFLA_IFNAME, "vrrp.51");
    m.attributeU32(Rtm.IFLA_MTU, 1500);
    m.attributeU8(Rtm.IFLA_OPERSTATE, 6);
    m.attributeU32(Rtm.IFLA_LINK, 2);
    int info = m.nest(Rtm.IFLA_LINKINFO);
    m.attributeString(Rtm.IFLA_INFO_KIND, "macvlan");
    m.end(info);
    m.attribute(Rtm.IFLA_ADDRESS, MacAddress.parse("00:00:5e:00:01:33").bytes());
    assertThat(events(m.finish()))
        .containsExactly(
            new RouteEvent.LinkChanged(
                new Link(
                    5,
                    "vrrp.51",
                    "macvlan",
                    MacAddress.parse("00:00:5e:00:01:33"),
                    0x11043,
                    1500,
                    0,
                    2,
                    1,
                    6)));
  }

  @Test
  void theLowerDeviceOfAnotherNamespaceIsNone() {
    NetlinkWriter m = out.begin(Rtm.DELLINK, 0, 0);
    m.u8(0).u8(0).u16(1).u32(5).u32(0).u32(0);
    m.attributeString(Rtm.IFLA_IFNAME, "veth0");
    m.attributeU32(Rtm.IFLA_LINK, 2);
    m.attributeU32(Rtm.IFLA_LINK_NETNSID, 0);
    assertThat(events(m.finish()))
        .singleElement()
        .isInstanceOfSatisfying(
            RouteEvent.LinkRemoved.class, e -> assertThat(e.link().lowerIndex()).isZero());
  }

  @Test
  void bridgePortsAndProxiesAreNotOurs() {
    NetlinkWriter port = out.begin(Rtm.NEWLINK, 0, 0);
    port.u8(7).u8(0).u16(1).u32(5).u32(0).u32(0);
    assertThat(events(port.finish())).isEmpty();
    NetlinkWriter proxy = out.begin(Rtm.NEWNEIGH, 0, 0);
    proxy.u8(2).u8(0).u16(0).u32(5).u16(0x80).u8(Rtm.NTF_PROXY).u8(0);
    proxy.attribute(Rtm.NDA_DST, new byte[] {10, 0, 0, 1});
    assertThat(events(proxy.finish())).isEmpty();
  }

  @Test
  void aNeighbour() {
    NetlinkWriter m = out.begin(Rtm.NEWNEIGH, 0, 0);
    m.u8(2).u8(0).u16(0).u32(5).u16(Neighbour.REACHABLE).u8(0).u8(1);
    m.attribute(Rtm.NDA_DST, new byte[] {10, 0, 0, 1});
    m.attribute(Rtm.NDA_LLADDR, new byte[] {2, 0, 0, 0, 0, 9});
    Neighbour expected =
        new Neighbour(
            5,
            InetAddress.ofLiteral("10.0.0.1"),
            MacAddress.parse("02:00:00:00:00:09"),
            Neighbour.REACHABLE);
    assertThat(events(m.finish())).containsExactly(new RouteEvent.NeighbourChanged(expected));
    assertThat(expected.usable()).isTrue();
    assertThat(new Neighbour(5, expected.address(), null, Neighbour.INCOMPLETE).usable()).isFalse();
    assertThat(new Neighbour(5, expected.address(), expected.mac(), Neighbour.FAILED).usable())
        .isFalse();
  }

  @Test
  void aRouteWithTwoNextHopsTellsTheFirst() {
    NetlinkWriter m = out.begin(Rtm.NEWROUTE, 0, 0);
    m.u8(2).u8(24).u8(0).u8(0).u8(254).u8(4).u8(0).u8(1).u32(0);
    m.attribute(Rtm.RTA_DST, new byte[] {10, 9, 0, 0});
    int paths = m.nest(Rtm.RTA_MULTIPATH);
    m.u16(16).u8(0).u8(0).u32(3).attribute(Rtm.RTA_GATEWAY, new byte[] {10, 0, 0, 1});
    m.u16(16).u8(0).u8(0).u32(4).attribute(Rtm.RTA_GATEWAY, new byte[] {10, 0, 0, 2});
    m.end(paths);
    m.attributeU32(Rtm.RTA_PRIORITY, 100);
    assertThat(events(m.finish()))
        .containsExactly(
            new RouteEvent.RouteChanged(
                new Route(
                    254,
                    InetAddress.ofLiteral("10.9.0.0"),
                    24,
                    InetAddress.ofLiteral("10.0.0.1"),
                    3,
                    null,
                    Route.UNICAST,
                    4,
                    100)));
  }

  @Test
  void anIpv4RouteByAnIpv6Gateway() {
    NetlinkWriter m = out.begin(Rtm.DELROUTE, 0, 0);
    m.u8(2).u8(0).u8(0).u8(0).u8(254).u8(4).u8(0).u8(1).u32(0);
    byte[] via = new byte[18];
    via[0] = 10;
    System.arraycopy(InetAddress.ofLiteral("fe80::1").getAddress(), 0, via, 2, 16);
    m.attribute(Rtm.RTA_VIA, via).attributeU32(Rtm.RTA_OIF, 3);
    assertThat(events(m.finish()))
        .singleElement()
        .isInstanceOfSatisfying(
            RouteEvent.RouteRemoved.class,
            e -> {
              assertThat(e.route().destination()).isNull();
              assertThat(e.route().gateway()).isEqualTo(InetAddress.ofLiteral("fe80::1"));
              assertThat(e.route().forwards()).isTrue();
            });
  }

  @Test
  void theKernelsOwnWordsAreRead() {
    NetlinkWriter m = out.begin(Rtm.NLMSG_ERROR, Rtm.NLM_F_CAPPED | Rtm.NLM_F_ACK_TLVS, 1);
    m.u32(-Errno.EINVAL).u32(48).u16(20).u16(5).u32(1).u32(0);
    m.attributeString(Rtm.NLMSGERR_ATTR_MSG, "ipv4: Invalid prefix length");
    MemorySegment datagram = m.finish();
    NetlinkReader in = new NetlinkReader().over(datagram, (int) datagram.byteSize());
    assertThat(in.next()).isTrue();
    NetlinkSocket.Refusal refusal = Objects.requireNonNull(NetlinkSocket.refusal(in));
    assertThat(refusal)
        .isEqualTo(new NetlinkSocket.Refusal(Errno.EINVAL, "ipv4: Invalid prefix length"));
    assertThat(refusal.exception("add 10.0.0.1/99 to interface number 3"))
        .hasMessage(
            "add 10.0.0.1/99 to interface number 3: netlink failed with EINVAL (invalid argument):"
                + " ipv4: Invalid prefix length");
  }

  @Test
  void anAcknowledgementIsNoRefusal() {
    NetlinkWriter m = out.begin(Rtm.NLMSG_ERROR, Rtm.NLM_F_CAPPED, 1);
    m.u32(0).u32(48).u16(20).u16(5).u32(1).u32(0);
    MemorySegment datagram = m.finish();
    NetlinkReader in = new NetlinkReader().over(datagram, (int) datagram.byteSize());
    assertThat(in.next()).isTrue();
    assertThat(NetlinkSocket.refusal(in)).isNull();
  }

  @Test
  void severalMessagesInOneDatagram() {
    String one = "18000000 1500 0000 00000000 00000000 02200000 03000000".replace(" ", "");
    assertThat(events(bytes(one + one))).isEmpty(); // without an address there is no event
    NetlinkReader in = new NetlinkReader().over(bytes(one + one), 48);
    int count = 0;
    while (in.next()) {
      assertThat(in.type()).isEqualTo(Rtm.DELADDR);
      count++;
    }
    assertThat(count).isEqualTo(2);
  }

  @RepeatedTest(50)
  void noBytesMakeTheReaderFail(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    NetlinkWriter m = out.begin(Rtm.NEWLINK + random.nextInt(14), 0, 0);
    m.u8(random.nextBoolean() ? 2 : 0).u8(24).u8(0).u8(0).u32(3).u32(0).u32(0);
    for (int i = 0; i < 8; i++) {
      byte[] value = new byte[random.nextInt(24)];
      random.nextBytes(value);
      m.attribute(random.nextInt(32), value);
    }
    MemorySegment message = m.finish();
    for (int i = 0; i < 200; i++) {
      byte[] mutated = message.toArray(JAVA_BYTE);
      mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
      int length = random.nextInt(mutated.length + 1);
      MemorySegment cut = MemorySegment.ofArray(Arrays.copyOf(mutated, length));
      assertThat(events(cut)).as("seed " + seed).hasSizeLessThanOrEqualTo(2);
    }
  }
}
