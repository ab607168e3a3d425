package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Authentication;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.driver.TestRouter.Conf;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Beside a real keepalived on one segment, both ways round. */
@Tag("netns")
@Tag("keepalived")
class KeepalivedTest {
  private static final String VIP = "10.77.0.100";

  /** The dialects both must speak. */
  enum Dialect {
    V2,
    V2_PASS,
    V3,
    V2_AH,
    V3_UNICAST,
    V3_IPV6;

    Conf ours(int priority) {
      return switch (this) {
        case V2 -> Conf.of(priority).version(2);
        case V2_PASS ->
            Conf.of(priority).version(2).authentication(new Authentication.Pass("s3cret12"));
        case V3 -> Conf.of(priority);
        case V2_AH ->
            Conf.of(priority).version(2).authentication(new Authentication.Ah("s3cret12"));
        case V3_UNICAST -> Conf.of(priority).peer("10.77.0.2");
        case V3_IPV6 -> Conf.of(priority).vips("fe80::100", "fd77::100");
      };
    }

    String vip() {
      return this == V3_IPV6 ? "fd77::100" : VIP;
    }

    String theirs(int priority) {
      return switch (this) {
        case V2 -> conf(2, priority, "");
        case V2_PASS ->
            conf(2, priority, "authentication {\n auth_type PASS\n auth_pass s3cret12\n }\n");
        case V3 -> conf(3, priority, "");
        case V2_AH ->
            conf(2, priority, "authentication {\n auth_type AH\n auth_pass s3cret12\n }\n");
        case V3_IPV6 -> conf(3, priority, "").replace("10.77.0.100", "fe80::100/64\nfd77::100/64");
        case V3_UNICAST -> conf(3, priority, "unicast_peer {\n 10.77.0.1\n }\n");
      };
    }
  }

  private static String conf(int version, int priority, String more) {
    return """
    global_defs {
      router_id peer
      vrrp_version %d
    }
    vrrp_instance VI_1 {
      state BACKUP
      interface eth0
      virtual_router_id 51
      priority %d
      advert_int %s
      %s
      virtual_ipaddress {
        10.77.0.100
      }
    }
    """
        .formatted(version, priority, version == 2 ? "1" : "0.2", more);
  }

  @ParameterizedTest
  @EnumSource
  void weAreBetter(Dialect dialect) {
    Keepalived.assumePresent();
    try (TestNet net = new TestNet()) {
      String ourHost = net.host(1);
      String theirHost = net.host(2);
      try (Keepalived peer = new Keepalived(theirHost, dialect.theirs(100))) {
        TestNet.await(
            "keepalived is master alone", () -> TestNet.has(theirHost, dialect.vip()), peer::log);
        try (TestRouter router = new TestRouter(ourHost)) {
          router.apply(dialect.ours(150));
          router.await(VrrpState.MASTER);
          TestNet.await(
              "keepalived yields", () -> !TestNet.has(theirHost, dialect.vip()), peer::log);
          assertThat(router.has(dialect.vip())).isTrue();
          router.driver.stop().join();
          TestNet.await(
              "keepalived takes over", () -> TestNet.has(theirHost, dialect.vip()), peer::log);
          assertThat(router.has(dialect.vip())).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepalivedIsBetter(Dialect dialect) {
    Keepalived.assumePresent();
    try (TestNet net = new TestNet()) {
      String ourHost = net.host(1);
      String theirHost = net.host(2);
      try (TestRouter router = new TestRouter(ourHost)) {
        router.apply(dialect.ours(100));
        router.await(VrrpState.MASTER);
        try (Keepalived peer = new Keepalived(theirHost, dialect.theirs(150))) {
          router.await(VrrpState.BACKUP);
          TestNet.await(
              "keepalived is master", () -> TestNet.has(theirHost, dialect.vip()), peer::log);
          assertThat(router.has(dialect.vip())).isFalse();
          router.events.clear();
          peer.stop();
          router.awaitEvent(
              "takeover by priority 0",
              e ->
                  e instanceof VrrpEvent.StateChanged changed
                      && changed.to() == VrrpState.MASTER
                      && changed.cause().contains("left"));
          assertThat(router.counter(VrrpCounter.PRIORITY_ZERO_RECEIVED)).isPositive();
        }
        router.events.clear();
        try (Keepalived peer = new Keepalived(theirHost, dialect.theirs(150))) {
          router.await(VrrpState.BACKUP);
          TestNet.await(
              "keepalived is back", () -> TestNet.has(theirHost, dialect.vip()), peer::log);
          peer.kill();
          router.awaitEvent(
              "takeover by silence",
              e ->
                  e instanceof VrrpEvent.StateChanged changed
                      && changed.to() == VrrpState.MASTER
                      && changed.cause().contains("within Master_Down_Interval"));
        }
      }
    }
  }

  @Test
  void anotherPasswordIsIgnoredByBoth() {
    Keepalived.assumePresent();
    try (TestNet net = new TestNet()) {
      String ourHost = net.host(1);
      String theirHost = net.host(2);
      try (TestRouter router = new TestRouter(ourHost);
          Keepalived peer = new Keepalived(theirHost, Dialect.V2_PASS.theirs(150))) {
        router.apply(Conf.of(100).version(2).authentication(new Authentication.Pass("other")));
        router.await(VrrpState.MASTER);
        TestNet.await("keepalived is master too", () -> TestNet.has(theirHost, VIP), peer::log);
        // keepalived 2.2.7 sends a first advert and then falls silent: each advert that it refuses
        // winds its own advert timer up again. So one refusal is all there is to wait for.
        TestNet.await(
            "refused",
            () -> router.counter(VrrpCounter.AUTH_FAILURE) >= 1,
            () -> router.instance() + peer.log());
        TestNet.await(
            "keepalived refuses ours", () -> peer.log().contains("invalid passwd"), peer::log);
        assertThat(TestNet.has(theirHost, VIP)).isTrue();
        assertThat(router.state()).isEqualTo(VrrpState.MASTER);
      }
    }
  }
}
