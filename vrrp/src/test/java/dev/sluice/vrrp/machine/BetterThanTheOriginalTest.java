package dev.sluice.vrrp.machine;

import static dev.sluice.vrrp.VrrpState.BACKUP;
import static dev.sluice.vrrp.VrrpState.MASTER;
import static dev.sluice.vrrp.machine.Specimens.HIGHER;
import static dev.sluice.vrrp.machine.Specimens.LOWER;
import static dev.sluice.vrrp.machine.Specimens.SECOND;
import static dev.sluice.vrrp.machine.Specimens.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.GarpSettings;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.machine.InstanceState.Phase;
import dev.sluice.vrrp.machine.Specimens.Bench;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the machine does that keepalived does not. */
class BetterThanTheOriginalTest {
  private static final long MILLI = 1_000_000L;
  private static final long DOWN = VrrpTimers.masterDownNanos(3, 100, SECOND, 3);

  private static boolean speaks(Bench bench) {
    return bench.actions.stream().anyMatch(a -> a instanceof Action.SendAdvert);
  }

  private static long counted(Bench bench, VrrpCounter counter) {
    return bench.actions.stream()
        .mapToLong(a -> a instanceof Action.Count(var c, long by) && c == counter ? by : 0)
        .sum();
  }

  @Nested
  class ConflictRepair {
    @Test
    @DisplayName("the winner announces again at once, after 1 s and after 10 s")
    void announcesThreeTimes() {
      GarpSettings garp =
          new GarpSettings(Duration.ZERO, 5, Duration.ZERO, 1, Duration.ZERO, 2, Duration.ZERO);
      Bench bench = Bench.master(settings().garp(garp)).advert(50, LOWER);
      long met = bench.now;
      assertThat(bench.actions)
          .contains(new Action.ConflictWon(LOWER, 50), new Action.AnnounceAddresses(2));
      List<Long> announced = new ArrayList<>();
      while (bench.now < met + 30 * SECOND) {
        bench.runToDeadline();
        if (bench.actions.contains(new Action.AnnounceAddresses(2))) {
          announced.add(bench.now - met);
        }
      }
      assertThat(announced).containsExactly(SECOND, 10 * SECOND);
    }

    @Test
    @DisplayName("one conflict is one event, and its time is counted")
    void isCounted() {
      Bench bench = Bench.master(settings());
      long wins = 0;
      long millis = 0;
      for (int i = 0; i < 5; i++) {
        bench.pass(300 * MILLI).advert(50, LOWER);
        wins += counted(bench, VrrpCounter.CONFLICT_WON);
        millis += counted(bench, VrrpCounter.DUAL_MASTER_MILLIS);
      }
      assertThat(wins).isEqualTo(1);
      assertThat(millis).isEqualTo(1200);
      for (int i = 0; i < 10; i++) {
        bench.runToDeadline();
      }
      bench.advert(50, LOWER);
      assertThat(counted(bench, VrrpCounter.CONFLICT_WON)).isEqualTo(1);
      assertThat(counted(bench, VrrpCounter.DUAL_MASTER_MILLIS)).isZero();
    }
  }

  @Nested
  class Stalls {
    @Test
    @DisplayName("V-77 silence counts from the receipt of the last advert")
    void silenceCountsFromReceipt() {
      Bench bench = Bench.started(settings());
      long woke = bench.now + 60 * SECOND;
      // The kernel received it 59.9 s into the stall; the driver gives it with that time.
      bench.now = woke - SECOND / 10;
      bench.advert(150, LOWER);
      bench.now = woke;
      bench.give(VrrpMachine.tick());
      assertThat(bench.state.kind()).isEqualTo(BACKUP);
      assertThat(bench.untilDeadline()).isEqualTo(DOWN - SECOND / 10);
    }

    @Test
    @DisplayName("a backup that was held up, or lost packets, hears first whether somebody speaks")
    void silenceThatProvesNothing() {
      Map.of(
              new MachineEvent.HeldUp(),
              VrrpCounter.OVERSLEPT,
              VrrpMachine.lost(),
              VrrpCounter.ADVERTS_LOST)
          .forEach((event, counter) -> {
            Bench bench = Bench.started(settings()).advert(150, LOWER);
            bench.now = bench.deadline();
            bench.give(event);
            assertThat(bench.state.kind()).isEqualTo(BACKUP);
            assertThat(counted(bench, counter)).isEqualTo(1);
            // An interval, and the skew that leaves a better one its turn.
            assertThat(bench.untilDeadline()).isEqualTo(DOWN - 2 * SECOND);
            bench.give(VrrpMachine.tick());
            assertThat(bench.state.kind()).isEqualTo(BACKUP);
            bench.pass(SECOND / 2).advert(150, LOWER);
            assertThat(bench.untilDeadline()).isEqualTo(DOWN);
            bench.runToDeadline();
            assertThat(bench.state.kind()).isEqualTo(MASTER);
          });
    }

    @Test
    @DisplayName("a backup that stood still until just before its timer hears first, too")
    void aPauseThatEndsBeforeTheTimer() {
      VrrpRouter router = new VrrpRouter();
      router.add(settings().build(), 0);
      long heard = SECOND;
      router.on("VI_1", VrrpMachine.tick(), 0);
      router.on("VI_1", new MachineEvent.AdvertSeen(150, SECOND, LOWER), heard);
      // Half an interval overdue: the first look at ourselves.
      assertThat(router.deadlineNanos()).isEqualTo(heard + SECOND * 3 / 2);
      long woke = heard + DOWN - 1;
      assertThat(router.woke(woke)).isNotEmpty();
      router.tick("VI_1", heard + DOWN);
      assertThat(router.state("VI_1").kind()).isEqualTo(BACKUP);
      while (router.deadlineNanos() < woke + DOWN - 2 * SECOND) {
        router.tick("VI_1", router.deadlineNanos());
        assertThat(router.state("VI_1").kind()).isEqualTo(BACKUP);
      }
      router.tick("VI_1", router.deadlineNanos());
      assertThat(router.state("VI_1").kind()).isEqualTo(MASTER);
    }

    @Test
    @DisplayName("a backup on time takes over when its timer ends, however often it looked")
    void lookingCostsNothing() {
      VrrpRouter router = new VrrpRouter();
      router.add(settings().build(), 0);
      router.on("VI_1", VrrpMachine.tick(), 0);
      router.on("VI_1", new MachineEvent.AdvertSeen(150, SECOND, LOWER), SECOND);
      int looks = 0;
      while (router.deadlineNanos() < SECOND + DOWN) {
        assertThat(router.woke(router.deadlineNanos())).isEmpty();
        router.tick("VI_1", router.deadlineNanos());
        looks++;
      }
      assertThat(looks).isEqualTo(5);
      router.tick("VI_1", SECOND + DOWN);
      assertThat(router.state("VI_1").kind()).isEqualTo(MASTER);
    }

    @Test
    @DisplayName("a backup that is always a little late takes over all the same")
    void alwaysLate() {
      VrrpRouter router = new VrrpRouter();
      router.add(settings().build(), 0);
      router.on("VI_1", VrrpMachine.tick(), 0);
      router.on("VI_1", new MachineEvent.AdvertSeen(150, SECOND, LOWER), SECOND);
      long now = 0;
      for (int i = 0; i < 30 && router.state("VI_1").kind() == BACKUP; i++) {
        now = router.deadlineNanos() + SECOND / 3;
        router.woke(now);
        router.tick("VI_1", now);
      }
      assertThat(router.state("VI_1").kind()).isEqualTo(MASTER);
      assertThat(now).isLessThan(SECOND + DOWN + 3 * 2 * SECOND);
    }

    @Test
    @DisplayName("the last advert of one that yields does not shorten the timer of the others")
    void aPassingInterval() {
      Bench bench = Bench.started(settings()).advert(200, HIGHER).pass(SECOND / 2);
      MachineEvent.AdvertSeen quick = new MachineEvent.AdvertSeen(150, SECOND / 10, LOWER);
      bench.give(quick);
      assertThat(bench.untilDeadline()).isEqualTo(DOWN - SECOND / 2);
      // It speaks again: then it is the master, and its interval counts (V-51).
      bench.pass(SECOND / 10).give(quick);
      assertThat(bench.untilDeadline())
          .isEqualTo(VrrpTimers.masterDownNanos(3, 100, SECOND / 10, 3));
    }

    @Test
    @DisplayName("a master that said that it leaves is gone, whatever was lost since")
    void whatWasLostAfterARelease() {
      Bench bench = Bench.started(settings()).advert(150, LOWER).advert(0, LOWER);
      bench.now = bench.deadline();
      bench.give(VrrpMachine.lost()).give(VrrpMachine.tick());
      assertThat(bench.state.kind()).isEqualTo(MASTER);
    }

    @Test
    @DisplayName("a master that overslept its own down interval listens before it speaks")
    void listensFirst() {
      Bench bench = Bench.master(settings());
      bench.now = bench.deadline() + 5 * SECOND;
      bench.give(VrrpMachine.tick());
      assertThat(speaks(bench)).isFalse();
      assertThat(counted(bench, VrrpCounter.OVERSLEPT)).isEqualTo(1);
      assertThat(bench.state.kind()).isEqualTo(MASTER);
      bench.pass(SECOND).give(VrrpMachine.tick());
      assertThat(speaks(bench)).isTrue();
      assertThat(bench.untilDeadline()).isEqualTo(SECOND);
    }

    @Test
    @DisplayName("who took over meanwhile keeps it, if it wins")
    void yieldsToTheBetter() {
      Bench bench = Bench.master(settings());
      bench.now = bench.deadline() + 5 * SECOND;
      bench.give(VrrpMachine.tick()).advert(150, LOWER);
      assertThat(bench.state.kind()).isEqualTo(BACKUP);
    }

    @Test
    @DisplayName("under nopreempt also if it loses, and no last advert drives it away")
    void yieldsUnderNopreempt() {
      Bench bench = Bench.master(settings().nopreempt().higherPrioSendAdvert());
      bench.now = bench.deadline() + 5 * SECOND;
      bench.advert(50, LOWER);
      assertThat(bench.state.kind()).isEqualTo(BACKUP);
      assertThat(speaks(bench)).isFalse();
    }

    @Test
    @DisplayName("V-75 timer_expired_backup: too late steps back")
    void timerExpiredBackup() {
      Bench bench = Bench.master(settings().nopreempt().timerExpiredBackup(254));
      long late = VrrpTimers.masterDownNanos(3, 254, SECOND, 3) - SECOND;
      bench.now += SECOND + late;
      assertThat(speaks(bench.give(VrrpMachine.tick()))).isTrue();
      bench.now += SECOND + late + 1;
      bench.give(VrrpMachine.tick());
      assertThat(bench.state.kind()).isEqualTo(BACKUP);
      assertThat(bench.untilDeadline()).isEqualTo(DOWN);
    }

    @Test
    @DisplayName("V-78 a learned interval below the wire's tick counts as one tick")
    void tinyInterval() {
      Bench bench = Bench.started(settings());
      bench.give(new MachineEvent.AdvertSeen(150, 1, LOWER));
      assertThat(bench.untilDeadline()).isGreaterThan(3 * VrrpTimers.CENTISECOND);
    }
  }

  @Nested
  class FastRelease {
    @Test
    @DisplayName("V-52 in a pair priority 0 of the master takes over at once")
    void skipsTheSkew() {
      Bench bench = Bench.started(settings().fastRelease()).advert(150, LOWER);
      bench.pass(SECOND / 2).advert(0, LOWER);
      assertThat(bench.untilDeadline()).isZero();
      bench.give(VrrpMachine.tick());
      assertThat(bench.state.kind()).isEqualTo(MASTER);
    }

    @Test
    @DisplayName("priority 0 of another than the master is ignored and counted")
    void strangersAreIgnored() {
      Bench bench = Bench.started(settings().fastRelease()).advert(150, LOWER);
      long deadline = bench.deadline();
      bench.pass(SECOND / 2).advert(0, HIGHER);
      assertThat(bench.deadline()).isEqualTo(deadline);
      assertThat(counted(bench, VrrpCounter.PRIORITY_ZERO_IGNORED)).isEqualTo(1);
      assertThat(((Phase.Backup) bench.state.phase()).master()).isEqualTo(LOWER);
    }

    @Test
    @DisplayName("before any master was heard priority 0 means the skew, as the RFC says")
    void nobodyKnown() {
      Bench bench = Bench.started(settings().fastRelease()).advert(0, LOWER);
      assertThat(bench.untilDeadline()).isEqualTo(VrrpTimers.skewNanos(3, 100, SECOND));
    }

    @Test
    @DisplayName("said twice, it does not wind the timer up again")
    void saidTwice() {
      Bench bench = Bench.started(settings()).advert(150, LOWER).advert(0, LOWER);
      long deadline = bench.deadline();
      bench.pass(MILLI).advert(0, LOWER);
      assertThat(bench.deadline()).isEqualTo(deadline);
    }

    @Test
    @DisplayName("vrrp_strict: the RFC's skew, whoever says it")
    void strict() {
      Bench bench = Bench.started(settings().strict()).advert(150, LOWER);
      bench.pass(SECOND / 2).advert(0, HIGHER);
      assertThat(bench.untilDeadline()).isEqualTo(VrrpTimers.skewNanos(3, 100, SECOND));
    }

    @Test
    @DisplayName("V-53 a master answers it at once")
    void masterAnswers() {
      assertThat(speaks(Bench.master(settings().fastRelease()).advert(0, LOWER))).isTrue();
    }
  }

  @Nested
  class NopreemptStrict {
    private Bench sitting() {
      Bench sitting = Bench.master(settings().nopreemptStrict());
      long since = sitting.now;
      while (sitting.now < since + 2 * DOWN) {
        sitting.runToDeadline();
      }
      return sitting;
    }

    @Test
    @DisplayName("a sitting master outlasts a newcomer, which steps back after an interval")
    void newcomerStepsBack() {
      Bench sitting = sitting().advert(200, HIGHER);
      assertThat(sitting.state.kind()).isEqualTo(MASTER);
      assertThat(speaks(sitting)).isTrue();
      Bench newcomer = Bench.master(settings().nopreemptStrict().priority(200));
      newcomer.advert(100, LOWER);
      assertThat(newcomer.state.kind()).isEqualTo(MASTER);
      // What comes within the interval may be the last advert of another newcomer.
      newcomer.pass(SECOND / 2).advert(100, LOWER);
      assertThat(newcomer.state.kind()).isEqualTo(MASTER);
      newcomer.pass(SECOND / 2).advert(100, LOWER);
      assertThat(newcomer.state.kind()).isEqualTo(BACKUP);
      assertThat(speaks(newcomer)).isFalse();
    }

    @Test
    @DisplayName("one that insists, as keepalived does, is given way to after a down interval")
    void insistence() {
      Bench sitting = sitting();
      long first = sitting.now;
      while (sitting.advert(200, HIGHER).state.kind() == MASTER) {
        sitting.pass(SECOND / 2).give(VrrpMachine.tick());
      }
      assertThat(sitting.now - first).isBetween(DOWN, DOWN + SECOND);
    }
  }

  @Nested
  class Chain {
    @Test
    @DisplayName("the decisions that led to the state are remembered, oldest first")
    void ofDecisions() {
      Bench bench = Bench.started(settings()).advert(150, LOWER);
      bench.advert(150, LOWER).advert(0, LOWER).runToDeadline();
      assertThat(bench.state.decisions())
          .extracting(Decision::text)
          .containsExactly(
              "started",
              "10.77.0.1 has the higher priority",
              "10.77.0.1 left (priority 0)",
              "master 10.77.0.1 left");
      assertThat(bench.state.decisions().getLast().state()).isEqualTo(MASTER);
      assertThat(bench.state.decisions().getLast().terms()).isEqualTo("base 100");
    }

    @Test
    @DisplayName("a priority of ours that moved is weighed against the same master anew")
    void ofOurOwnPriority() {
      Bench bench = Bench.started(settings()).advert(90, LOWER);
      bench.give(new MachineEvent.TermSet(EffectivePriority.Source.SCRIPT, "chk", -20));
      bench.advert(90, LOWER).advert(90, LOWER);
      assertThat(bench.state.decisions())
          .extracting(Decision::text)
          .containsExactly(
              "started",
              "10.77.0.1 bids lower than we: we take over when the timer ends",
              "10.77.0.1 has the higher priority");
      assertThat(bench.state.decisions().getLast().priority()).isEqualTo(80);
    }

    @Test
    @DisplayName("a master that is contested keeps in mind why it stayed")
    void ofAContest() {
      Bench bench = Bench.started(settings()).runToDeadline().advert(50, LOWER);
      bench.advert(50, LOWER);
      assertThat(bench.state.decisions().getLast().text())
          .isEqualTo("10.77.0.1 claims to be master with the lower priority: it has to yield");
      assertThat(bench.state.decisions()).hasSize(3);
    }
  }
}
