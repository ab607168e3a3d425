package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Tag("netns")
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RouteNetlinkTest {
  private static final InetAddress RIGHT = InetAddress.ofLiteral("10.77.0.2");

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

  /** What a test does with a connection and a subscription in the left namespace. */
  private interface Body {
    void run(RouteNetlink netlink, Events events) throws Exception;
  }

  private void inLeft(Body body) throws Exception {
    Void _ =
        pair.inLeft(() -> {
          try (RouteMonitor monitor = RouteMonitor.open();
              RouteNetlink netlink = RouteNetlink.open()) {
            body.run(netlink, new Events(monitor));
          }
          return null;
        });
  }

  /** Waits for events; keeps those that came. */
  private static final class Events {
    private final RouteMonitor monitor;
    private final List<RouteEvent> seen = new ArrayList<>();

    Events(RouteMonitor monitor) {
      this.monitor = monitor;
    }

    void until(Predicate<RouteEvent> wanted) {
      EventLoop loop = EventLoop.open("events");
      try {
        EventLoop.Watch _ =
            loop.watch(
                monitor.fd(),
                EventLoop.READ,
                _ ->
                    monitor.drain(event -> {
                      seen.add(event);
                      if (wanted.test(event)) {
                        loop.stop();
                      }
                    }));
        boolean[] late = new boolean[1];
        loop.timer(
                () -> {
                  late[0] = true;
                  loop.stop();
                })
            .after(TimeUnit.SECONDS.toNanos(60));
        loop.run();
        assertThat(late[0]).as("nothing of the kind in a minute, but " + seen).isFalse();
      } finally {
        loop.close();
      }
    }
  }

  private static Link left(RouteNetlink netlink) {
    return netlink.link("left").orElseThrow();
  }

  @Test
  void links() throws Exception {
    inLeft((netlink, _) -> {
      Link link = left(netlink);
      assertThat(link.kind()).isEqualTo("veth");
      assertThat(link.mac()).isNotNull();
      assertThat(link.mtu()).isEqualTo(1500);
      assertThat(link.arpType()).isEqualTo(Link.ETHERNET);
      assertThat(link.up()).isTrue();
      assertThat(link.multicast()).isTrue();
      assertThat(netlink.links()).extracting(Link::name).contains("lo", "left");
      assertThat(netlink.links()).filteredOn(Link::loopback).hasSize(1);
      assertThat(netlink.link(link.index()).orElseThrow().name()).isEqualTo("left");
      assertThat(netlink.link("slc-none")).isEmpty();
      assertThat(netlink.link("slc-none-with-a-long-name")).isEmpty();
      assertThat(netlink.link(4711)).isEmpty();
    });
  }

  @Test
  void anIpv4AddressComesAndGoes() throws Exception {
    addressComesAndGoes("10.77.0.222", 32);
  }

  @Test
  void anIpv6AddressComesAndGoes() throws Exception {
    addressComesAndGoes("2001:db8::222", 128);
  }

  private void addressComesAndGoes(String text, int prefix) throws Exception {
    inLeft((netlink, events) -> {
      InterfaceAddress vip =
          InterfaceAddress.virtual(left(netlink).index(), InetAddress.ofLiteral(text), prefix);
      assertThat(netlink.addAddress(vip)).isTrue();
      assertThat(netlink.addAddress(vip)).as("a second time").isFalse();
      events.until(e -> e instanceof RouteEvent.AddressAdded a && a.address().samePlace(vip));
      assertThat(netlink.addresses())
          .filteredOn(vip::samePlace)
          .singleElement()
          .satisfies(a -> {
            if (KernelVersion.current().atLeast(5, 18)) {
              assertThat(a.protocol()).isEqualTo(18);
            }
            assertThat(a.flags() & InterfaceAddress.TENTATIVE).isZero();
            assertThat(a.flags() & InterfaceAddress.PERMANENT).isNotZero();
          });
      assertThat(netlink.deleteAddress(vip)).isTrue();
      assertThat(netlink.deleteAddress(vip)).as("a second time").isFalse();
      events.until(e -> e instanceof RouteEvent.AddressRemoved a && a.address().samePlace(vip));
      assertThat(netlink.addresses()).noneMatch(vip::samePlace);
    });
  }

  @Test
  void anAddressWithAllItsOptions() throws Exception {
    inLeft((netlink, _) -> {
      InterfaceAddress address =
          new InterfaceAddress(
              left(netlink).index(),
              InetAddress.ofLiteral("10.78.0.1"),
              24,
              "left:vip",
              InetAddress.ofLiteral("10.78.0.255"),
              InterfaceAddress.SCOPE_LINK,
              InterfaceAddress.NOPREFIXROUTE,
              18);
      assertThat(netlink.addAddress(address)).isTrue();
      InterfaceAddress found =
          netlink.addresses().stream().filter(address::samePlace).findAny().orElseThrow();
      assertThat(found.label()).isEqualTo("left:vip");
      assertThat(found.broadcast()).isEqualTo(address.broadcast());
      assertThat(found.scope()).isEqualTo(InterfaceAddress.SCOPE_LINK);
      assertThat(found.flags() & InterfaceAddress.NOPREFIXROUTE).isNotZero();
      assertThat(netlink.routes())
          .noneMatch(
              r -> r.table() == 254 && InetAddress.ofLiteral("10.78.0.0").equals(r.destination()));
      assertThat(netlink.deleteAddress(found)).isTrue();
    });
  }

  @Test
  void theKernelsWordsReachTheOperator() throws Exception {
    inLeft((netlink, _) -> {
      InterfaceAddress nowhere =
          InterfaceAddress.virtual(4711, InetAddress.ofLiteral("10.77.0.9"), 32);
      assertThatThrownBy(() -> netlink.addAddress(nowhere))
          .isInstanceOf(SyscallException.class)
          .hasMessageStartingWith(
              "add 10.77.0.9/32 to interface number 4711: netlink failed with ENODEV (no such"
                  + " device)");
      assertThat(netlink.deleteAddress(nowhere)).isFalse();
      InterfaceAddress badLabel =
          new InterfaceAddress(
              left(netlink).index(),
              InetAddress.ofLiteral("10.77.0.9"),
              32,
              "x".repeat(40),
              null,
              0,
              0,
              18);
      assertThatThrownBy(() -> netlink.addAddress(badLabel))
          .isInstanceOf(SyscallException.class)
          .hasMessageContaining("add 10.77.0.9/32");
    });
  }

  @Test
  void routes() throws Exception {
    inLeft((netlink, events) -> {
      int index = left(netlink).index();
      Route onLink = netlink.routeTo(RIGHT).orElseThrow();
      assertThat(onLink.outInterface()).isEqualTo(index);
      assertThat(onLink.gateway()).isNull();
      assertThat(onLink.forwards()).isTrue();
      assertThat(onLink.preferredSource()).isEqualTo(InetAddress.ofLiteral("10.77.0.1"));
      assertThat(netlink.routeTo(InetAddress.ofLiteral("10.77.0.1")).orElseThrow().local())
          .isTrue();
      InetAddress far = InetAddress.ofLiteral("198.51.100.1");
      assertThat(netlink.routeTo(far)).isEmpty();
      assertThat(netlink.routeTo(InetAddress.ofLiteral("2001:db8:1::1"))).isEmpty();
      String _ =
          TwoNamespaces.ip("-n", pair.left, "route", "add", "198.51.100.0/24", "via", "10.77.0.2");
      events.until(
          e -> e instanceof RouteEvent.RouteChanged(Route route) && RIGHT.equals(route.gateway()));
      assertThat(netlink.routeTo(far).orElseThrow().gateway()).isEqualTo(RIGHT);
      assertThat(netlink.routes()).anyMatch(r -> RIGHT.equals(r.gateway()));
      String _ = TwoNamespaces.ip("-n", pair.left, "route", "delete", "198.51.100.0/24");
      events.until(
          e -> e instanceof RouteEvent.RouteRemoved(Route route) && RIGHT.equals(route.gateway()));
    });
  }

  @Test
  void aProbedNeighbourIsResolved() throws Exception {
    inLeft((netlink, events) -> {
      int index = left(netlink).index();
      netlink.probeNeighbour(index, RIGHT);
      if (netlink.neighbours().stream().noneMatch(n -> n.address().equals(RIGHT) && n.usable())) {
        events.until(e ->
            e instanceof RouteEvent.NeighbourChanged(Neighbour n)
                && n.address().equals(RIGHT)
                && n.usable());
      }
      MacAddress expected =
          pair.inRight(() -> {
            try (RouteNetlink there = RouteNetlink.open()) {
              return there.link("right").orElseThrow().mac();
            }
          });
      assertThat(netlink.neighbours())
          .filteredOn(n -> n.address().equals(RIGHT))
          .singleElement()
          .extracting(Neighbour::mac)
          .isEqualTo(expected);
    });
  }

  @Test
  void aLinkGoesDownAndUp() throws Exception {
    try (TwoNamespaces own = TwoNamespaces.make()) {
      Void _ =
          own.inLeft(() -> {
            try (RouteMonitor monitor = RouteMonitor.open();
                RouteNetlink netlink = RouteNetlink.open()) {
              Events events = new Events(monitor);
              int index = left(netlink).index();
              if (!left(netlink).running()) {
                events.until(e -> isLeft(e) && link(e).running());
              }
              // The far end goes down: our side is up, but has no carrier.
              String _ = TwoNamespaces.ip("-n", own.right, "link", "set", "right", "down");
              events.until(e -> isLeft(e) && link(e).up() && !link(e).running());
              netlink.setUp(index, false);
              events.until(e -> isLeft(e) && !link(e).up());
              netlink.setUp(index, true);
              String _ = TwoNamespaces.ip("-n", own.right, "link", "set", "right", "up");
              events.until(e -> isLeft(e) && link(e).running());
              String _ = TwoNamespaces.ip("-n", own.left, "link", "delete", "left");
              events.until(
                  e -> e instanceof RouteEvent.LinkRemoved(Link gone) && gone.index() == index);
            }
            return null;
          });
    }
  }

  private static boolean isLeft(RouteEvent event) {
    return event instanceof RouteEvent.LinkChanged(Link link) && link.name().equals("left");
  }

  private static Link link(RouteEvent event) {
    return ((RouteEvent.LinkChanged) event).link();
  }

  @Test
  void manyAddressesFitInOneDump() throws Exception {
    inLeft((netlink, _) -> {
      int index = netlink.link("lo").orElseThrow().index();
      for (int i = 0; i < 3000; i++) {
        InetAddress address =
            InetAddress.getByAddress(new byte[] {10, 99, (byte) (i >> 8), (byte) i});
        assertThat(netlink.addAddress(InterfaceAddress.virtual(index, address, 32))).isTrue();
      }
      assertThat(netlink.addresses())
          .filteredOn(a -> a.address().getHostAddress().startsWith("10.99."))
          .hasSize(3000);
    });
  }

  @Test
  void anOverrunIsToldAndTheWordGoesOn() throws Exception {
    Void _ =
        pair.inLeft(() -> {
          try (RouteMonitor monitor = RouteMonitor.open();
              RouteNetlink netlink = RouteNetlink.open()) {
            // The smallest buffer there is, so that a burst does not fit.
            assertThat(Sockets.intOption(monitor.fd(), Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, 1))
                .isZero();
            InterfaceAddress address =
                InterfaceAddress.virtual(
                    left(netlink).index(), InetAddress.ofLiteral("10.77.0.99"), 32);
            for (int i = 0; i < 50; i++) {
              assertThat(netlink.addAddress(address)).isTrue();
              assertThat(netlink.deleteAddress(address)).isTrue();
            }
            Events events = new Events(monitor);
            events.until(e -> e instanceof RouteEvent.Overrun);
            assertThat(netlink.addAddress(address)).isTrue();
            events.until(e -> e instanceof RouteEvent.AddressAdded);
            assertThat(netlink.deleteAddress(address)).isTrue();
          }
          return null;
        });
  }
}
