package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Tag("netns")
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RawSocketTest {
  private static final int VRRP = 112;
  private static final Inet4Address GROUP = (Inet4Address) InetAddress.ofLiteral("224.0.0.18");
  private static final Inet4Address LEFT = (Inet4Address) InetAddress.ofLiteral("10.77.0.1");
  private static final Inet4Address RIGHT = (Inet4Address) InetAddress.ofLiteral("10.77.0.2");

  private final MemorySegment in = Arena.ofAuto().allocate(2048);
  private final MemorySegment out = Arena.ofAuto().allocate(2048);
  private TwoNamespaces pair;

  @BeforeAll
  void make() throws Exception {
    pair = TwoNamespaces.make();
  }

  @AfterAll
  void remove() throws Exception {
    if (pair != null) {
      pair.close();
    }
  }

  private static int ifindex(String name) {
    try (RouteNetlink netlink = RouteNetlink.open()) {
      return netlink.link(name).orElseThrow().index();
    }
  }

  /** Receives until something comes. */
  private int await(int fd, IntSupplier receive) {
    int[] length = new int[1];
    EventLoop loop = EventLoop.open("await");
    try {
      EventLoop.Watch _ =
          loop.watch(
              fd,
              EventLoop.READ,
              _ -> {
                length[0] = receive.getAsInt();
                loop.stop();
              });
      loop.timer(loop::stop).after(TimeUnit.SECONDS.toNanos(60));
      loop.run();
    } finally {
      loop.close();
    }
    assertThat(length[0]).isPositive();
    return length[0];
  }

  private String hex(int from, int length) {
    return HexFormat.of().formatHex(in.asSlice(from, length).toArray(JAVA_BYTE));
  }

  private static RawIpSocket receiver(String device, int ifindex) {
    RawIpSocket socket = RawIpSocket.open(VRRP);
    socket.bindDevice(device);
    socket.joinMulticast(GROUP, ifindex);
    socket.setMulticastAll(false);
    socket.setReceiveBuffer(1 << 20);
    return socket;
  }

  private static RawIpSocket sender(String device, int ifindex) {
    RawIpSocket socket = RawIpSocket.open(VRRP);
    socket.bindDevice(device);
    socket.bind(LEFT);
    socket.setMulticastInterface(ifindex);
    socket.setMulticastLoop(false);
    socket.setMulticastTtl(255);
    socket.setTtl(255);
    socket.setTos(0xc0);
    socket.setPriority(6);
    return socket;
  }

  @Test
  void multicastReachesTheOtherEnd() throws Exception {
    int right = pair.inRight(() -> ifindex("right"));
    int left = pair.inLeft(() -> ifindex("left"));
    try (RawIpSocket receiver = pair.inRight(() -> receiver("right", right));
        RawIpSocket sender = pair.inLeft(() -> sender("left", left))) {
      assertThat(receiver.receive(in)).isEqualTo(-Errno.EAGAIN);
      MemorySegment.copy("advert".getBytes(StandardCharsets.US_ASCII), 0, out, JAVA_BYTE, 0, 6);
      assertThat(sender.send(out, 6, GROUP)).isEqualTo(6);
      int n = await(receiver.fd(), () -> receiver.receive(in));
      assertThat(n).isEqualTo(26);
      assertThat(hex(0, 2)).as("version, header length, TOS").isEqualTo("45c0");
      assertThat(hex(8, 2)).as("TTL, protocol").isEqualTo("ff70");
      assertThat(hex(12, 8)).as("from, to").isEqualTo("0a4d0001" + "e0000012");
      assertThat(hex(20, 6))
          .isEqualTo(HexFormat.of().formatHex("advert".getBytes(StandardCharsets.US_ASCII)));
      assertThat(sender.receive(in)).as("its own, not looped").isEqualTo(-Errno.EAGAIN);
      receiver.leaveMulticast(GROUP, right);
      assertThatThrownBy(() -> receiver.leaveMulticast(GROUP, right))
          .isInstanceOf(SyscallException.class)
          .hasMessageContaining("leave 224.0.0.18 on interface number " + right)
          .hasMessageContaining("EADDRNOTAVAIL");
    }
  }

  @Test
  void unicastAndAHeaderOfOurOwn() throws Exception {
    try (RawIpSocket receiver =
            pair.inRight(() -> {
              RawIpSocket socket = RawIpSocket.open(VRRP);
              socket.bind(RIGHT);
              return socket;
            });
        RawIpSocket sender = pair.inLeft(() -> RawIpSocket.open(RawIpSocket.SEND_ONLY))) {
      sender.setHeaderIncluded(true);
      byte[] packet =
          HexFormat.of()
              .parseHex(
                  "45000018" + "12340000" + "07700000" + "0a4d0001" + "0a4d0002" + "cafebabe");
      MemorySegment.copy(packet, 0, out, JAVA_BYTE, 0, packet.length);
      assertThat(sender.send(out, packet.length, RIGHT)).isEqualTo(packet.length);
      int n = await(receiver.fd(), () -> receiver.receive(in));
      assertThat(n).isEqualTo(24);
      assertThat(hex(4, 2)).as("our identification").isEqualTo("1234");
      assertThat(hex(8, 2)).as("our TTL").isEqualTo("0770");
      assertThat(hex(20, 4)).isEqualTo("cafebabe");
    }
  }

  @Test
  void whatIsKnownOfAPacket() throws Exception {
    int right = pair.inRight(() -> ifindex("right"));
    int left = pair.inLeft(() -> ifindex("left"));
    PacketBuffer buffer = new PacketBuffer(Arena.ofAuto(), 2048);
    try (RawIpSocket receiver = pair.inRight(() -> receiver("right", right));
        RawIpSocket sender = pair.inLeft(() -> sender("left", left))) {
      assertThat(receiver.receive(buffer)).isEqualTo(-Errno.EAGAIN);
      long before = System.nanoTime();
      assertThat(sender.send(out, 6, GROUP)).isEqualTo(6);
      assertThat(await(receiver.fd(), () -> receiver.receive(buffer))).isEqualTo(26);
      assertThat(buffer.ipv4()).isTrue();
      assertThat(buffer.length()).isEqualTo(26);
      assertThat(buffer.hopLimit()).isEqualTo(255);
      assertThat(buffer.trafficClass()).isEqualTo(0xc0);
      assertThat(buffer.ifindex()).isEqualTo(right);
      assertThat(buffer.source()).isEqualTo(LEFT);
      assertThat(buffer.sourceLow()).isEqualTo(0x0a4d0001L);
      assertThat(buffer.destination()).isEqualTo(GROUP);
      assertThat(buffer.truncated()).isFalse();
      // Two clocks were compared: allow them the time of a system call.
      assertThat(buffer.receivedNanos()).isBetween(before - 1_000_000, System.nanoTime());
    }
  }

  @Test
  void whatFoundNoRoomIsCounted() throws Exception {
    int right = pair.inRight(() -> ifindex("right"));
    int left = pair.inLeft(() -> ifindex("left"));
    PacketBuffer buffer = new PacketBuffer(Arena.ofAuto(), 2048);
    try (RawIpSocket receiver = pair.inRight(() -> receiver("right", right));
        RawIpSocket sender = pair.inLeft(() -> sender("left", left))) {
      receiver.setReceiveBuffer(1);
      assertThat(receiver.dropped()).isZero();
      for (int i = 0; i < 100; i++) {
        assertThat(sender.send(out, 100, GROUP)).isEqualTo(100);
      }
      await(receiver.fd(), () -> receiver.receive(buffer));
      assertThat(buffer.dropped()).as("nothing was lost before the first").isZero();
      while (receiver.receive(buffer) > 0) {
        assertThat(buffer.dropped()).isBetween(0, 100);
      }
      int lost = receiver.dropped();
      assertThat(lost).as("most of them").isBetween(50, 99);
      assertThat(sender.send(out, 100, GROUP)).isEqualTo(100);
      await(receiver.fd(), () -> receiver.receive(buffer));
      assertThat(buffer.dropped()).as("lost before the last").isEqualTo(lost);
      assertThat(receiver.dropped()).isEqualTo(lost);
    }
  }

  /** V-11: the kernel fills the checksum, and drops what does not verify. */
  @Test
  void ipv6Multicast() throws Exception {
    InetAddress group = InetAddress.ofLiteral("ff02::12");
    InetAddress source = InetAddress.ofLiteral("fe80::77:1");
    String _ =
        TwoNamespaces.ip("-n", pair.left, "addr", "add", "fe80::77:1/64", "dev", "left", "nodad");
    int right = pair.inRight(() -> ifindex("right"));
    int left = pair.inLeft(() -> ifindex("left"));
    PacketBuffer buffer = new PacketBuffer(Arena.ofAuto(), 2048);
    PacketTarget target = new PacketTarget(Arena.ofAuto(), group, source, left, 254);
    try (RawIpSocket receiver =
            pair.inRight(() -> {
              RawIpSocket socket = RawIpSocket.open(RawIpSocket.Family.IPV6, VRRP);
              socket.bindDevice("right");
              socket.setChecksumOffset(6);
              socket.setMulticastAll(false);
              socket.bind(group);
              socket.joinMulticast(group, right);
              return socket;
            });
        RawIpSocket sender =
            pair.inLeft(() -> {
              RawIpSocket socket = RawIpSocket.open(RawIpSocket.Family.IPV6, VRRP);
              socket.bindDevice("left");
              socket.setMulticastInterface(left);
              socket.setMulticastLoop(false);
              socket.setMulticastTtl(255);
              socket.setTos(0xc0);
              return socket;
            })) {
      for (int i = 0; i < 16; i++) {
        out.set(JAVA_BYTE, i, (byte) i);
      }
      assertThat(sender.send(out, 16, target)).as("a wrong checksum").isEqualTo(16);
      sender.setChecksumOffset(6);
      assertThat(sender.send(out, 16, target)).isEqualTo(16);
      assertThat(await(receiver.fd(), () -> receiver.receive(buffer))).isEqualTo(16);
      assertThat(buffer.ipv4()).isFalse();
      assertThat(buffer.hopLimit()).isEqualTo(254);
      assertThat(buffer.trafficClass()).isEqualTo(0xc0);
      assertThat(buffer.ifindex()).isEqualTo(right);
      assertThat(buffer.source()).isEqualTo(source);
      assertThat(buffer.destination()).isEqualTo(group);
      assertThat(buffer.data().get(JAVA_BYTE, 6) == 6 && buffer.data().get(JAVA_BYTE, 7) == 7)
          .as("the checksum was filled in")
          .isFalse();
      assertThat(receiver.receive(buffer)).as("one of two").isEqualTo(-Errno.EAGAIN);
      assertThat(sender.send(out, 16, group)).isEqualTo(16);
      assertThat(await(receiver.fd(), () -> receiver.receive(buffer))).isEqualTo(16);
      assertThat(buffer.hopLimit()).isEqualTo(255);
      receiver.leaveMulticast(group, right);
    }
  }

  @Test
  void anAddressThatIsNotThere() throws Exception {
    Inet4Address absent = (Inet4Address) InetAddress.ofLiteral("10.77.0.200");
    Void _ =
        pair.inLeft(() -> {
          try (RawIpSocket socket = RawIpSocket.open(VRRP)) {
            assertThatThrownBy(() -> socket.bind(absent))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("bind a raw socket of IP protocol 112 to 10.77.0.200")
                .hasMessageContaining("EADDRNOTAVAIL");
            socket.setFreebind(true);
            socket.bind(absent);
            assertThatThrownBy(() -> socket.bindDevice("slc-none"))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("to interface slc-none");
          }
          return null;
        });
  }

  @Test
  void framesGoOutAsTheyAre() throws Exception {
    int right = pair.inRight(() -> ifindex("right"));
    int left = pair.inLeft(() -> ifindex("left"));
    try (PacketSocket receiver = pair.inRight(() -> PacketSocket.listen(right, 0x88b5));
        PacketSocket sender = pair.inLeft(() -> PacketSocket.open())) {
      byte[] frame =
          HexFormat.of().parseHex("ffffffffffff" + "020000000001" + "88b5" + "0102030405");
      MemorySegment.copy(frame, 0, out, JAVA_BYTE, 0, frame.length);
      assertThat(sender.send(left, out, frame.length)).isEqualTo(frame.length);
      int n = await(receiver.fd(), () -> receiver.receive(in));
      assertThat(hex(0, n)).isEqualTo(HexFormat.of().formatHex(frame));
      assertThat(sender.receive(in)).isEqualTo(-Errno.EAGAIN);
      assertThat(sender.send(4711, out, frame.length)).isEqualTo(-Errno.ENXIO);
    }
  }

  @Test
  void aNamespaceHasItsOwnSysctls() throws Exception {
    String _ = TwoNamespaces.ip("netns", "exec", pair.left, "true");
    Void _ =
        pair.inLeft(() -> {
          String name = Sysctl.of("ipv4", "left", "arp_ignore");
          Sysctl.write(name, "1");
          assertThat(Sysctl.read(name)).hasValue("1");
          assertThatThrownBy(() -> Sysctl.write(name, "many"))
              .isInstanceOf(SyscallException.class)
              .hasMessageContaining("set sysctl net/ipv4/conf/left/arp_ignore to many")
              .hasMessageContaining("EINVAL");
          return null;
        });
    assertThat(Sysctl.read(Sysctl.of("ipv4", "left", "arp_ignore"))).isEmpty();
    long inside = pair.inLeft(NetworkNamespace::currentInode);
    assertThat(inside)
        .isEqualTo(NetworkNamespace.inode(NetworkNamespace.named(pair.left)))
        .isNotEqualTo(NetworkNamespace.currentInode());
  }
}
