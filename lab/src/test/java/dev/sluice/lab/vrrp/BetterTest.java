package dev.sluice.lab.vrrp;

import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_SLUICE;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_SLUICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Lab;
import dev.sluice.lab.Seen;
import dev.sluice.lab.Segment;
import dev.sluice.lab.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** What sluice survives and keepalived does not. */
class BetterTest {
  private static final int WELL_PAST_DOWN = 12;

  /** The winner of a conflict speaks up at once and again a second later. */
  @Scenario(SLUICE_SLUICE)
  void theWinnerOfAConflictAnnouncesTheAddressAgain(Lab lab, Pairing pairing) {
    Duo duo = conflict(lab, pairing);
    long end = heal(duo);
    awaitAnnouncement(duo, "the second announcement", end, 600, 5_000);
    assertThat(duo.counter(duo.preferred, "conflict_won")).isPositive();
    assertThat(duo.counter(duo.preferred, "dual_master_millis")).isNotNegative();
    // Its last one goes out by default, that the winner is sure to hear of the conflict.
    assertThat(byLoser(duo, end)).as("the loser's last advert").isTrue();
  }

  /** The third one finds those that slept through the first two. */
  @Scenario(SLUICE_SLUICE)
  @Tag("long")
  void theWinnerOfAConflictAnnouncesTheAddressAfterTenSeconds(Lab lab, Pairing pairing) {
    Duo duo = conflict(lab, pairing);
    long end = heal(duo);
    awaitAnnouncement(duo, "the third announcement", end, 8_500, 15_000);
  }

  private static Duo conflict(Lab lab, Pairing pairing) {
    // No second set of announcements that keepalived's settings would ask for.
    Conf conf = Conf.v3("0.3").line("garp_lower_prio_delay 0").line("garp_master_delay 0");
    Duo duo = Duo.of(lab, pairing, conf);
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    duo.start();
    duo.await(
        "the announcements of the takeover", () -> !wire.announcements(begin, Duo.VIP).isEmpty());
    duo.segment.isolate(duo.other.host());
    duo.await("both to be MASTER", duo::bothHold);
    return duo;
  }

  /** Answers when the conflict was over: when the winner first announced the address. */
  private static long heal(Duo duo) {
    long heal = System.nanoTime();
    duo.segment.readmit(duo.other.host());
    duo.await("the lower priority to yield", duo::preferredAlone);
    duo.await("an announcement at once", () -> !byWinner(duo, heal).isEmpty());
    return byWinner(duo, heal).getFirst().nanos();
  }

  private static boolean byLoser(Duo duo, long end) {
    return !duo.wire().adverts(end - 3_000_000_000L, Duo.OTHER).isEmpty();
  }

  private static void awaitAnnouncement(
      Duo duo, String what, long since, long fromMillis, long toMillis) {
    duo.await(
        what,
        () ->
            byWinner(duo, since + fromMillis * 1_000_000).stream()
                .anyMatch(each -> each.nanos() - since < toMillis * 1_000_000));
  }

  /** The loser's own announcements may still be on their way. */
  private static List<Seen.Announcement> byWinner(Duo duo, long since) {
    String mac = duo.wire().adverts(0, Duo.PREFERRED).getFirst().sourceMac();
    return duo.wire().announcements(since, Duo.VIP).stream()
        .filter(each -> each.sourceMac().equals(mac))
        .toList();
  }

  /** Who wants to know of a conflict is told, by keepalived's own keyword. */
  @Scenario({SLUICE_KEEPALIVED, SLUICE_SLUICE, KEEPALIVED_SLUICE, KEEPALIVED_KEEPALIVED})
  void theWinnerRunsItsScriptForLowerPriorities(Lab lab, Pairing pairing) {
    Path told = lab.folder("script").resolve("told");
    String script = "\"/bin/sh -c 'echo lower >> %s' lower\"".formatted(told);
    Conf conf = Conf.v3("0.3");
    Duo duo =
        new Duo(
            lab,
            pairing,
            conf.priority(150).line("notify_master_rx_lower_pri " + script),
            conf.priority(100));
    duo.start();
    Forger stranger = duo.stranger();
    assertThat(told).doesNotExist();
    // A true conflict is over before its loser speaks, where that hears the winner first.
    duo.await(
        "the script to have run",
        () -> {
          stranger.send(Forgery.v3(1).interval(30));
          return Files.exists(told);
        });
    assertThat(duo.preferred.timesBackup()).as("times it was BACKUP").isEqualTo(1);
  }

  /** The lease: an address of a daemon that is dead goes by itself, once somebody else has it. */
  @Scenario({SLUICE_KEEPALIVED, SLUICE_SLUICE})
  void aKilledMasterHoldsNoAddressForEver(Lab lab, Pairing pairing) {
    Duo duo = leased(lab, pairing);
    duo.preferred.kill();
    duo.await("the other to take over, and it alone", duo::otherAlone);
    duo.preferred.start();
    duo.await("the killed one to come back", duo::preferredAlone);
  }

  /** One that hangs is no better than one that is dead. */
  @Scenario({SLUICE_KEEPALIVED, SLUICE_SLUICE})
  void aHungMasterHoldsNoAddressForEver(Lab lab, Pairing pairing) {
    Duo duo = leased(lab, pairing);
    duo.preferred.process().signal("STOP");
    duo.await("the other to take over, and it alone", duo::otherAlone);
    duo.preferred.process().signal("CONT");
    duo.await("the hung one to come back", duo::preferredAlone);
  }

  private static Duo leased(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.3").line("vip_lease 3");
    Conf other = pairing == SLUICE_SLUICE ? conf : Conf.v3("0.3");
    // The lease runs only once another router was heard, so this one is master first.
    Duo duo = new Duo(lab, pairing, conf.priority(150), other.priority(100)).startOther();
    duo.preferred.start();
    duo.await("the preferred one to preempt", duo::preferredAlone);
    return duo;
  }

  /** V-77: silence is judged by when the packets came, not by when we woke. */
  @Scenario({KEEPALIVED_SLUICE, SLUICE_SLUICE})
  void aBackupThatSleptDoesNotTakeOver(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.2")).start();
    Wire wire = duo.wire();
    duo.awaitAdverts(duo.preferred, 3);
    long begin = System.nanoTime();
    for (int i = 0; i < 3; i++) {
      duo.other.process().signal("STOP");
      duo.awaitAdverts(duo.preferred, 8);
      duo.other.process().signal("CONT");
      duo.awaitAdverts(duo.preferred, 4);
    }
    assertThat(wire.adverts(begin, Duo.OTHER)).isEmpty();
    assertThat(duo.preferredAlone()).isTrue();
  }

  /** A master that overslept its own down interval listens before it speaks. */
  @Scenario({SLUICE_KEEPALIVED, SLUICE_SLUICE})
  void aMasterThatSleptListensBeforeItSpeaks(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.3");
    Duo duo =
        new Duo(lab, pairing, conf.priority(150).line("nopreempt"), conf.priority(100)).start();
    Wire wire = duo.wire();
    duo.preferred.process().signal("STOP");
    duo.await("the other to take over", () -> duo.other.holds(Duo.VIP));
    duo.awaitAdverts(duo.other, 3);
    long wakes = System.nanoTime();
    duo.preferred.process().signal("CONT");
    duo.await("the sleeper to notice that it is no longer master", duo::otherAlone);
    duo.awaitAdverts(duo.other, WELL_PAST_DOWN);
    assertThat(wire.adverts(wakes, Duo.PREFERRED)).isEmpty();
  }

  /** What the socket could not keep is not silence: whoever wakes hears first. */
  @Scenario({KEEPALIVED_SLUICE, SLUICE_SLUICE})
  void aBackupWhoseBufferOverflowedWhileItSleptDoesNotTakeOver(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.05");
    Duo duo =
        new Duo(
                lab,
                pairing,
                conf.priority(150),
                conf.priority(100).line("kernel_rx_buf_size 3000"))
            .start();
    Wire wire = duo.wire();
    duo.awaitAdverts(duo.preferred, 3);
    long begin = System.nanoTime();
    for (int i = 0; i < 5; i++) {
      duo.other.process().signal("STOP");
      duo.awaitAdverts(duo.preferred, 40);
      duo.other.process().signal("CONT");
      duo.awaitAdverts(duo.preferred, 10);
    }
    assertThat(wire.adverts(begin, Duo.OTHER)).isEmpty();
    assertThat(duo.counter(duo.other, "overslept")).isPositive();
    assertThat(duo.preferredAlone()).isTrue();
  }

  /** A lease outlives the daemon: who restarts alone still has somebody to yield to. */
  @Scenario(SLUICE_SLUICE)
  void aLeaseIsRememberedOverARestart(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.3").line("vip_lease 20");
    Duo duo = new Duo(lab, pairing, conf.priority(150), conf.priority(100)).startOther();
    duo.preferred.start();
    duo.await("the preferred one to preempt", duo::preferredAlone);
    duo.await("its lease to run", () -> leaseRuns(duo));
    duo.segment.isolate(duo.preferred.host());
    duo.preferred.kill();
    duo.preferred.start();
    duo.await(
        "it to be MASTER again, alone",
        () -> duo.instance(duo.preferred).get("state").text().equals("MASTER"));
    duo.await("its lease to run, though it heard nobody", () -> leaseRuns(duo));
  }

  private static boolean leaseRuns(Duo duo) {
    return duo.preferred.host().ip("addr", "show", "to", Duo.VIP).contains("dynamic");
  }

  /** V-73 and better: a fault on one link is told on the others, where silence would be 6 s. */
  @Scenario({SLUICE_SLUICE, SLUICE_KEEPALIVED})
  void aSyncGroupIsReleasedOnEveryLinkAtOnce(Lab lab, Pairing pairing) {
    Conf base = Conf.v3("2").line("state MASTER");
    Conf other = Conf.v3("2");
    Duo duo =
        new Duo(
            lab,
            pairing,
            FeatureTest.synced(base.priority(200), FeatureTest.second(base.priority(200))),
            FeatureTest.synced(other.priority(100), FeatureTest.second(other.priority(100))));
    Segment inside = lab.segment("inside");
    inside.join(duo.preferred.host(), "eth1", "10.91.0.1/24");
    inside.join(duo.other.host(), "eth1", "10.91.0.2/24");
    Wire wire = duo.wire();
    duo.start();
    duo.awaitAdverts(duo.preferred, 1);
    long cut = System.nanoTime();
    inside.cut(duo.preferred.host(), "eth1");
    duo.await("priority 0 on the link that lives", () -> zero(wire, cut) >= 0);
    if (pairing == SLUICE_SLUICE) {
      duo.await(
          "both addresses to move",
          () -> duo.otherAlone() && duo.other.holds(FeatureTest.SECOND_VIP));
      Seen.Advert first = wire.firstAdvert(cut, Duo.OTHER).orElseThrow();
      // The skew is 1.2 s; a down interval 7.2 s.
      assertThat(Duration.ofNanos(first.nanos() - zero(wire, cut)))
          .isLessThan(Duration.ofSeconds(5));
    }
  }

  private static long zero(Wire wire, long since) {
    return wire.adverts(since, Duo.PREFERRED).stream()
        .filter(advert -> advert.priority() == 0)
        .mapToLong(Seen.Advert::nanos)
        .findFirst()
        .orElse(-1);
  }

  /** nopreempt_strict: a sitting master is not unseated by a better one that asks politely. */
  @Scenario(SLUICE_SLUICE)
  void aSittingMasterIsNotUnseated(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.3").line("nopreempt_strict");
    Duo duo = Duo.of(lab, pairing, conf).startOther();
    duo.awaitAdverts(duo.other, WELL_PAST_DOWN);
    duo.segment.isolate(duo.preferred.host());
    duo.preferred.start();
    duo.await("the newcomer to be MASTER behind its dead port", duo::bothHold);
    duo.segment.readmit(duo.preferred.host());
    duo.await("the newcomer to yield, or the sitting one after a while", () -> !duo.bothHold());
    duo.awaitAdverts(duo.preferredAlone() ? duo.preferred : duo.other, WELL_PAST_DOWN);
    assertThat(duo.bothHold()).isFalse();
  }

  /**
   * The same against a newcomer that knows nothing of it and insists: it has to wait for as long as
   * a dead master would have made it, and there is one master in the end.
   */
  @Scenario(KEEPALIVED_SLUICE)
  void aSittingMasterMakesAKeepalivedWait(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.5");
    Duo duo =
        new Duo(lab, pairing, conf.priority(150), conf.priority(100).line("nopreempt_strict"))
            .startOther();
    Wire wire = duo.wire();
    duo.awaitAdverts(duo.other, WELL_PAST_DOWN);
    long begin = System.nanoTime();
    duo.preferred.start();
    duo.await("the newcomer to bid", () -> wire.firstAdvert(begin, Duo.PREFERRED).isPresent());
    long bid = wire.firstAdvert(begin, Duo.PREFERRED).orElseThrow().nanos();
    duo.await("the one that insists to be MASTER, alone", duo::preferredAlone);
    List<Seen.Advert> answers = wire.adverts(bid, Duo.OTHER);
    // Master_Down_Interval of the sitting one is 1.8 s.
    assertThat(answers).as("it answered").hasSizeGreaterThanOrEqualTo(2);
    assertThat(Duration.ofNanos(answers.getLast().nanos() - bid))
        .isGreaterThan(Duration.ofSeconds(1));
    assertThat(duo.other.process().log()).contains("nopreempt_strict: we stay unless it insists");
    duo.awaitAdverts(duo.preferred, WELL_PAST_DOWN);
    assertThat(duo.preferredAlone()).isTrue();
  }

  /** In a pair nobody else can answer priority 0: why wait for the skew, here 6 s? */
  @Scenario({KEEPALIVED_SLUICE, SLUICE_SLUICE})
  void inAPairAReleaseIsTakenAtOnce(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("10");
    Duo duo =
        new Duo(
            lab,
            pairing,
            conf.priority(255).line("state MASTER").unicast(Duo.PREFERRED, Duo.OTHER),
            conf.priority(100).unicast(Duo.OTHER, Duo.PREFERRED));
    Wire wire = duo.wire();
    duo.start();
    duo.await(
        "the backup to have heard its master",
        () -> duo.instance(duo.other).get("master").text().equals(Duo.PREFERRED));
    long begin = System.nanoTime();
    duo.preferred.process().signal("TERM");
    duo.await("the other to take over", duo::otherAlone);
    Seen.Advert release =
        wire.adverts(begin, Duo.PREFERRED).stream()
            .filter(advert -> advert.priority() == 0)
            .findFirst()
            .orElseThrow();
    Seen.Advert first = wire.firstAdvert(begin, Duo.OTHER).orElseThrow();
    assertThat(Duration.ofNanos(first.nanos() - release.nanos())).isLessThan(Duration.ofSeconds(3));
  }
}
