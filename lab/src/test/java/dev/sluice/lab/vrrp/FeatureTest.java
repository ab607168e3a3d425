package dev.sluice.lab.vrrp;

import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_SLUICE;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_SLUICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.Segment;
import dev.sluice.lab.Wire;
import java.util.List;

/** What not every group uses: IPv6, AH, auth_hmac, sync groups. */
class FeatureTest {
  private static final String SECOND_VIP = "10.91.0.100";

  /** V-11, V-83: the link-local address first. */
  @Scenario(
      value = {SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED},
      ordinary = 2)
  void ipv6(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.3").vips("fe80::90:100/64", "fd00:90::100/64");
    Duo duo = Duo.of(lab, pairing, conf);
    for (Router router : List.of(duo.preferred, duo.other)) {
      duo.await(
          "an own IPv6 address that is no longer tentative",
          () -> ready(router.host().ip("-6", "-o", "addr", "show", "dev", "eth0")));
    }
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    duo.startOther();
    duo.await(
        "the announcement of the address",
        () -> !wire.announcements(begin, "fd00:90:0:0:0:0:0:100").isEmpty());
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
    Conf second = base.vrid(52).vips(SECOND_VIP + "/24");
    Conf preferred = synced(base.priority(150), second.priority(150));
    Conf other = synced(base.priority(100), second.priority(100));
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

  private static Conf synced(Conf first, Conf second) {
    return first
        .block(second.instance("inside", "eth1"))
        .block(
            "vrrp_sync_group all {\n  group {\n    %s\n    inside\n  }\n}\n".formatted(Conf.NAME));
  }
}
