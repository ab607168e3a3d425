package dev.sluice.vrrp.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.AddressOptions;
import dev.sluice.config.model.RouteSpec;
import dev.sluice.config.model.RuleSpec;
import dev.sluice.config.model.VirtualAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is wanted, by whom, and what is to be done for it. */
class ObjectsTest {
  private static final KernelObject VIP = address("10.0.0.1", null, AddressOptions.none());
  private static final KernelObject OTHER = address("10.0.0.2", null, AddressOptions.none());
  private static final KernelObject ROUTE = route("192.0.2.1");
  private static final KernelObject RULE = rule(100);

  private static KernelObject address(String text, @Nullable String label, AddressOptions options) {
    return new KernelObject.Address(
        "eth0",
        new VirtualAddress(
            InetAddress.ofLiteral(text), 32, null, label, null, 0, false, true, options));
  }

  private static KernelObject route(String gateway) {
    RouteSpec.NextHop hop =
        new RouteSpec.NextHop(InetAddress.ofLiteral(gateway), "eth0", 1, false, null, "");
    return new KernelObject.Route(
        new RouteSpec(
            "unicast",
            4,
            InetAddress.ofLiteral("10.9.0.0"),
            16,
            null,
            null,
            0,
            List.of(hop),
            254,
            18,
            0,
            null,
            0,
            Map.of(),
            "add",
            true,
            null));
  }

  private static KernelObject rule(long preference) {
    return new KernelObject.Rule(
        new RuleSpec(
            4,
            false,
            new RuleSpec.Prefix(InetAddress.ofLiteral("10.9.0.0"), 16),
            null,
            null,
            null,
            null,
            null,
            null,
            false,
            null,
            null,
            null,
            null,
            null,
            18,
            preference,
            new RuleSpec.Action.Table(7),
            null,
            null,
            null,
            true,
            null));
  }

  private static Difference difference(List<KernelObject> held, List<KernelObject> wanted) {
    Map<KernelObject.Key, KernelObject> have = new HashMap<>();
    Map<KernelObject.Key, KernelObject> want = new HashMap<>();
    held.forEach(o -> have.put(o.key(), o));
    wanted.forEach(o -> want.put(o.key(), o));
    List<KernelObject.Key> keys =
        Stream.concat(held.stream(), wanted.stream()).map(KernelObject::key).distinct().toList();
    return Difference.of(keys, want::get, have::get);
  }

  @Test
  void addressesComeFirstAndGoLast() {
    assertThat(difference(List.of(), List.of(RULE, ROUTE, VIP, OTHER)))
        .isEqualTo(new Difference(List.of(), List.of(VIP, OTHER, ROUTE, RULE)));
    assertThat(difference(List.of(VIP, OTHER, ROUTE, RULE), List.of()))
        .isEqualTo(new Difference(List.of(RULE, ROUTE, VIP, OTHER), List.of()));
  }

  @Test
  void whatStaysIsNotTouched() {
    assertThat(difference(List.of(VIP, ROUTE, RULE), List.of(VIP, ROUTE, RULE)).empty()).isTrue();
  }

  @Test
  void whatTheKernelCannotChangeGoesAndComes() {
    KernelObject labelled = address("10.0.0.1", "eth0:v", AddressOptions.none());
    assertThat(difference(List.of(VIP), List.of(labelled)))
        .isEqualTo(new Difference(List.of(VIP), List.of(labelled)));
    KernelObject elsewhere = route("192.0.2.2");
    assertThat(elsewhere.key()).isEqualTo(ROUTE.key());
    assertThat(difference(List.of(ROUTE), List.of(elsewhere)))
        .isEqualTo(new Difference(List.of(ROUTE), List.of(elsewhere)));
  }

  @Test
  void anotherPreferredLifetimeComesOverWhatIsThere() {
    KernelObject later =
        address(
            "10.0.0.1",
            null,
            new AddressOptions(
                null, 0, false, false, false, false, Duration.ofSeconds(5), false, null));
    assertThat(difference(List.of(VIP), List.of(later)))
        .isEqualTo(new Difference(List.of(), List.of(later)));
  }

  @Test
  void anObjectOfTwoOwnersGoesWithTheLast() {
    Claims claims = new Claims();
    assertThat(claims.set("A", List.of(VIP, ROUTE))).containsExactly(VIP.key(), ROUTE.key());
    assertThat(claims.set("B", List.of(VIP))).isEmpty();
    assertThat(claims.owner(VIP.key())).isEqualTo("A");
    assertThat(claims.set("A", List.of())).containsExactly(ROUTE.key());
    assertThat(claims.wanted(VIP.key())).isEqualTo(VIP);
    assertThat(claims.owner(VIP.key())).isEqualTo("B");
    assertThat(claims.set("B", List.of())).containsExactly(VIP.key());
    assertThat(claims.wanted(VIP.key())).isNull();
    assertThat(claims.keys()).isEmpty();
  }

  @Test
  void aReloadTellsOnlyWhatDiffers() {
    Claims claims = new Claims();
    Set<KernelObject.Key> _ = claims.set("A", List.of(VIP, ROUTE));
    assertThat(claims.set("A", List.of(VIP, OTHER, route("192.0.2.2"))))
        .containsExactly(OTHER.key(), ROUTE.key());
  }

  @Test
  void lifetimes() {
    VirtualAddress v4 = ((KernelObject.Address) VIP).config();
    VirtualAddress host =
        new VirtualAddress(InetAddress.ofLiteral("fd00::1"), 128, null, null, null, 0, false, true);
    assertThat(Lifetime.of(v4, 0)).isEqualTo(new Lifetime(Lifetime.FOREVER, Lifetime.FOREVER));
    assertThat(Lifetime.of(v4, 10)).isEqualTo(new Lifetime(10, 10));
    assertThat(Lifetime.of(host, 0)).isEqualTo(new Lifetime(0, Lifetime.FOREVER));
    assertThat(Lifetime.of(host, 10)).isEqualTo(new Lifetime(0, 10));
  }

  @Test
  void aBucketLetsAFewThroughAndThenOnePerPeriod() {
    TokenBucket bucket = new TokenBucket(3, 1000, 0);
    assertThat(bucket.take(0)).isZero();
    assertThat(bucket.take(0)).isZero();
    assertThat(bucket.take(0)).isZero();
    assertThat(bucket.take(0)).isEqualTo(1000);
    assertThat(bucket.take(400)).isBetween(1000L, 1001L);
    assertThat(bucket.take(1001)).isEqualTo(1001);
    assertThat(bucket.take(1001)).isBetween(1900L, 2001L);
    assertThat(bucket.take(100_000)).isEqualTo(100_000);
  }

  @Test
  void words() {
    assertThat(VIP.words()).isEqualTo("address 10.0.0.1/32 on eth0");
    assertThat(ROUTE.words()).isEqualTo("route 10.9.0.0/16 via 192.0.2.1 dev eth0");
    assertThat(RULE.words()).isEqualTo("rule 100: from 10.9.0.0/16 lookup 7");
  }
}
