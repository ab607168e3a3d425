package dev.sluice.vrrp.driver;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.linux.PacketSocket;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keywords of an instance, each by what others see of it (keepalived.md 2.3, 3.1, 3.2, 3.3). */
@Tag("netns")
@Timeout(180)
class EffectsNetnsTest {
  private static String instance(String name, int vrid, int priority, String vip, String more) {
    return """
    vrrp_instance %s {
      interface eth0
      virtual_router_id %d
      version 3
      priority %d
      advert_int 0.2
      %s
      virtual_ipaddress {
        %s/24
      }
    }
    """
        .formatted(name, vrid, priority, more, vip);
  }

  private static String instance(int priority, String more) {
    return instance("VI_1", 51, priority, "10.77.0.100", more);
  }

  /** Waits until a frame like that passes a host's eth0; hex from the Ethernet header on. */
  private static void awaitFrame(String what, String namespace, Predicate<String> like) {
    MemorySegment in = Arena.ofAuto().allocate(2048);
    try (PacketSocket ear =
        TestNet.in(
            namespace,
            () -> {
              try (RouteNetlink netlink = RouteNetlink.open()) {
                return PacketSocket.listen(
                    netlink.link("eth0").orElseThrow().index(), PacketSocket.ALL);
              }
            })) {
      TestNet.await(
          what,
          () -> {
            for (int n = ear.receive(in); n > 0; n = ear.receive(in)) {
              if (like.test(HexFormat.of().formatHex(in.asSlice(0, n).toArray(JAVA_BYTE)))) {
                return true;
              }
            }
            return false;
          },
          () -> "nothing like that");
    }
  }

  /** TTL at byte 22, protocol at 23, source at 26, destination at 30. */
  private static boolean advert(String frame, String ttl, String source, String destination) {
    return frame.startsWith("0800", 24)
        && frame.startsWith(ttl + "70", 44)
        && frame.startsWith(source + destination, 52);
  }

  @Test
  void anotherMulticastGroupIsAnotherWorld() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2));
        TestRouter three = new TestRouter(net.host(3))) {
      String group = "global_defs {\n  vrrp_mcast_group4 224.0.0.77\n}\n";
      one.apply(group + instance(200, ""));
      one.await(VrrpState.MASTER);
      two.apply(group + instance(100, ""));
      two.awaitEvent("its master", e -> e instanceof VrrpEvent.MasterSeen);
      awaitFrame("adverts", two.namespace, f -> advert(f, "ff", "0a4d0001", "e000004d"));
      three.apply(instance("VI_1", 51, 50, "10.77.0.150", ""));
      three.await(VrrpState.MASTER);
      assertThat(two.state()).isEqualTo(VrrpState.BACKUP);
    }
  }

  @Test
  void sourceAndTtlAreThoseThatAreConfigured() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      String two = net.host(2);
      TestNet.ip("-n", one.namespace, "addr", "add", "10.77.0.61/24", "dev", "eth0");
      one.apply(instance(200, "mcast_src_ip 10.77.0.61"));
      one.await(VrrpState.MASTER);
      awaitFrame("its source", two, f -> advert(f, "ff", "0a4d003d", "e0000012"));
      one.apply(
          instance(200, "unicast_src_ip 10.77.0.61\nunicast_ttl 9\nunicast_peer {\n10.77.0.2\n}"));
      awaitFrame("its TTL", two, f -> advert(f, "09", "0a4d003d", "0a4d0002"));
    }
  }

  @Test
  void addressesOnAnIpvlan() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(instance(200, "use_ipvlan"));
      String lacking = "this kernel has no ipvlan devices";
      assumeTrue(
          one.instance().faults().stream().noneMatch(fault -> fault.contains(lacking)), lacking);
      one.await(VrrpState.MASTER);
      TestNet.await(
          "the address on an ipvlan",
          () ->
              TestNet.ip("-n", one.namespace, "-d", "addr", "show", "type", "ipvlan")
                  .contains("10.77.0.100"),
          () -> TestNet.ip("-n", one.namespace, "-d", "addr"));
      one.driver.stop().join();
      assertThat(TestNet.ip("-n", one.namespace, "link", "show", "type", "ipvlan")).isBlank();
    }
  }

  @Test
  void whoDoesNotTrackItsInterfaceStays() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(instance(200, "dont_track_primary") + instance("VI_2", 52, 200, "10.77.0.102", ""));
      TestNet.await(
          "both are MASTER",
          () ->
              one.driver.snapshot().instances().stream()
                  .allMatch(i -> i.state() == VrrpState.MASTER),
          () -> one.events);
      net.cable(1, false);
      TestNet.await(
          "the other notices",
          () -> one.instance("VI_2").state() == VrrpState.FAULT,
          () -> one.events);
      assertThat(one.instance("VI_1").state()).isEqualTo(VrrpState.MASTER);
      assertThat(one.has("10.77.0.100")).isTrue();
    }
  }

  /** A source address that someone takes away, and gives back. */
  @Test
  void aTrackedSourceAddressThatIsMissingIsAFault() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      TestNet.ip("-n", one.namespace, "addr", "add", "10.77.0.61/32", "dev", "eth0");
      one.apply(instance(200, "mcast_src_ip 10.77.0.61\ntrack_src_ip"));
      one.await(VrrpState.MASTER);
      TestNet.ip("-n", one.namespace, "addr", "del", "10.77.0.61/32", "dev", "eth0");
      one.await(VrrpState.FAULT);
      TestNet.ip("-n", one.namespace, "addr", "add", "10.77.0.61/32", "dev", "eth0");
      one.await(VrrpState.MASTER);
    }
  }

  @Test
  void filesAndProcessesAreTermsOfThePriority() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(
          """
          track_file number {
            file /tmp/none
            weight 2
          }
          vrrp_track_process server {
            process no-such-program
            weight 30
          }
          vrrp_track_process must {
            process no-such-program
          }
          """
              + instance(100, "track_file {\nnumber\n}\ntrack_process {\nserver\nmust\n}"));
      one.driver.fileValue("number", 5, "5");
      one.driver.processes("server", true, "1 runs");
      one.driver.processes("must", true, "1 runs");
      one.await(VrrpState.MASTER);
      TestNet.await(
          "the sum", () -> one.instance().effectivePriority() == 140, () -> one.instance().terms());
      assertThat(one.instance().terms())
          .startsWith("base 100")
          .contains("+10 number")
          .contains("+30 server");
      one.driver.processes("server", false, "none runs");
      TestNet.await(
          "it is less", () -> one.instance().effectivePriority() == 110, () -> one.instance());
      one.driver.processes("must", false, "none runs");
      one.await(VrrpState.FAULT);
      one.driver.processes("must", true, "1 runs");
      one.await(VrrpState.MASTER);
    }
  }

  /** Weights of a group's trackers move every member, those of a member only where allowed. */
  @Test
  void aGroupsWeightMovesAllItsMembers() {
    String file = "track_file number {\n  file /tmp/none\n  weight 1\n}\n";
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(
          file
              + """
              vrrp_sync_group all {
                group {
                  VI_1
                  VI_2
                }
                sync_group_tracking_weight
                track_file {
                  number
                }
              }
              """
              + instance(100, "")
              + instance("VI_2", 52, 100, "10.77.0.102", ""));
      one.driver.fileValue("number", 7, "7");
      TestNet.await(
          "both count it",
          () ->
              one.driver.snapshot().instances().stream()
                  .allMatch(i -> i.effectivePriority() == 107),
          () -> one.driver.snapshot().instances());
    }
  }

  /** An owner that ignores adverts, beside one that claims the same. */
  @Test
  void anOwnerMayIgnoreAdverts() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2))) {
      one.apply(instance(255, "state MASTER\nowner_ignore_adverts"));
      one.await(VrrpState.MASTER);
      two.apply(instance(255, "state MASTER\nowner_ignore_adverts"));
      TestNet.await(
          "the lower address to hear and not to heed it",
          () -> one.counter(VrrpCounter.OWNER_IGNORED) >= 3,
          one::instance);
      assertThat(one.state()).isEqualTo(VrrpState.MASTER);
    }
  }

  /** V-34, and what strict checking of the list would be worth nobody's while. */
  @Test
  void anotherAddressListIsHonouredAndCounted() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2))) {
      one.apply(instance("VI_1", 51, 200, "10.77.0.101", ""));
      one.await(VrrpState.MASTER);
      two.apply(instance(100, "skip_check_adv_addr"));
      TestNet.await(
          "it heard many", () -> two.counter(VrrpCounter.ADVERT_RECEIVED) >= 5, two::instance);
      assertThat(two.state()).isEqualTo(VrrpState.BACKUP);
      assertThat(two.instance().master()).isEqualTo(InetAddress.ofLiteral("10.77.0.1"));
      assertThat(two.counter(VrrpCounter.ADDRESS_LIST))
          .as("only the first was looked at")
          .isEqualTo(1);
      two.apply(instance(100, ""));
      TestNet.await(
          "each is looked at", () -> two.counter(VrrpCounter.ADDRESS_LIST) >= 4, two::instance);
    }
  }

  @Test
  void announcementsAreRepeatedForEver() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(
          instance(200, "garp_master_delay 0\ngarp_master_repeat 1\ngarp_master_refresh 1\n"));
      one.await(VrrpState.MASTER);
      TestNet.await("the third", () -> one.counter(VrrpCounter.ARP_SENT) >= 3, one::instance);
    }
  }

  /** Groups of devices share a rate: two addresses on it go out one after the other. */
  @Test
  void announcementsOfAGroupOfDevicesArePaced() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      long begin = System.nanoTime();
      one.apply(
          """
          garp_group {
            garp_interval 0.5
            interface eth0
          }
          """
              + instance(200, "garp_master_delay 0\ngarp_master_repeat 3\n"));
      one.await(VrrpState.MASTER);
      TestNet.await("all three", () -> one.counter(VrrpCounter.ARP_SENT) == 3, one::instance);
      // 0.64 s of silence before, and two pauses.
      assertThat(System.nanoTime() - begin).isGreaterThan(1_500_000_000L);
    }
  }
}
