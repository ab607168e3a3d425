package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.linux.RawIpSocket;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.driver.TestRouter.Conf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A socket that has no room for all that comes, though the thread reads as fast as it can. */
@Tag("netns")
class FloodNetnsTest {
  private static final Inet4Address GROUP = Inet4Address.ofLiteral("224.0.0.18");
  private static final int BURST = 500;

  private static RawIpSocket stranger(String namespace) {
    return TestNet.in(
        namespace,
        () -> {
          RawIpSocket socket = RawIpSocket.open(112);
          try (RouteNetlink netlink = RouteNetlink.open()) {
            socket.setMulticastInterface(netlink.link("eth0").orElseThrow().index());
          }
          return socket;
        });
  }

  @Test
  void whereAdvertsMayBeLostSilenceIsDoubtedOnce() {
    MemorySegment nonsense = Arena.ofAuto().allocate(64);
    try (TestNet net = new TestNet();
        TestRouter master = new TestRouter(net.host(1));
        TestRouter backup = new TestRouter(net.host(2));
        RawIpSocket stranger = stranger(net.host(3))) {
      master.apply(Conf.of(150));
      master.await(VrrpState.MASTER);
      backup.apply(
          """
          vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            version 3
            advert_int 0.2
            kernel_rx_buf_size 1000
            virtual_ipaddress {
              10.77.0.100
            }
          }
          """);
      TestNet.await("the backup hears", () -> backup.instance().master() != null, backup::instance);
      net.cable(1, false);
      TestNet.await(
          "the backup to take over in the midst of the flood",
          () -> {
            for (int i = 0; i < BURST; i++) {
              int _ = stranger.send(nonsense, 64, GROUP);
            }
            return backup.state() == VrrpState.MASTER;
          },
          backup::instance);
      assertThat(backup.counter(VrrpCounter.ADVERTS_LOST)).isEqualTo(1);
    }
  }
}
