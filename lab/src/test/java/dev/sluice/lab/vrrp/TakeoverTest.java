package dev.sluice.lab.vrrp;

import static dev.sluice.lab.vrrp.Pairing.FRR_SLUICE;
import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_SLUICE;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_FRR;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_SLUICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.IcmpProbe;
import dev.sluice.lab.Lab;
import dev.sluice.lab.Wire;
import java.time.Duration;

/** The master goes: by a crash, in order, with its interface, or behind a dead switch. */
class TakeoverTest {
  /** What a busy machine may add to any of these. */
  private static final Duration SLACK = Duration.ofSeconds(4);

  @Scenario({
    KEEPALIVED_SLUICE,
    SLUICE_KEEPALIVED,
    SLUICE_SLUICE,
    SLUICE_FRR,
    FRR_SLUICE,
    KEEPALIVED_KEEPALIVED
  })
  void crashVersion2(Lab lab, Pairing pairing) {
    crash(Duo.of(lab, pairing, Conf.v2("1")), Duration.ofMillis(3610));
  }

  @Scenario({
    SLUICE_KEEPALIVED,
    KEEPALIVED_SLUICE,
    SLUICE_SLUICE,
    SLUICE_FRR,
    FRR_SLUICE,
    KEEPALIVED_KEEPALIVED
  })
  void crashVersion3AtOneSecond(Lab lab, Pairing pairing) {
    crash(Duo.of(lab, pairing, Conf.v3("1")), Duration.ofMillis(3610));
  }

  @Scenario({
    FRR_SLUICE,
    SLUICE_KEEPALIVED,
    KEEPALIVED_SLUICE,
    SLUICE_SLUICE,
    SLUICE_FRR,
    KEEPALIVED_KEEPALIVED
  })
  void crashVersion3AtATenth(Lab lab, Pairing pairing) {
    crash(Duo.of(lab, pairing, Conf.v3("0.1")), Duration.ofMillis(361));
  }

  /**
   * On a busy machine 30 ms of silence may be no crash: what counts is how it ends. FRR's device is
   * told to go up and down at each of its errors and may stay down while it believes to be MASTER.
   */
  @Scenario({KEEPALIVED_SLUICE, SLUICE_KEEPALIVED, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void crashVersion3AtAHundredth(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.01")).start();
    duo.await("the preferred one to be alone", duo::preferredAlone);
    duo.segment.isolate(duo.preferred.host());
    duo.preferred.kill();
    duo.await("the other to take over", () -> duo.other.holds(Duo.VIP));
    duo.awaitAdverts(duo.other, 20);
    comeBack(duo);
  }

  private static void crash(Duo duo, Duration downInterval) {
    duo.start();
    IcmpProbe client = duo.client();
    duo.segment.isolate(duo.preferred.host());
    duo.preferred.kill();
    duo.await("the other to take over", () -> duo.other.holds(Duo.VIP));
    duo.await("the client to reach it", client::answersNow);
    client.close();
    assertThat(client.longestGapMillis()).isLessThan((double) downInterval.plus(SLACK).toMillis());
    duo.awaitAdverts(duo.other, 3);
    comeBack(duo);
  }

  /** Nobody removed the VIP of the killed daemon: it finds it at its start and has it properly. */
  private static void comeBack(Duo duo) {
    duo.segment.readmit(duo.preferred.host());
    duo.preferred.start();
    duo.await("the returning master to take it back", duo::preferredAlone);
  }

  /** V-70. An owner starts at once, so silence can be made long: 30 s. */
  @Scenario({SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, SLUICE_FRR})
  void sigtermHandsOverAtOnce(Lab lab, Pairing pairing) {
    Conf conf = Conf.v2("10");
    Duo duo = new Duo(lab, pairing, conf.priority(255).line("state MASTER"), conf.priority(100));
    Wire wire = duo.wire();
    duo.start();
    long term = System.nanoTime();

    duo.preferred.process().signal("TERM");

    Duration took = duo.await("the other to take over", duo::otherAlone);
    assertThat(took).isLessThan(Duration.ofSeconds(15));
    assertThat(wire.adverts(term, Duo.PREFERRED))
        .anySatisfy(advert -> assertThat(advert.priority()).isZero());
    duo.preferred.process().terminate(Duo.DEADLINE);
    assertThat(duo.preferred.process().exitStatus()).isZero();
  }

  /** FRR cannot be an owner: its handover is told from silence by the skew, 1.2 s against 7.2. */
  @Scenario(FRR_SLUICE)
  void sigtermOfFrrHandsOverAfterTheSkew(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("2"));
    Wire wire = duo.wire();
    duo.start();
    duo.awaitAdverts(duo.preferred, 1);
    long term = System.nanoTime();
    duo.preferred.process().signal("TERM");
    duo.await("the other to take over", duo::otherAlone);
    long release =
        wire.adverts(term, Duo.PREFERRED).stream()
            .filter(advert -> advert.priority() == 0)
            .findFirst()
            .orElseThrow()
            .nanos();
    assertThat(wire.firstAdvert(release, Duo.OTHER))
        .hasValueSatisfying(first ->
            assertThat(Duration.ofNanos(first.nanos() - release))
                .isLessThan(Duration.ofSeconds(4)));
  }

  @Scenario({SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, KEEPALIVED_KEEPALIVED})
  void unicastPeersElectTakeOverAndPreempt(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.3");
    Duo duo =
        new Duo(
            lab,
            pairing,
            conf.priority(150).unicast(Duo.PREFERRED, Duo.OTHER),
            conf.priority(100).unicast(Duo.OTHER, Duo.PREFERRED));
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    duo.start();
    assertThat(wire.adverts(begin))
        .isNotEmpty()
        .allSatisfy(advert -> assertThat(advert.destination()).isEqualTo(Duo.OTHER));
    duo.preferred.kill();
    duo.await("the other to take over", () -> duo.other.holds(Duo.VIP));
    duo.preferred.start();
    duo.await("the killed master to take it back", duo::preferredAlone);
  }

  /** V-65, V-66. */
  @Scenario({SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE, SLUICE_FRR, FRR_SLUICE})
  void aMasterWithoutCarrierGivesUpAndComesBack(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.3")).start();
    duo.segment.cut(duo.preferred.host());
    duo.await("the other to take over, and it alone", duo::otherAlone);
    duo.segment.mend(duo.preferred.host());
    duo.await("the preferred one to come back", duo::preferredAlone);
  }

  @Scenario({KEEPALIVED_SLUICE, SLUICE_KEEPALIVED, SLUICE_SLUICE, SLUICE_FRR, FRR_SLUICE})
  void aPartitionMakesTwoMastersAndHealingMakesOne(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.3")).start();
    duo.segment.isolate(duo.other.host());
    duo.await("both to be MASTER", duo::bothHold);
    duo.segment.readmit(duo.other.host());
    duo.await("the lower priority to yield", duo::preferredAlone);
    duo.awaitAdverts(duo.preferred, 12);
    assertThat(duo.preferredAlone()).isTrue();
  }
}
