package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.driver.TestRouter.Conf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What we hold in a real kernel, and what others do to it. */
@Tag("netns")
class KeeperNetnsTest {
  private static final String VIP = "10.77.0.100";

  private static boolean stateChanged(VrrpEvent event) {
    return event instanceof VrrpEvent.StateChanged;
  }

  @Test
  void anAddressTakenByOthersIsPutBackAndNobodyNotices() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(Conf.of(150).excluded("fd77::100"));
      one.await(VrrpState.MASTER);
      one.events.clear();
      for (int i = 1; i <= 3; i++) {
        int times = i;
        TestNet.ip("-n", one.namespace, "address", "delete", VIP + "/32", "dev", "eth0");
        one.awaitEvent(
            "put back", e -> e instanceof VrrpEvent.Restored restored && restored.times() == times);
        assertThat(one.has(VIP)).isTrue();
      }
      TestNet.ip("-n", one.namespace, "address", "delete", "fd77::100/128", "dev", "eth0");
      TestNet.await("IPv6 too", () -> one.counter(VrrpCounter.RESTORED) == 4, () -> one.events);
      assertThat(one.instance().excluded().getFirst().present()).isTrue();
      assertThat(one.events).noneMatch(KeeperNetnsTest::stateChanged);
      assertThat(one.counter(VrrpCounter.ARP_SENT)).isGreaterThanOrEqualTo(8);
    }
  }

  @Test
  void someoneWhoNeverStopsIsMetAtALimitedRate() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(Conf.of(150));
      one.await(VrrpState.MASTER);
      one.events.clear();
      // More often than the bucket lets through at once.
      for (int i = 1; i <= 11; i++) {
        int times = i;
        TestNet.ip("-n", one.namespace, "address", "delete", VIP + "/32", "dev", "eth0");
        one.awaitEvent(
            "put back " + i,
            e -> e instanceof VrrpEvent.Restored restored && restored.times() >= times);
      }
      assertThat(one.events)
          .anyMatch(e -> e instanceof VrrpEvent.Warning warning && warning.text().contains("again"))
          .noneMatch(KeeperNetnsTest::stateChanged);
    }
  }

  @Test
  void addressesOfAKilledPredecessorGoWhenAnotherRouterIsHeard() {
    try (TestNet net = new TestNet();
        TestRouter two = new TestRouter(net.host(2))) {
      two.apply(Conf.of(200));
      two.await(VrrpState.MASTER);
      String host = net.host(1);
      TestNet.ip("-n", host, "address", "add", VIP + "/32", "dev", "eth0");
      try (TestRouter one = new TestRouter(host)) {
        one.apply(Conf.of(100));
        one.awaitEvent(
            "what was left behind goes",
            e ->
                e instanceof VrrpEvent.AddressRemoved removed
                    && removed.cause().contains("another router"));
        assertThat(one.has(VIP)).isFalse();
        assertThat(one.state()).isEqualTo(VrrpState.BACKUP);
      }
    }
  }

  @Test
  void aDirectorThatIsAloneServesThroughItsRestart() {
    try (TestNet net = new TestNet()) {
      String host = net.host(1);
      TestNet.ip("-n", host, "address", "add", VIP + "/32", "dev", "eth0");
      try (TestRouter one = new TestRouter(host)) {
        one.apply(Conf.of(100));
        assertThat(one.has(VIP)).isTrue();
        one.await(VrrpState.MASTER);
        assertThat(one.has(VIP)).isTrue();
        assertThat(one.events).noneMatch(e -> e instanceof VrrpEvent.AddressRemoved);
        assertThat(TestNet.ip("-n", host, "-4", "address", "show", "dev", "eth0"))
            .doesNotContain("dynamic");
      }
      assertThat(TestNet.has(host, VIP)).isFalse();
    }
  }

  @Test
  void aThousandAddressesOfAnInstance() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      List<String> excluded = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        excluded.add("10.80." + i / 250 + "." + (i % 250 + 1));
      }
      one.apply(Conf.of(150).excluded(excluded.toArray(String[]::new)));
      one.await(VrrpState.MASTER);
      TestNet.await(
          "all there and announced five times",
          () -> one.counter(VrrpCounter.ARP_SENT) == 5 * 1001,
          () -> one.counter(VrrpCounter.ARP_SENT));
      assertThat(one.instance().excluded()).allMatch(address -> address.present());
      one.driver.stop().join();
      assertThat(TestNet.ip("-n", one.namespace, "-4", "address", "show", "dev", "eth0"))
          .doesNotContain("10.80.");
    }
  }
}
