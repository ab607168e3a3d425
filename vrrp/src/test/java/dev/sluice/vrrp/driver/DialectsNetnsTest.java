package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What no keepalived 2.2.7 speaks, between two of our own; and the release of a pair. */
@Tag("netns")
class DialectsNetnsTest {
  private static final String KEY = "hex:" + "5a".repeat(32);

  private static String conf(int priority, String more, String vips) {
    return """
    global_defs {
      vrrp_version 3
    }
    vrrp_instance VI_1 {
      state BACKUP
      interface eth0
      virtual_router_id 51
      priority %d
      advert_int 0.2
      %s
      virtual_ipaddress {
        %s
      }
    }
    """
        .formatted(priority, more, vips);
  }

  private static String signed(int priority, String key) {
    return conf(
        priority, "auth_hmac {\n key 1 " + key + "\n active_key 1\n }", "fe80::100\nfd77::100");
  }

  @Test
  void adversariesWithoutTheKeyAreNotHeardOverIpv6() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2));
        TestRouter stranger = new TestRouter(net.host(3))) {
      one.apply(signed(150, KEY));
      one.await(VrrpState.MASTER);
      two.apply(signed(100, KEY));
      TestNet.await(
          "two hears signed adverts",
          () -> two.counter(VrrpCounter.ADVERT_RECEIVED) >= 3,
          two::instance);
      stranger.apply(signed(254, "hex:" + "00".repeat(32)));
      stranger.await(VrrpState.MASTER);
      TestNet.await(
          "both refuse the stranger",
          () -> one.counter(VrrpCounter.HMAC_BAD) >= 2 && two.counter(VrrpCounter.HMAC_BAD) >= 2,
          () -> one.instance() + " " + two.instance());
      assertThat(stranger.counter(VrrpCounter.HMAC_BAD)).isPositive();
      assertThat(one.state()).isEqualTo(VrrpState.MASTER);
      assertThat(two.state()).isEqualTo(VrrpState.BACKUP);
      assertThat(two.counter(VrrpCounter.HMAC_REPLAY)).isZero();
      one.driver.stop().join();
      two.await(VrrpState.MASTER);
      assertThat(two.has("fd77::100")).isTrue();
    }
  }

  @Test
  void aPairReleasesWithoutSkew() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2))) {
      one.apply(conf(150, "unicast_peer {\n 10.77.0.2\n }", "10.77.0.100"));
      one.await(VrrpState.MASTER);
      two.apply(conf(1, "unicast_peer {\n 10.77.0.1\n }", "10.77.0.100"));
      TestNet.await(
          "two knows its master",
          () -> two.counter(VrrpCounter.ADVERT_RECEIVED) >= 2,
          two::instance);
      one.driver.stop().join();
      two.await(VrrpState.MASTER);
      assertThat(two.instance().election().decisions())
          .extracting(VrrpSnapshot.Decision::text)
          .contains("10.77.0.1 left (priority 0)", "master 10.77.0.1 left");
      assertThat(two.events)
          .anyMatch(e ->
              e instanceof VrrpEvent.StateChanged changed
                  && changed.to() == VrrpState.MASTER
                  && changed.cause().contains("left"));
    }
  }

  @Test
  void theWinnerOfAConflictSaysSo() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter two = new TestRouter(net.host(2))) {
      one.apply(conf(150, "", "10.77.0.100"));
      two.apply(conf(100, "", "10.77.0.100"));
      one.await(VrrpState.MASTER);
      net.cable(1, false);
      two.await(VrrpState.MASTER);
      TestNet.await(
          "one is in FAULT or master on its own",
          () -> one.state() != VrrpState.BACKUP,
          one::instance);
      net.cable(1, true);
      two.await(VrrpState.BACKUP);
      one.await(VrrpState.MASTER);
      one.awaitEvent("conflict_won", e -> e instanceof VrrpEvent.ConflictWon);
    }
  }
}
