package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Tag("netns")
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RouteBatchTest {
  private TwoNamespaces pair;

  @BeforeAll
  void make() throws Exception {
    pair = TwoNamespaces.make();
    String _ =
        TwoNamespaces.ip("-n", pair.left, "addr", "add", "fd77::1/64", "dev", "left", "nodad");
  }

  @AfterAll
  void remove() throws Exception {
    if (pair != null) {
      pair.close();
    }
  }

  private interface Body {
    void run(RouteNetlink netlink, int left) throws Exception;
  }

  private void inLeft(Body body) throws Exception {
    Void _ =
        pair.inLeft(() -> {
          try (RouteNetlink netlink = RouteNetlink.open()) {
            body.run(netlink, netlink.link("left").orElseThrow().index());
          }
          return null;
        });
  }

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  private static void allOk(RouteBatch batch) {
    assertThat(batch.send()).allSatisfy(o -> assertThat(o.failure()).as(o.attempt()).isNull());
  }

  @Test
  void everyRequestHasItsOwnAnswer() throws Exception {
    inLeft((netlink, left) -> {
      RouteBatch batch = netlink.batch();
      List<InterfaceAddress> many = new ArrayList<>();
      for (int i = 0; i < 255; i++) {
        many.add(InterfaceAddress.virtual(left, address("10.80.0." + i), 32));
      }
      many.set(100, InterfaceAddress.virtual(4711, address("10.80.0.100"), 32));
      many.set(200, many.get(199));
      many.forEach(batch::add);
      List<RouteBatch.Outcome> outcomes = batch.send();
      assertThat(outcomes).hasSize(255);
      assertThat(outcomes.get(100).failure()).isNotNull();
      assertThat(outcomes.get(100).attempt())
          .isEqualTo("add 10.80.0.100/32 to interface number 4711");
      assertThat(outcomes.get(200).already()).isTrue();
      assertThat(outcomes.stream().filter(RouteBatch.Outcome::ok)).hasSize(254);
      assertThat(batch.size()).isZero();
      many.forEach(batch::delete);
      outcomes = batch.send();
      assertThat(outcomes.stream().filter(RouteBatch.Outcome::already)).hasSize(2);
      assertThat(netlink.addresses()).noneMatch(a -> a.cidr().startsWith("10.80."));
    });
  }

  @Test
  void lifetimesAndPeers() throws Exception {
    inLeft((netlink, left) -> {
      for (String text : List.of("10.81.0.1", "fd77::81")) {
        int prefix = text.contains(":") ? 128 : 32;
        InterfaceAddress leased =
            InterfaceAddress.virtual(left, address(text), prefix).withLifetime(0, 60);
        allOk(netlink.batch().add(leased));
        assertThat(netlink.addresses())
            .filteredOn(leased::samePlace)
            .singleElement()
            .satisfies(a -> {
              assertThat(a.preferredSeconds()).isZero();
              assertThat(a.validSeconds()).isBetween(1L, 60L);
              assertThat(a.flags() & InterfaceAddress.PERMANENT).isZero();
              assertThat(a.flags() & InterfaceAddress.DEPRECATED).isNotZero();
            });
        allOk(netlink.batch().replace(leased.withLifetime(500, 1000)));
        assertThat(netlink.addresses())
            .filteredOn(leased::samePlace)
            .singleElement()
            .satisfies(a -> assertThat(a.validSeconds()).isBetween(900L, 1000L));
        InterfaceAddress forEver =
            leased.withLifetime(InterfaceAddress.FOREVER, InterfaceAddress.FOREVER);
        allOk(netlink.batch().replace(forEver));
        assertThat(netlink.addresses())
            .filteredOn(leased::samePlace)
            .singleElement()
            .satisfies(a -> assertThat(a.validSeconds()).isEqualTo(InterfaceAddress.FOREVER));
        allOk(netlink.batch().delete(leased));
      }
      InterfaceAddress peer =
          new InterfaceAddress(
              left,
              address("10.82.0.1"),
              32,
              null,
              null,
              0,
              0,
              18,
              address("10.82.0.2"),
              InterfaceAddress.FOREVER,
              InterfaceAddress.FOREVER);
      allOk(netlink.batch().add(peer));
      assertThat(netlink.addresses())
          .filteredOn(peer::samePlace)
          .singleElement()
          .extracting(InterfaceAddress::peer)
          .isEqualTo(address("10.82.0.2"));
      allOk(netlink.batch().delete(peer));
    });
  }

  /** Adds a route, finds it again as it was, deletes it. */
  private static void comesBack(RouteNetlink netlink, RouteRequest route) {
    allOk(netlink.batch().add(route, RouteBatch.Insertion.ADD));
    assertThat(netlink.batch().add(route, RouteBatch.Insertion.ADD).send())
        .as("a second time")
        .allMatch(RouteBatch.Outcome::already);
    List<RouteRequest> found =
        netlink.routes(18).stream().filter(r -> r.identity().equals(route.identity())).toList();
    assertThat(found)
        .singleElement()
        .usingRecursiveComparison()
        .ignoringFields("metric")
        .isEqualTo(route);
    allOk(netlink.batch().delete(route));
    assertThat(netlink.routes(18)).noneMatch(r -> r.identity().equals(route.identity()));
    assertThat(netlink.batch().delete(route).send()).allMatch(RouteBatch.Outcome::already);
  }

  @Test
  void routes() throws Exception {
    inLeft((netlink, left) -> {
      comesBack(
          netlink,
          RouteRequest.to(address("10.90.0.0"), 16)
              .table(1000)
              .metric(50)
              .source(address("10.77.0.1"))
              .set(RouteRequest.Metric.MTU, 1400, true)
              .set(RouteRequest.Metric.ADVMSS, 1300, false)
              .set(RouteRequest.Metric.FEATURES, 1, false)
              .hop(RouteRequest.Hop.of(address("10.77.0.2"), left))
              .build());
      comesBack(
          netlink,
          RouteRequest.toDefault(false)
              .table(1001)
              .hop(new RouteRequest.Hop(address("10.99.9.9"), left, 1, true, 0, null))
              .build());
      comesBack(
          netlink,
          RouteRequest.to(address("10.91.0.0"), 16)
              .hop(new RouteRequest.Hop(address("10.77.0.2"), left, 3, false, 0, null))
              .hop(new RouteRequest.Hop(address("10.77.0.3"), left, 7, false, 0, null))
              .build());
      comesBack(
          netlink,
          RouteRequest.to(address("10.92.0.0"), 16)
              .hop(RouteRequest.Hop.of(address("fd77::2"), left))
              .build());
      comesBack(netlink, RouteRequest.to(address("10.93.0.0"), 16).type(Route.BLACKHOLE).build());
      comesBack(
          netlink,
          RouteRequest.to(address("2001:db8:9::"), 48)
              .metric(77)
              .preference(RouteRequest.Preference.HIGH)
              .hop(RouteRequest.Hop.of(address("fd77::2"), left))
              .build());
      comesBack(
          netlink,
          RouteRequest.toDefault(true).hop(RouteRequest.Hop.of(address("fd77::2"), left)).build());
      RouteRequest unreachable =
          RouteRequest.to(address("10.94.0.0"), 16)
              .hop(RouteRequest.Hop.of(address("192.0.2.99"), 0))
              .build();
      assertThat(netlink.batch().add(unreachable, RouteBatch.Insertion.PREPEND).send())
          .singleElement()
          .satisfies(o ->
              assertThat(String.valueOf(o.failure()))
                  .contains("add route 10.94.0.0/16 via 192.0.2.99")
                  .contains("ENETUNREACH"));
    });
  }

  private static RuleRequest rule(boolean ipv6, long preference, RuleRequest.Action action) {
    return new RuleRequest(
        ipv6,
        preference,
        action,
        false,
        null,
        0,
        null,
        0,
        0,
        null,
        null,
        null,
        null,
        false,
        null,
        0,
        null,
        null,
        0,
        0,
        -1,
        -1,
        18);
  }

  @Test
  void rules() throws Exception {
    inLeft((netlink, _) -> {
      RuleRequest full =
          new RuleRequest(
              false,
              4_000_000_000L,
              new RuleRequest.Action.Table(1000),
              true,
              address("10.0.0.0"),
              8,
              address("192.0.2.1"),
              32,
              0x10,
              0xfffffff0L,
              0xffffffffL,
              "left",
              "lo",
              false,
              new RuleRequest.Range(0, 1000),
              17,
              new RuleRequest.Range(53, 53),
              new RuleRequest.Range(1000, 65534),
              77,
              0x0001_0002,
              8,
              3,
              18);
      List<RuleRequest> rules =
          List.of(
              full,
              rule(true, 100, new RuleRequest.Action.Table(1000)),
              rule(false, 101, new RuleRequest.Action.Goto(4_000_000_000L)),
              rule(false, 102, RuleRequest.Action.Plain.PROHIBIT));
      RouteBatch batch = netlink.batch();
      rules.forEach(batch::add);
      allOk(batch);
      assertThat(netlink.rules()).containsAll(rules);
      rules.forEach(batch::add);
      assertThat(batch.send()).allMatch(RouteBatch.Outcome::already);
      rules.forEach(batch::delete);
      allOk(batch);
      assertThat(netlink.rules()).doesNotContainAnyElementsOf(rules);
      rules.forEach(batch::delete);
      assertThat(batch.send()).allMatch(RouteBatch.Outcome::already);
    });
  }

  @Test
  void encapsulations() {
    assertThat(RouteEncapsulation.parse("mpls 100/200 ttl 9"))
        .isEqualTo(new RouteEncapsulation.Mpls(List.of(100, 200), 9));
    assertThat(RouteEncapsulation.parse("ip id 7 dst 10.0.0.1 ttl 3"))
        .isEqualTo(new RouteEncapsulation.Ip(false, 7L, address("10.0.0.1"), null, 3, 0));
    assertThat(RouteEncapsulation.parse("ila 1:2:3:4"))
        .isEqualTo(new RouteEncapsulation.Ila(0x0001_0002_0003_0004L));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> RouteEncapsulation.parse("ip6 dst"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anEncapsulatedRoute() throws Exception {
    inLeft((netlink, left) -> {
      RouteRequest route =
          RouteRequest.to(address("10.95.0.0"), 16)
              .hop(
                  new RouteRequest.Hop(
                      null,
                      left,
                      1,
                      false,
                      0,
                      RouteEncapsulation.parse("ip id 7 dst 10.77.0.2 ttl 3")))
              .build();
      RouteBatch.Outcome outcome =
          netlink.batch().add(route, RouteBatch.Insertion.ADD).send().getFirst();
      if (outcome.failure() != null) {
        org.junit.jupiter.api.Assumptions.assumeFalse(
            outcome.failure().is(Errno.EOPNOTSUPP), "this kernel has no light-weight tunnels");
      }
      assertThat(outcome.failure()).isNull();
      assertThat(TwoNamespaces.ip("-n", pair.left, "route", "show", "10.95.0.0/16"))
          .contains("encap ip id 7 src 0.0.0.0 dst 10.77.0.2 ttl 3");
      allOk(netlink.batch().delete(route));
    });
  }
}
