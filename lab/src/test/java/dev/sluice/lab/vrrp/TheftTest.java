package dev.sluice.lab.vrrp;

import static dev.sluice.lab.vrrp.Pairing.SLUICE_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_SLUICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Lab;
import dev.sluice.lab.Wire;
import dev.sluice.linux.RouteEvent;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Predicate;

/** A network manager that takes away what is ours: it is back at once, and nobody notices. */
class TheftTest {
  /** Below the number after which a theft is answered once a second only. */
  private static final int THEFTS = 5;

  /** A busy machine may delay one of them. */
  private static final Duration AT_ONCE = Duration.ofMillis(50);

  private static final InetAddress VIP = InetAddress.ofLiteral(Duo.VIP);
  private static final InetAddress NETWORK = InetAddress.ofLiteral("10.99.9.0");
  private static final String VMAC = "vrrp.51";

  @Scenario({SLUICE_KEEPALIVED, SLUICE_SLUICE})
  void addressesRoutesAndRules(Lab lab, Pairing pairing) {
    Conf conf =
        Conf.v3("0.3")
            .line("virtual_routes {\n    10.99.9.0/24 via %s dev eth0\n  }".formatted(Duo.CLIENT))
            .line("virtual_rules {\n    from 10.99.9.0/24 table 99 preference 900\n  }");
    Duo duo = Duo.of(lab, pairing, conf);
    duo.start();
    duo.await(
        "the route and the rule",
        () -> shows(duo, "route", Duo.CLIENT) && shows(duo, "rule", "lookup 99"));
    long begin = System.nanoTime();
    Thief thief = new Thief(duo, Changes.of(lab, duo.preferred.host()));

    thief.takes(TheftTest::isVip, TheftTest::hasVip, "addr", "del", Duo.VIP + "/24", "dev", "eth0");
    thief.takes(
        event -> event instanceof RouteEvent.RouteRemoved(var r) && NETWORK.equals(r.destination()),
        event -> event instanceof RouteEvent.RouteChanged(var r) && NETWORK.equals(r.destination()),
        "route",
        "del",
        "10.99.9.0/24");
    thief.takes(
        event -> event instanceof RouteEvent.RuleRemoved(var rule) && rule.preference() == 900,
        event -> event instanceof RouteEvent.RuleChanged(var rule) && rule.preference() == 900,
        "rule",
        "del",
        "preference",
        "900");
    unnoticed(duo, begin);
    assertThat(duo.counter(duo.preferred, "restored")).isGreaterThanOrEqualTo(3 * THEFTS);
  }

  /** The device of the virtual MAC, with the address that is on it. */
  @Scenario({SLUICE_KEEPALIVED, SLUICE_SLUICE})
  void virtualMac(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.3").line("use_vmac"));
    duo.start();
    long begin = System.nanoTime();
    Thief thief = new Thief(duo, Changes.of(lab, duo.preferred.host()));
    thief.takes(
        event -> event instanceof RouteEvent.LinkRemoved(var link) && link.name().equals(VMAC),
        TheftTest::hasVip,
        "link",
        "delete",
        VMAC);
    unnoticed(duo, begin);
  }

  private static boolean isVip(RouteEvent event) {
    return event instanceof RouteEvent.AddressRemoved(var gone) && gone.address().equals(VIP);
  }

  private static boolean hasVip(RouteEvent event) {
    return event instanceof RouteEvent.AddressAdded(var back) && back.address().equals(VIP);
  }

  private static boolean shows(Duo duo, String what, String text) {
    return duo.preferred.host().ip(what, "show").contains(text);
  }

  /** The other router heard the master all the time, and nothing else. */
  private static void unnoticed(Duo duo, long since) {
    Wire wire = duo.wire();
    duo.awaitAdverts(duo.preferred, 3);
    assertThat(duo.preferredAlone()).isTrue();
    assertThat(duo.preferred.timesBackup()).as("times it was BACKUP").isEqualTo(1);
    assertThat(wire.adverts(since, Duo.OTHER)).isEmpty();
    assertThat(wire.adverts(since, Duo.PREFERRED))
        .allSatisfy(advert -> assertThat(advert.priority()).isEqualTo(150));
  }

  /** Takes something away on the preferred router, again and again. */
  private record Thief(Duo duo, Changes changes) {
    void takes(Predicate<RouteEvent> gone, Predicate<RouteEvent> back, String... ip) {
      long[] gaps = new long[THEFTS];
      for (int i = 0; i < THEFTS; i++) {
        int theft = i;
        long begin = System.nanoTime();
        duo.preferred.host().ip(ip);
        duo.await(
            "what 'ip " + String.join(" ", ip) + "' took to be back",
            () -> (gaps[theft] = changes.gapNanos(begin, gone, back)) >= 0);
      }
      Arrays.sort(gaps);
      System.out.printf(
          "ip %s: back after %.1f ms, at the worst %.1f ms%n",
          String.join(" ", ip), gaps[THEFTS / 2] / 1e6, gaps[THEFTS - 1] / 1e6);
      assertThat(Duration.ofNanos(gaps[THEFTS / 2])).isLessThan(AT_ONCE);
    }
  }
}
