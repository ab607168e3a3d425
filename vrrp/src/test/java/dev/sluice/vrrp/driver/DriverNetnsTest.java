package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Authentication;
import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.NotifyScripts;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.TrackedInterface;
import dev.sluice.config.model.TrackedScript;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.linux.PacketSocket;
import dev.sluice.linux.RawIpSocket;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.codec.Advert;
import dev.sluice.vrrp.codec.AdvertAuthentication;
import dev.sluice.vrrp.codec.AdvertEncoder;
import dev.sluice.vrrp.codec.ChecksumStyle;
import dev.sluice.vrrp.driver.TestRouter.Conf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The driver on a real kernel: two or three hosts on a bridge. */
@Tag("netns")
class DriverNetnsTest {

  @Test
  void electsHandsOverAndPreempts() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(Conf.of(150));
      try (TestRouter two = new TestRouter(net.host(2))) {
        two.apply(Conf.of(100));
        one.await(VrrpState.MASTER);
        two.await(VrrpState.BACKUP);
        TestNet.await(
            "two knows its master",
            () -> InetAddress.ofLiteral("10.77.0.1").equals(two.instance().master()),
            two::instance);
        assertThat(one.has("10.77.0.100")).isTrue();
        assertThat(two.has("10.77.0.100")).isFalse();

        one.driver.stop().join();
        assertThat(one.has("10.77.0.100")).isFalse();
        two.await(VrrpState.MASTER);
        two.awaitEvent(
            "takeover by priority 0",
            e ->
                e instanceof VrrpEvent.StateChanged changed
                    && changed.to() == VrrpState.MASTER
                    && changed.cause().contains("left"));
        assertThat(two.has("10.77.0.100")).isTrue();
        assertThat(two.counter(VrrpCounter.PRIORITY_ZERO_RECEIVED)).isEqualTo(1);
        assertThat(one.events)
            .anyMatch(
                e -> e instanceof VrrpEvent.InstanceStopped s && s.from() == VrrpState.MASTER);

        try (TestRouter again = new TestRouter(one.namespace)) {
          again.apply(Conf.of(150));
          again.await(VrrpState.MASTER);
          two.await(VrrpState.BACKUP);
          assertThat(two.has("10.77.0.100")).isFalse();
        }
      }
    }
  }

  @Test
  void announcesItsAddressesInTwoBursts() {
    try (TestNet net = new TestNet()) {
      String observer = net.host(9);
      String director = net.host(1);
      GarpSettings garp =
          new GarpSettings(
              Duration.ofMillis(700), 5, Duration.ZERO, 1, Duration.ZERO, 1, Duration.ZERO);
      int ifindex = TestNet.in(observer, DriverNetnsTest::eth0);
      try (PacketSocket arp = TestNet.in(observer, () -> PacketSocket.listen(ifindex, 0x0806));
          TestRouter one = new TestRouter(director);
          Arena arena = Arena.ofConfined()) {
        one.apply(Conf.of(150).garp(garp).excluded("10.77.0.101", "fd77::100"));
        MemorySegment frame = arena.allocate(128);
        int[] seen = new int[2];
        TestNet.await(
            "two bursts of five for each of two addresses",
            () -> {
              while (arp.receive(frame) >= 42) {
                int last = frame.get(ValueLayout.JAVA_BYTE, 41) & 0xff;
                boolean request = frame.get(ValueLayout.JAVA_BYTE, 21) == 1;
                if (request && (last == 100 || last == 101)) {
                  seen[last - 100]++;
                }
              }
              return seen[0] >= 10 && seen[1] >= 10;
            },
            () -> seen[0] + " and " + seen[1]);
        assertThat(one.counter(VrrpCounter.ARP_SENT)).isEqualTo(20);
        assertThat(TestNet.ip("-n", director, "-6", "address", "show", "dev", "eth0"))
            .contains("fd77::100/128");
      }
    }
  }

  private static int eth0() throws IOException {
    return NetworkInterface.getByName("eth0").getIndex();
  }

  @Test
  void forgedPacketsRaiseCountersAndHarmNothing() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      String forger = net.host(66);
      one.apply(Conf.of(150).version(2).authentication(new Authentication.Pass("s3cret12")));
      one.await(VrrpState.MASTER);
      AdvertAuthentication right = AdvertAuthentication.SimplePassword.of("s3cret12");
      try (Forger forge = new Forger(forger)) {
        forge.send(254, right, 2, 254, _ -> {});
        forge.send(254, right, 3, 255, _ -> {});
        forge.send(254, AdvertAuthentication.SimplePassword.of("guess"), 2, 255, _ -> {});
        forge.send(254, new AdvertAuthentication.None(), 2, 255, _ -> {});
        forge.send(254, right, 2, 255, p -> p.set(ValueLayout.JAVA_BYTE, 26, (byte) 0x55));
        forge.send(254, right, 2, 255, p -> p.set(ValueLayout.JAVA_BYTE, 23, (byte) 200));
        forge.cut(254, right, 31);
        forge.cut(254, right, 24);
        Set<VrrpCounter> wanted =
            Set.of(
                VrrpCounter.TTL,
                VrrpCounter.VERSION,
                VrrpCounter.AUTH_FAILURE,
                VrrpCounter.AUTH_TYPE_MISMATCH,
                VrrpCounter.CHECKSUM,
                VrrpCounter.LENGTH);
        TestNet.await(
            "every reason counted",
            () ->
                wanted.stream().allMatch(c -> one.counter(c) > 0)
                    && one.driver.snapshot().unmatched().containsKey(VrrpCounter.TRUNCATED),
            one::instance);
        assertThat(one.state()).isEqualTo(VrrpState.MASTER);
        assertThat(one.counter(VrrpCounter.LENGTH)).isEqualTo(2);
        Set<VrrpCounter> told = new TreeSet<>();
        for (VrrpEvent event : one.events) {
          if (event instanceof VrrpEvent.PacketRejected rejected) {
            assertThat(told.add(rejected.reason())).as("told once").isTrue();
          }
        }
        assertThat(told).isEqualTo(new TreeSet<>(wanted));

        // Another address list is counted, and honoured: a better router takes over.
        forge.send(254, right, 2, 255, p -> {}, List.of(InetAddress.ofLiteral("10.77.0.222")));
        one.await(VrrpState.BACKUP);
        assertThat(one.counter(VrrpCounter.ADDRESS_LIST)).isEqualTo(1);
        one.await(VrrpState.MASTER);
      }
    }
  }

  /** Sends adverts that nobody should. */
  private static final class Forger implements AutoCloseable {
    private static final Inet4Address GROUP = Inet4Address.ofLiteral("224.0.0.18");
    private final Arena arena = Arena.ofShared();
    private final MemorySegment packet = arena.allocate(AdvertEncoder.MAX_PACKET);
    private final RawIpSocket socket;

    Forger(String namespace) {
      socket =
          TestNet.in(
              namespace,
              () -> {
                RawIpSocket opened = RawIpSocket.open(RawIpSocket.SEND_ONLY);
                opened.setHeaderIncluded(true);
                opened.setMulticastInterface(eth0());
                return opened;
              });
    }

    private int encode(
        int priority,
        AdvertAuthentication auth,
        int version,
        int ttl,
        List<InetAddress> addresses) {
      return AdvertEncoder.encode(
          new Advert(version, 51, priority, 100, addresses, auth),
          new AdvertEncoder.Envelope(
              Inet4Address.ofLiteral("10.77.0.66"),
              GROUP,
              ttl,
              1,
              ChecksumStyle.PSEUDO_HEADER,
              GROUP),
          packet);
    }

    void send(
        int priority,
        AdvertAuthentication auth,
        int version,
        int ttl,
        Consumer<MemorySegment> change) {
      send(priority, auth, version, ttl, change, List.of(InetAddress.ofLiteral("10.77.0.100")));
    }

    void send(
        int priority,
        AdvertAuthentication auth,
        int version,
        int ttl,
        Consumer<MemorySegment> change,
        List<InetAddress> addresses) {
      int length = encode(priority, auth, version, ttl, addresses);
      change.accept(packet);
      assertThat(socket.send(packet, length, GROUP)).isEqualTo(length);
    }

    void cut(int priority, AdvertAuthentication auth, int length) {
      int _ = encode(priority, auth, 2, 255, List.of(InetAddress.ofLiteral("10.77.0.100")));
      packet.set(ValueLayout.JAVA_BYTE, 3, (byte) length);
      assertThat(socket.send(packet, length, GROUP)).isEqualTo(length);
    }

    @Override
    public void close() {
      socket.close();
      arena.close();
    }
  }

  @Test
  void aCutCableIsAFaultAndTheOtherTakesOver() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2))) {
      one.apply(Conf.of(150));
      two.apply(Conf.of(100));
      one.await(VrrpState.MASTER);
      two.await(VrrpState.BACKUP);
      net.cable(1, false);
      one.await(VrrpState.FAULT);
      assertThat(one.instance().faults()).containsExactly("interface eth0 is down");
      assertThat(one.has("10.77.0.100")).isFalse();
      two.await(VrrpState.MASTER);
      net.cable(1, true);
      one.await(VrrpState.MASTER);
      two.await(VrrpState.BACKUP);
    }
  }

  @Test
  void aMissingInterfaceIsAFaultUntilItComes() {
    try (TestNet net = new TestNet()) {
      String host = net.host(1);
      try (TestRouter one = new TestRouter(host)) {
        one.apply(Conf.of(150).device("late0"));
        one.await(VrrpState.FAULT);
        assertThat(one.instance().faults()).containsExactly("interface late0 does not exist");
        TestNet.ip("-n", host, "link", "add", "late0", "type", "veth", "peer", "name", "late1");
        TestNet.ip("-n", host, "link", "set", "late1", "up");
        TestNet.ip("-n", host, "link", "set", "late0", "up");
        TestNet.await(
            "no address",
            () -> one.instance().faults().equals(List.of("interface late0 has no IPv4 address")),
            one::instance);
        TestNet.ip("-n", host, "address", "add", "10.78.0.1/24", "dev", "late0");
        one.await(VrrpState.MASTER);
        TestNet.ip("-n", host, "link", "delete", "late0");
        one.await(VrrpState.FAULT);
      }
    }
  }

  @Test
  void scriptsMoveThePriorityAndMakeFaults() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2))) {
      List<VrrpScript> scripts = List.of(script("chk", -60, 2, 2), script("must", 0, 1, 1));
      one.apply(
          List.of(),
          scripts,
          Conf.of(150)
              .track(new TrackedScript("chk", -60, false))
              .track(new TrackedScript("must", 0, false)));
      two.apply(Conf.of(100));
      assertThat(one.state()).isEqualTo(VrrpState.INIT);
      assertThat(one.instance().faults()).containsExactly("script must has not run yet");
      two.await(VrrpState.MASTER);
      one.driver.scriptResult("must", true, "exit status 0");
      one.driver.scriptResult("chk", true, "exit status 0");
      one.await(VrrpState.MASTER);
      one.driver.scriptResult("chk", false, "exit status 1");
      assertThat(one.instance().effectivePriority()).isEqualTo(150);
      one.driver.scriptResult("chk", false, "exit status 1");
      two.await(VrrpState.MASTER);
      assertThat(one.instance().terms()).isEqualTo("base 150 −60 chk");
      assertThat(one.instance().effectivePriority()).isEqualTo(90);
      one.driver.scriptResult("must", false, "killed by signal 9");
      one.await(VrrpState.FAULT);
      assertThat(one.instance().faults()).containsExactly("script must fails");
    }
  }

  private static VrrpScript script(String name, int weight, int rise, int fall) {
    return new VrrpScript(
        name,
        new Script(List.of("/bin/true"), null),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        weight,
        false,
        rise,
        fall,
        false);
  }

  @Test
  void unicastTellsPeersApart() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2))) {
      one.apply(Conf.of(150).peer("10.77.0.2"));
      two.apply(Conf.of(100).peer("10.77.0.1"));
      one.await(VrrpState.MASTER);
      two.await(VrrpState.BACKUP);
      TestNet.await(
          "adverts come by unicast",
          () -> two.counter(VrrpCounter.ADVERT_RECEIVED) > 3,
          two::instance);
      one.driver.stop().join();
      two.await(VrrpState.MASTER);
    }
  }

  @Test
  void aGroupMovesTogether() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2))) {
      TestNet.ip("-n", one.namespace, "link", "add", "in0", "type", "veth", "peer", "in1");
      TestNet.ip("-n", one.namespace, "link", "set", "in1", "up");
      TestNet.ip("-n", one.namespace, "link", "set", "in0", "up");
      VrrpSyncGroup group =
          new VrrpSyncGroup(
              "G",
              List.of("A", "B"),
              List.of(new TrackedInterface("in0", 0, false)),
              List.of(),
              false,
              NotifyScripts.none(),
              false);
      VrrpSyncGroup plain =
          new VrrpSyncGroup(
              "G", List.of("A", "B"), List.of(), List.of(), false, NotifyScripts.none(), false);
      Conf[] high = {Conf.of(150).name("A"), Conf.of(150).name("B").vrid(52).vips("10.77.0.101")};
      Conf[] low = {Conf.of(100).name("A"), Conf.of(100).name("B").vrid(52).vips("10.77.0.101")};
      one.apply(List.of(group), List.of(), high);
      two.apply(List.of(plain), List.of(), low);
      TestNet.await(
          "both MASTER",
          () ->
              one.instance("A").state() == VrrpState.MASTER
                  && one.instance("B").state() == VrrpState.MASTER,
          () -> one.events);
      assertThat(one.driver.snapshot().groups().getFirst().state()).isEqualTo(VrrpState.MASTER);
      TestNet.ip("-n", one.namespace, "link", "set", "in0", "down");
      TestNet.await(
          "all of two MASTER",
          () ->
              two.instance("A").state() == VrrpState.MASTER
                  && two.instance("B").state() == VrrpState.MASTER,
          () -> two.events);
      assertThat(one.instance("A").state()).isEqualTo(VrrpState.FAULT);
      assertThat(one.instance("B").state()).isEqualTo(VrrpState.FAULT);
      assertThat(two.events)
          .contains(new VrrpEvent.GroupStateChanged("G", VrrpState.BACKUP, VrrpState.MASTER));
    }
  }

  @Test
  void reloadTouchesOnlyWhatChanged() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(Conf.of(150).name("A"), Conf.of(150).name("B").vrid(52).vips("10.77.0.110"));
      TestNet.await(
          "both MASTER",
          () ->
              one.instance("A").state() == VrrpState.MASTER
                  && one.instance("B").state() == VrrpState.MASTER,
          () -> one.events);
      var since = one.instance("A").since();
      one.events.clear();
      one.apply(
          Conf.of(150).name("A"),
          Conf.of(120).name("B").vrid(52).vips("10.77.0.110", "10.77.0.111"),
          Conf.of(120).name("C").vrid(53).vips("10.77.0.120"));
      assertThat(one.instance("A").since()).isEqualTo(since);
      assertThat(one.instance("B").state()).isEqualTo(VrrpState.MASTER);
      assertThat(one.instance("B").effectivePriority()).isEqualTo(120);
      assertThat(one.has("10.77.0.111")).isTrue();
      assertThat(one.events)
          .filteredOn(
              e -> e instanceof VrrpEvent.AddressRemoved || e instanceof VrrpEvent.InstanceStopped)
          .isEmpty();
      one.apply(Conf.of(120).name("B").vrid(52).vips("10.77.0.111"));
      assertThat(one.has("10.77.0.100")).isFalse();
      assertThat(one.has("10.77.0.110")).isFalse();
      assertThat(one.has("10.77.0.111")).isTrue();
      assertThat(one.events).contains(new VrrpEvent.InstanceStopped("A", VrrpState.MASTER, 150));
    }
  }

  @Test
  void whatCannotRunIsRefusedInWords() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      Conf nowhere = Conf.of(150).device(null).peer("10.77.0.2");
      assertThat(VrrpDriver.unsupported(nowhere.build())).isPresent();
      assertThat(VrrpDriver.unsupported(Conf.of(100).build())).isEmpty();
      one.apply(nowhere);
      assertThat(one.instance("VI_1").state()).isEqualTo(VrrpState.FAULT);
      assertThat(one.instance("VI_1").faults().getFirst()).contains("unicast_src_ip is needed");
    }
  }
}
