package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keywords of the driver that no other test is about (keepalived.md 2.1, 2.3, 3.2). */
@Tag("netns")
@Timeout(180)
class KeywordsNetnsTest {
  private static String instance(int vrid, String more) {
    return """
    vrrp_instance VI_1 {
      interface eth0
      virtual_router_id %d
      version 3
      advert_int 0.2
      %s
      virtual_ipaddress {
        10.77.0.100/24
      }
    }
    """
        .formatted(vrid, more);
  }

  @Test
  void aStrangeVirtualRouterIsNamedOnce() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1));
        TestRouter other = new TestRouter(net.host(2))) {
      one.apply("global_defs {\n  log_unknown_vrids\n}\n" + instance(51, ""));
      other.apply(instance(7, ""));
      other.await(VrrpState.MASTER);
      long sent = other.counter(VrrpCounter.ADVERT_SENT);
      one.awaitEvent("the stranger", e -> e.toString().contains("virtual router 7 on eth0"));
      TestNet.await(
          "more adverts", () -> other.counter(VrrpCounter.ADVERT_SENT) > sent + 3, other::instance);
      assertThat(one.events)
          .filteredOn(e -> e instanceof VrrpEvent.Warning && e.toString().contains("router 7 "))
          .hasSize(1);
    }
  }

  @Test
  void unicastWithoutPeersIsAFaultWhereThatIsAskedFor() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(instance(51, "unicast_fault_no_peer\nunicast_peer {\n}"));
      one.await(VrrpState.FAULT);
      assertThat(one.instance().faults()).singleElement().asString().contains("names no peer");
      one.apply(instance(51, "unicast_fault_no_peer\nunicast_peer {\n10.77.0.2\n}"));
      one.await(VrrpState.MASTER);
    }
  }

  /** The device with the virtual MAC sends no adverts: announcements keep the switches fresh. */
  @Test
  void addressesOfASilentVmacAreAnnouncedAgainAndAgain() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(
          instance(
              51,
              """
              use_vmac
              vmac_xmit_base
              garp_master_delay 0
              garp_master_repeat 1
              garp_extra_if 1
              """));
      one.await(VrrpState.MASTER);
      TestNet.await(
          "three announcements", () -> one.counter(VrrpCounter.ARP_SENT) >= 3, one::instance);
    }
  }

  @Test
  void aPolledCarrierIsLostAndFound() {
    try (TestNet net = new TestNet();
        TestRouter one = new TestRouter(net.host(1))) {
      one.apply(
          "linkbeat_interfaces {\n  eth0 ETHTOOL\n}\ninterface_up_down_delays {\n  eth0 0 1\n}\n"
              + instance(51, ""));
      one.await(VrrpState.MASTER);
      net.cable(1, false);
      one.await(VrrpState.FAULT);
      net.cable(1, true);
      one.await(VrrpState.MASTER);
    }
  }
}
