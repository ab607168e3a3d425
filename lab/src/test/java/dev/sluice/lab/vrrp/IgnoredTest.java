package dev.sluice.lab.vrrp;

import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_SLUICE;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_SLUICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Lab;
import dev.sluice.lab.Wire;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adverts that must not move anybody. */
class IgnoredTest {
  private static final int REPEAT = 20; // of each

  @Scenario({SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void advertsWithAnotherPasswordAreIgnored(Lab lab, Pairing pairing) {
    Conf conf = Conf.v2("1");
    Duo duo =
        new Duo(
            lab,
            pairing,
            conf.priority(150).authentication("PASS", "sesame"),
            conf.priority(100).authentication("PASS", "barley"));
    duo.preferred.start();
    duo.other.start();
    // Each believes to be alone. Had the lower one believed the higher one's adverts, it would stay
    // BACKUP.
    duo.await("both to be MASTER", duo::bothHold);

    // The right password brings peace, by reload.
    duo.other.configure(conf.priority(100).authentication("PASS", "sesame"));
    duo.other.reload();
    duo.await("one of them to yield", duo::preferredAlone);
  }

  /** V-20 to V-24: what is wrong with each. */
  private static Map<String, Forgery> wrong(Forgery right) {
    Map<String, Forgery> wrong = new LinkedHashMap<>();
    wrong.put("TTL", right.ttl(254));
    wrong.put("VERSION", right.version(right.version() == 3 ? 2 : 3).interval(1));
    wrong.put("INVALID_TYPE", right.type(2));
    wrong.put("UNKNOWN_VRID", right.vrid(52));
    wrong.put("CHECKSUM", right.badChecksum());
    return wrong;
  }

  @Scenario({SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void aMasterHeedsNoWrongAdvertAndDoesHeedARightOne(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.2")).start();
    Forger stranger = duo.stranger();
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    wrong(Forgery.v3(254))
        .values()
        .forEach(forgery -> {
          for (int i = 0; i < REPEAT; i++) {
            stranger.send(forgery);
          }
        });
    duo.await(
        "the wrong adverts to have passed",
        () -> wire.adverts(begin, Duo.STRANGER).size() >= REPEAT * 5);
    duo.awaitAdverts(duo.preferred, 12);
    assertThat(duo.preferred.timesBackup()).as("times it was BACKUP").isEqualTo(1);
    duo.await("the master to be alone", duo::preferredAlone);

    // That the right one moves it shows that the wrong ones had a way to it.
    duo.await(
        "a right advert to unseat the master",
        () -> {
          stranger.send(Forgery.v3(254));
          return !duo.preferred.holds(Duo.VIP);
        });
    duo.await("the stranger's silence to bring it back", duo::preferredAlone);
  }

  /** A backup that believed one of them would not take over while they go on. */
  @Scenario({KEEPALIVED_SLUICE, SLUICE_KEEPALIVED, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void aBackupTakesOverThoughWrongAdvertsGoOn(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.2")).start();
    Forger stranger = duo.stranger();
    duo.segment.isolate(duo.preferred.host());
    duo.preferred.kill();
    duo.await(
        "the other to take over",
        () -> {
          wrong(Forgery.v3(254)).values().forEach(stranger::send);
          return duo.other.holds(Duo.VIP);
        });
  }

  /** V-28: version 2 does not learn intervals. */
  @Scenario({KEEPALIVED_SLUICE, SLUICE_KEEPALIVED, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void version2AdvertsWithAnotherIntervalAreIgnored(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v2("1")).start();
    Forger stranger = duo.stranger();
    for (int i = 0; i < REPEAT; i++) {
      stranger.send(Forgery.v2(254).interval(2));
    }
    duo.awaitAdverts(duo.preferred, 5);
    assertThat(duo.preferred.timesBackup()).as("times it was BACKUP").isEqualTo(1);
  }

  /** V-37: keepalived itself flaps on the first of them. */
  @Scenario(SLUICE_SLUICE)
  void anAdvertWithoutIntervalOrAddressIsDiscarded(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.2")).start();
    Forger stranger = duo.stranger();
    for (int i = 0; i < REPEAT; i++) {
      stranger.send(Forgery.v3(254).interval(0));
      stranger.send(Forgery.v3(254).withoutAddress());
    }
    duo.awaitAdverts(duo.preferred, 12);
    assertThat(duo.preferred.timesBackup()).as("times it was BACKUP").isEqualTo(1);
    assertThat(duo.counter(duo.preferred, "no_address")).isPositive();
  }

  /** V-30, V-32: no header, or one made with another key, proves nothing. */
  @Scenario({SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void advertsWithAnotherAuthenticationHeaderAreIgnored(Lab lab, Pairing pairing) {
    Conf conf = Conf.v2("1");
    Duo duo =
        new Duo(
            lab,
            pairing,
            conf.priority(150).authentication("AH", "sesame"),
            conf.priority(100).authentication("AH", "barley"));
    duo.preferred.start();
    duo.other.start();
    duo.await("both to be MASTER", duo::bothHold);
  }

  /**
   * Adverts that are right in every field, but not legitimate: as with keepalived the better ones
   * are believed while they come, the others are not; and nothing is left of them afterwards.
   */
  @Scenario({SLUICE_SLUICE, SLUICE_KEEPALIVED, KEEPALIVED_SLUICE})
  void aStormOfRightAdvertsLeavesNoTrace(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.5")).start();
    Forger stranger = duo.stranger();
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    for (int i = 0; i < 2_000; i++) {
      stranger.send(Forgery.v3(1));
      stranger.send(Forgery.v3(99));
      stranger.send(Forgery.v3(150).source("10.89.0.1")); // loses by its address
    }
    duo.awaitAdverts(duo.preferred, 12);
    assertThat(duo.preferred.timesBackup()).as("times the master was BACKUP").isEqualTo(1);
    if (pairing == SLUICE_SLUICE) {
      assertThat(wire.adverts(begin, Duo.OTHER)).as("the backup spoke").isEmpty();
    }
    for (int i = 0; i < 3_000; i++) {
      stranger.send(Forgery.v3(254));
      stranger.send(Forgery.v3(200).source("10.90.0.201"));
      stranger.send(Forgery.v3(254).badChecksum());
    }
    duo.await("the stranger's silence to bring the master back", duo::preferredAlone);
    duo.awaitAdverts(duo.preferred, 12);
    assertThat(duo.preferredAlone()).isTrue();
    for (Router router : java.util.List.of(duo.preferred, duo.other)) {
      assertThat(router.process().alive()).isTrue();
      if (Duo.isSluice(router)) {
        assertThat(duo.counter(router, "checksum")).as("bad ones counted").isPositive();
        assertThat(duo.counter(router, "advert_received")).as("right ones").isGreaterThan(3_000);
      }
    }
  }

  /** A priority 0 of a bystander does not shorten anything: the master we follow lives. */
  @Scenario({KEEPALIVED_SLUICE, SLUICE_SLUICE})
  void aBystandersPriorityZeroIsNotBelieved(Lab lab, Pairing pairing) {
    // Long enough for the skew to end before the master speaks again.
    Duo duo = Duo.of(lab, pairing, Conf.v3("2")).start();
    Wire wire = duo.wire();
    duo.awaitAdverts(duo.preferred, 1);
    duo.await(
        "the backup to have heard its master",
        () -> duo.instance(duo.other).get("master").text().equals(Duo.PREFERRED));
    Forger stranger = duo.stranger();
    long begin = System.nanoTime();
    for (int i = 0; i < 200; i++) {
      stranger.send(Forgery.v3(0));
    }
    duo.awaitAdverts(duo.preferred, 3);
    assertThat(wire.adverts(begin, Duo.OTHER)).isEmpty();
    assertThat(duo.counter(duo.other, "priority_zero_ignored")).isPositive();
    assertThat(duo.preferredAlone()).isTrue();
  }

  /**
   * Forged adverts by the ten thousand starve neither a master nor a backup. keepalived writes a
   * line for each and reads one a round, so beside it only the end is ours to promise.
   */
  @Scenario({SLUICE_SLUICE, SLUICE_KEEPALIVED, KEEPALIVED_SLUICE})
  void aStormOfForgedAdvertsChangesNothing(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("1")).start();
    Forger stranger = duo.stranger();
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    var wrong = wrong(Forgery.v3(254)).values();
    for (int i = 0; i < 3_000; i++) {
      wrong.forEach(stranger::send);
    }
    duo.awaitAdverts(duo.preferred, 4);
    if (pairing == SLUICE_SLUICE) {
      assertThat(duo.preferred.timesBackup()).as("times the master was BACKUP").isEqualTo(1);
      assertThat(wire.adverts(begin, Duo.OTHER)).as("the backup spoke").isEmpty();
      assertThat(duo.counter(duo.other, "ttl")).as("forged adverts heard").isPositive();
    }
    duo.await("the preferred one to be alone", duo::preferredAlone);
  }
}
