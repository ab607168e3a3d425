package dev.sluice.lab.vrrp;

import static dev.sluice.lab.vrrp.Pairing.FRR_SLUICE;
import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_SLUICE;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_FRR;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_SLUICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.Segment;
import dev.sluice.lab.Wire;
import java.util.List;

/** What not every group uses: IPv6, virtual MACs, AH, auth_hmac, sync groups. */
class FeatureTest {
  static final String SECOND_VIP = "10.91.0.100";
  private static final String VIRTUAL_MAC = "00:00:5e:00:01:33";
  private static final String VIP6 = "fd00:90:0:0:0:0:0:100";

  /** V-11, V-83: the link-local address first. */
  @Scenario(
      value = {SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED},
      ordinary = 2)
  void ipv6(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.3").vips("fe80::90:100/64", "fd00:90::100/64");
    Duo duo = Duo.of(lab, pairing, conf);
    awaitLinkLocal(duo);
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    duo.startOther();
    duo.await("the announcement of the address", () -> !wire.announcements(begin, VIP6).isEmpty());
    duo.preferred.start();
    duo.await("the higher priority to preempt", duo::preferredAlone);
    assertThat(duo.preferred.holds("fe80::90:100")).isTrue();
    assertThat(wire.adverts(begin))
        .isNotEmpty()
        .allSatisfy(advert -> {
          assertThat(advert.source()).startsWith("fe80:");
          assertThat(advert.destination()).isEqualTo("ff02:0:0:0:0:0:0:12");
          assertThat(advert.ttl()).isEqualTo(255);
          assertThat(advert.count()).isEqualTo(2);
        });
    duo.segment.isolate(duo.preferred.host());
    duo.preferred.kill();
    duo.await("the other to take over", () -> duo.other.holds(duo.vip));
  }

  /** FRR sends whatever is configured, also without a link-local address among it. */
  @Scenario({SLUICE_FRR, FRR_SLUICE})
  void ipv6BesideFrr(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.3").vips("fd00:90::100/64"));
    awaitLinkLocal(duo);
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    duo.startOther();
    duo.preferred.start();
    duo.await("the higher priority to preempt", duo::preferredAlone);
    assertThat(wire.announcements(begin, VIP6)).isNotEmpty();
    duo.segment.isolate(duo.preferred.host());
    duo.preferred.kill();
    duo.await("the other to take over", () -> duo.other.holds(duo.vip));
  }

  /** V-35, with the hop limit that the system gives. */
  @Scenario({SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void ipv6Unicast(Lab lab, Pairing pairing) {
    String one = "fd00:90:0:0:0:0:0:1";
    String two = "fd00:90:0:0:0:0:0:2";
    Conf conf = Conf.v3("0.3").vips("fd00:90::100/64");
    Duo duo =
        new Duo(
            lab,
            pairing,
            conf.priority(150).unicast(one, two),
            conf.priority(100).unicast(two, one));
    duo.preferred.host().ip("addr", "add", one + "/64", "dev", "eth0", "nodad");
    duo.other.host().ip("addr", "add", two + "/64", "dev", "eth0", "nodad");
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    duo.startOther();
    duo.preferred.start();
    duo.await("the higher priority to preempt", duo::preferredAlone);
    assertThat(wire.adverts(begin))
        .isNotEmpty()
        .allSatisfy(advert -> assertThat(advert.destination()).isIn(one, two));
    duo.segment.isolate(duo.preferred.host());
    duo.preferred.kill();
    duo.await("the other to take over", () -> duo.other.holds(duo.vip));
    duo.segment.readmit(duo.preferred.host());
    duo.preferred.start();
    duo.await("the killed master to take it back", duo::preferredAlone);
  }

  /** V-80: what a client has in its ARP cache stays true at a takeover. */
  @Scenario(
      value = {
        SLUICE_KEEPALIVED,
        SLUICE_FRR,
        KEEPALIVED_SLUICE,
        FRR_SLUICE,
        SLUICE_SLUICE,
        KEEPALIVED_KEEPALIVED
      },
      ordinary = 2)
  void virtualMac(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.3").line("use_vmac"));
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    duo.start();
    duo.awaitAdverts(duo.preferred, 3);
    duo.preferred.process().signal("TERM");
    duo.await("the other to take over", duo::otherAlone);
    duo.awaitAdverts(duo.other, 3);
    if (pairing != FRR_SLUICE) { // its zebra still runs
      duo.preferred.process().terminate(Duo.DEADLINE);
      duo.preferred.start();
      duo.await("the preferred one to take it back", duo::preferredAlone);
    }
    assertThat(wire.adverts(begin))
        .allSatisfy(advert -> assertThat(advert.sourceMac()).isEqualTo(VIRTUAL_MAC));
    assertThat(wire.announcements(begin, Duo.VIP))
        .isNotEmpty()
        .allSatisfy(arp -> assertThat(arp.sourceMac()).isEqualTo(VIRTUAL_MAC));
  }

  private static void awaitLinkLocal(Duo duo) {
    for (Router router : List.of(duo.preferred, duo.other)) {
      duo.await(
          "an own IPv6 address that is no longer tentative",
          () -> ready(router.host().ip("-6", "-o", "addr", "show", "dev", "eth0")));
    }
  }

  private static boolean ready(String addresses) {
    return addresses.contains("inet6 fe80:") && !addresses.contains("tentative");
  }

  /** V-04: one counter for the whole group, whoever speaks. */
  @Scenario({KEEPALIVED_SLUICE, SLUICE_KEEPALIVED, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void authenticationHeader(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v2("1").authentication("AH", "sesame"));
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    duo.startOther();
    duo.preferred.start();
    duo.await("the higher priority to preempt", duo::preferredAlone);
    duo.preferred.process().terminate(Duo.DEADLINE);
    duo.await("the other to follow", duo::otherAlone);
    assertThat(wire.adverts(begin))
        .isNotEmpty()
        .allSatisfy(advert -> assertThat(advert.ah()).isTrue());
  }

  /** Debian's keepalived does not know it. */
  @Scenario(SLUICE_SLUICE)
  void signedAdverts(Lab lab, Pairing pairing) {
    Conf conf =
        Conf.v3("0.3")
            .line(
                """
                auth_hmac {
                    key 7 a-key-of-thirty-two-bytes-or-more!
                    active_key 7
                  }\
                """);
    Duo duo = Duo.of(lab, pairing, conf).startOther();
    duo.preferred.start();
    duo.await("the higher priority to preempt", duo::preferredAlone);
    Forger stranger = duo.stranger();
    for (int i = 0; i < 20; i++) {
      stranger.send(Forgery.v3(254).interval(30));
    }
    duo.awaitAdverts(duo.preferred, 12);
    assertThat(duo.preferred.timesBackup()).as("times it was BACKUP").isEqualTo(1);
    assertThat(duo.counter(duo.preferred, "hmac_missing")).isPositive();
  }

  /** V-73: one link of the master dies, both addresses move. */
  @Scenario({SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void membersOfASyncGroupMoveTogether(Lab lab, Pairing pairing) {
    Conf base = Conf.v3("0.3");
    Conf preferred = synced(base.priority(150), second(base.priority(150)));
    Conf other = synced(base.priority(100), second(base.priority(100)));
    Duo duo = new Duo(lab, pairing, preferred, other);
    Segment inside = lab.segment("inside");
    join(inside, duo.preferred.host(), "10.91.0.1/24");
    join(inside, duo.other.host(), "10.91.0.2/24");
    duo.start();
    duo.await("both addresses there", () -> duo.preferred.holds(SECOND_VIP));

    inside.cut(duo.preferred.host(), "eth1");
    duo.await(
        "both addresses to move",
        () -> duo.otherAlone() && duo.other.holds(SECOND_VIP) && !duo.preferred.holds(SECOND_VIP));
    inside.mend(duo.preferred.host(), "eth1");
    duo.await(
        "both addresses to come back",
        () ->
            duo.preferredAlone()
                && duo.preferred.holds(SECOND_VIP)
                && !duo.other.holds(SECOND_VIP));
  }

  private static void join(Segment segment, Host host, String address) {
    segment.join(host, "eth1", address);
  }

  /** The same on the inner link. */
  static Conf second(Conf first) {
    return first.vrid(52).vips(SECOND_VIP + "/24");
  }

  static Conf synced(Conf first, Conf second) {
    return first
        .block(second.instance("inside", "eth1"))
        .block(
            "vrrp_sync_group all {\n  group {\n    %s\n    inside\n  }\n}\n".formatted(Conf.NAME));
  }
}
