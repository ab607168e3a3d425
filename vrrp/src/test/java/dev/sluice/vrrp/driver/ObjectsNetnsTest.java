package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Attributes of addresses, routes, rules and static objects in a real kernel. */
@Tag("netns")
class ObjectsNetnsTest {
  private static final String INSTANCE =
      """
      vrrp_instance VI_1 {
        state BACKUP
        interface eth0
        virtual_router_id 51
        version 3
        priority 150
        advert_int 0.2
        promote_secondaries
        virtual_ipaddress {
          10.77.0.100/24 brd 10.77.0.255 label eth0:vip
          10.77.1.100/32 scope link noprefixroute
        }
        virtual_ipaddress_excluded {
          10.77.2.1 peer 10.77.2.2/32
          fd77::100/64
          fd77::101/128
        }
        virtual_routes {
          10.90.0.0/16 via 10.77.0.2 dev eth0 metric 7 mtu 1400
          blackhole 10.91.0.0/16
          fd90::/64 dev eth0 table 99
        }
        virtual_rules {
          from 10.90.0.0/16 table 99 preference 900
          inet6 to fd90::/64 table 99 preference 901
        }
      }
      """;

  private static String ip(TestRouter router, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "-n";
    all[1] = router.namespace;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return TestNet.ip(all);
  }

  @Test
  void aMasterHasAllAndLeavesNothing() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(INSTANCE);
      one.await(VrrpState.MASTER);
      String addresses = ip(one, "address", "show", "dev", "eth0");
      assertThat(addresses)
          .contains("inet 10.77.0.100/24 brd 10.77.0.255 scope global secondary eth0:vip")
          .containsPattern("inet 10\\.77\\.1\\.100/32 scope link noprefixroute eth0")
          .contains("inet 10.77.2.1 peer 10.77.2.2/32")
          .contains("inet6 fd77::100/64 scope global nodad")
          .contains("inet6 fd77::101/128 scope global nodad deprecated")
          .doesNotContain("dynamic");
      assertThat(ip(one, "route", "show"))
          .contains("10.90.0.0/16 via 10.77.0.2 dev eth0 proto keepalived metric 7 mtu 1400")
          .contains("blackhole 10.91.0.0/16");
      assertThat(ip(one, "-6", "route", "show", "table", "99")).contains("fd90::/64 dev eth0");
      assertThat(ip(one, "rule", "show")).contains("900:\tfrom 10.90.0.0/16 lookup 99");
      assertThat(ip(one, "-6", "rule", "show")).contains("901:\tfrom all to fd90::/64 lookup 99");
      assertThat(one.instance().addresses()).allMatch(a -> a.present());
      assertThat(one.instance().excluded()).allMatch(a -> a.present());
      assertThat(one.events)
          .noneMatch(
              e -> e instanceof VrrpEvent.ObjectFailed || e instanceof VrrpEvent.AddressFailed);
      TestNet.await(
          "neighbour advertisements",
          () -> one.counter(VrrpCounter.NA_SENT) >= 10,
          () -> one.counter(VrrpCounter.NA_SENT));

      // Another gateway, a rule less: what differs and nothing else.
      one.events.clear();
      one.apply(
          INSTANCE
              .replace("via 10.77.0.2", "via 10.77.0.3")
              .replace("inet6 to fd90::/64 table 99 preference 901", ""));
      assertThat(ip(one, "route", "show")).contains("10.90.0.0/16 via 10.77.0.3");
      assertThat(ip(one, "-6", "rule", "show")).doesNotContain("901:");
      assertThat(one.events)
          .noneMatch(
              e -> e instanceof VrrpEvent.AddressRemoved || e instanceof VrrpEvent.StateChanged);

      one.driver.stop().join();
      assertThat(ip(one, "address", "show", "dev", "eth0"))
          .doesNotContain("10.77.0.100")
          .doesNotContain("10.77.1.100")
          .doesNotContain("10.77.2.1")
          .doesNotContain("fd77::");
      assertThat(ip(one, "route", "show")).doesNotContain("10.9");
      assertThat(ip(one, "rule", "show")).doesNotContain("900:");
    }
  }

  @Test
  void routesAndRulesTakenByOthersArePutBack() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(INSTANCE);
      one.await(VrrpState.MASTER);
      one.events.clear();
      ip(one, "route", "delete", "10.90.0.0/16");
      awaitRestored(one, "route 10.90.0.0/16");
      ip(one, "rule", "delete", "preference", "900");
      awaitRestored(one, "rule 900");
      ip(one, "-6", "route", "delete", "fd90::/64", "table", "99");
      awaitRestored(one, "route fd90:");
      ip(one, "address", "delete", "10.77.1.100/32", "dev", "eth0");
      awaitRestored(one, "address 10.77.1.100");
      assertThat(ip(one, "route", "show")).contains("10.90.0.0/16 via 10.77.0.2");
      assertThat(ip(one, "rule", "show")).contains("900:\tfrom 10.90.0.0/16 lookup 99");
      assertThat(one.events).noneMatch(e -> e instanceof VrrpEvent.StateChanged);
      assertThat(one.counter(VrrpCounter.RESTORED)).isEqualTo(4);
    }
  }

  private static void awaitRestored(TestRouter router, String object) {
    router.awaitEvent(
        object + " is back",
        e -> e instanceof VrrpEvent.Restored restored && restored.object().startsWith(object));
  }

  @Test
  void staticObjectsAreThereWhoeverIsMaster() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      String text =
          """
          static_ipaddress {
            10.78.0.1/24 dev eth0
            10.79.0.1/24 dev late0
          }
          static_routes {
            10.92.0.0/16 via 10.78.0.2 dev eth0
          }
          static_rules {
            from 10.92.0.0/16 table 98 preference 910
          }
          """;
      // The device that comes late is no error of the configuration here.
      TestNet.ip("-n", one.namespace, "link", "add", "late0", "type", "veth");
      var desired = TestNet.in(one.namespace, () -> TestRouter.desired(text));
      TestNet.ip("-n", one.namespace, "link", "delete", "late0");
      one.driver.apply(desired).join();
      assertThat(one.has("10.78.0.1")).isTrue();
      assertThat(ip(one, "route", "show")).contains("10.92.0.0/16 via 10.78.0.2");
      assertThat(ip(one, "rule", "show")).contains("910:");
      TestNet.ip("-n", one.namespace, "link", "add", "late0", "type", "veth");
      TestNet.await("comes with its device", () -> one.has("10.79.0.1"), () -> one.events);
      ip(one, "address", "delete", "10.78.0.1/24", "dev", "eth0");
      TestNet.await(
          "address and route are back",
          () -> one.has("10.78.0.1") && ip(one, "route", "show").contains("10.92.0.0/16"),
          () -> one.events);
      one.apply("static_rules {\n from 10.92.0.0/16 table 98 preference 910\n}\n");
      assertThat(one.has("10.78.0.1")).isFalse();
      assertThat(ip(one, "rule", "show")).contains("910:");
      one.driver.stop().join();
      assertThat(ip(one, "rule", "show")).doesNotContain("910:");
    }
  }
}
