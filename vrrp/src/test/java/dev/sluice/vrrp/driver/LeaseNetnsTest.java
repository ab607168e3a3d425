package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.VrrpState;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A director that is killed or hangs cannot hold an address for ever. */
@Tag("netns")
class LeaseNetnsTest {
  private static final String VIP = "10.77.0.100";
  private static final Duration LEASE = Duration.ofSeconds(2);

  /** The kernel looks about once a second; the rest is for a busy machine. */
  private static final Duration MARGIN = Duration.ofSeconds(4);

  private static String conf(int priority, String more) {
    return """
    global_defs {
      vip_lease 2
    }
    vrrp_instance VI_1 {
      state BACKUP
      interface eth0
      virtual_router_id 51
      version 3
      priority %d
      advert_int 0.2
      %s
      virtual_ipaddress {
        10.77.0.100/24 label eth0:v
      }
      virtual_ipaddress_excluded {
        fd77::100/128
        10.77.0.101/32
      }
    }
    """
        .formatted(priority, more);
  }

  private static String addresses(String namespace) {
    return TestNet.ip("-n", namespace, "address", "show", "dev", "eth0");
  }

  private static boolean none(String namespace) {
    String text = addresses(namespace);
    return !text.contains(VIP) && !text.contains("fd77::100") && !text.contains("10.77.0.101");
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "STOP"})
  void theAddressesOfADeadMasterGoByThemselves(String signal) {
    try (TestNet net = new TestNet();
        TestRouter two = new TestRouter(net.host(2))) {
      two.apply(conf(100, ""));
      two.await(VrrpState.MASTER);
      String host = net.host(1);
      try (Director one = new Director(host, conf(150, ""))) {
        two.await(VrrpState.BACKUP);
        TestNet.await("one is master", () -> TestNet.has(host, VIP), one::log);
        TestNet.await(
            "a lease runs: one has heard two",
            () -> addresses(host).contains("dynamic eth0:v"),
            () -> addresses(host));
        // It is renewed: longer than the lease it stays.
        long until = System.nanoTime() + LEASE.plusMillis(1500).toNanos();
        TestNet.await(
            "it is there all the time",
            () -> {
              assertThat(TestNet.has(host, VIP)).isTrue();
              return System.nanoTime() > until;
            },
            () -> "");
        one.signal(signal);
        long from = System.nanoTime();
        two.await(VrrpState.MASTER);
        TestNet.await("nothing of it is left", () -> none(host), () -> addresses(host));
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(LEASE.plus(MARGIN));
        if (signal.equals("STOP")) {
          // Back to life it is the better router: everything is as before.
          one.signal("CONT");
          two.await(VrrpState.BACKUP);
          TestNet.await("one has it again", () -> TestNet.has(host, VIP), one::log);
          TestNet.await("two has not", () -> !two.has(VIP), two::instance);
        }
      }
    }
  }

  @Test
  void aDirectorThatIsAloneKeepsThemThroughSigkill() {
    try (TestNet net = new TestNet()) {
      String host = net.host(1);
      try (Director one = new Director(host, conf(150, ""))) {
        TestNet.await("master", () -> TestNet.has(host, VIP), one::log);
        assertThat(addresses(host)).doesNotContain("dynamic");
        one.signal("KILL");
      }
      assertThat(TestNet.has(host, VIP)).isTrue();
      // What is ours and no longer configured goes at the next start; the rest is adopted.
      try (TestRouter again = new TestRouter(host)) {
        again.apply(conf(150, "").replace("10.77.0.101/32", ""));
        assertThat(TestNet.has(host, VIP)).isTrue();
        assertThat(TestNet.has(host, "10.77.0.101")).isFalse();
        again.await(VrrpState.MASTER);
        assertThat(TestNet.has(host, VIP)).isTrue();
      }
      assertThat(none(host)).isTrue();
    }
  }

  @Test
  void withoutALeaseTheyStay() {
    try (TestNet net = new TestNet();
        TestRouter two = new TestRouter(net.host(2));
        TestRouter one = new TestRouter(net.host(1))) {
      two.apply(conf(100, ""));
      two.await(VrrpState.MASTER);
      one.apply(conf(150, "vip_lease 0"));
      two.await(VrrpState.BACKUP);
      one.await(VrrpState.MASTER);
      TestNet.await("it is there", () -> one.has(VIP), one::instance);
      assertThat(addresses(one.namespace)).doesNotContain("dynamic");
      // A reload begins the lease, another ends it.
      one.apply(conf(150, ""));
      TestNet.await(
          "a lease runs",
          () -> addresses(one.namespace).contains("dynamic eth0:v"),
          () -> addresses(one.namespace));
      one.apply(conf(150, "vip_lease 0"));
      TestNet.await(
          "no lease runs",
          () -> !addresses(one.namespace).contains("dynamic"),
          () -> addresses(one.namespace));
    }
  }
}
