package dev.sluice.vrrp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.machine.EffectivePriority.Source;
import dev.sluice.vrrp.machine.ScriptHealth.Status;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackersTest {
  private static final InstanceState FRESH =
      InstanceState.initial(Specimens.settings().priority(100).build(), VrrpTimers.NONE);

  private static FaultReason reason(FaultReason.Kind kind, String subject) {
    return new FaultReason(kind, subject);
  }

  /**
   * V-63; the reversed rows as keepalived 2.2.7 was seen to count: 9 reverse on 100 is 91 or 100.
   */
  @ParameterizedTest
  @CsvSource({
    "20, false, true, 20",
    "20, false, false, 0",
    "-20, false, true, 0",
    "-20, false, false, -20",
    "9, true, true, -9",
    "9, true, false, 0",
    "-7, true, true, 0",
    "-7, true, false, 7",
    "0, false, true, 0",
    "0, false, false, 0",
  })
  void weights(int weight, boolean reverse, boolean up, int contribution) {
    assertThat(Trackers.contribution(weight, reverse, up)).isEqualTo(contribution);
  }

  @ParameterizedTest
  @CsvSource({
    "2, false, 3, 6, false", // keepalived.md 10.1: 90 becomes 96
    "-3, false, 3, -9, false",
    "-3, false, -200, 254, false", // seen with keepalived 2.2.7
    "2, false, -200, 0, true",
    "2, false, -126, -252, false",
    "2, false, -127, 0, true",
    "1, true, 254, 0, true",
    "1, true, -5, 5, false",
    "1, false, 9223372036854775807, 254, false",
    "254, false, -9223372036854775808, 0, true",
    "0, false, 0, 0, false",
    "0, false, 1, 0, true",
    "0, false, -1, 0, true",
    "0, true, 0, 0, true",
    "0, true, 7, 0, false",
  })
  void numbersInFiles(int weight, boolean reverse, long value, int term, boolean fault) {
    Trackers.Verdict verdict =
        Trackers.judge(new Tracked(Source.FILE, "f", weight, reverse), new Reading.Amount(value));
    assertThat(verdict.term()).isEqualTo(term);
    assertThat(verdict.fault())
        .isEqualTo(fault ? reason(FaultReason.Kind.TRACKED_FILE, "f") : null);
  }

  @Test
  void withoutWeightBadIsAFaultAndReversedGoodIs() {
    for (Source source : Source.values()) {
      Tracked plain = new Tracked(source, "x", 0, false);
      Tracked reversed = new Tracked(source, "x", 0, true);
      assertThat(Trackers.judge(plain, new Reading.Up()).fault()).isNull();
      assertThat(Trackers.judge(plain, new Reading.Down()).fault()).isNotNull();
      assertThat(Trackers.judge(reversed, new Reading.Up()).fault()).isNotNull();
      assertThat(Trackers.judge(reversed, new Reading.Down()).fault()).isNull();
      assertThat(Trackers.judge(plain, new Reading.Unknown()).fault()).isNull();
    }
  }

  @Test
  void onlyWhatDiffersIsToldAndTheNewFaultBeforeTheOldOneGoes() {
    Tracked chk = new Tracked(Source.SCRIPT, "chk", 0, false);
    assertThat(Trackers.tell(chk, new Reading.Up(), FRESH)).isEmpty();
    assertThat(Trackers.tell(chk, new Reading.Pending(), FRESH))
        .containsExactly(
            new MachineEvent.FaultRaised(reason(FaultReason.Kind.SCRIPT_PENDING, "chk")));
    InstanceState pending = FRESH.with(reason(FaultReason.Kind.SCRIPT_PENDING, "chk"));
    assertThat(Trackers.tell(chk, new Reading.Down(), pending))
        .containsExactly(
            new MachineEvent.FaultRaised(reason(FaultReason.Kind.SCRIPT_FAILED, "chk")),
            new MachineEvent.FaultCleared(reason(FaultReason.Kind.SCRIPT_PENDING, "chk")));
    assertThat(Trackers.forget(chk, pending))
        .containsExactly(
            new MachineEvent.FaultCleared(reason(FaultReason.Kind.SCRIPT_PENDING, "chk")));
  }

  /** A line that got a weight at reload no longer makes a fault, and the reverse. */
  @Test
  void aWeightThatCameOrWentLeavesNothingBehind() {
    InstanceState failed = FRESH.with(reason(FaultReason.Kind.SCRIPT_FAILED, "chk"));
    assertThat(
            Trackers.tell(
                new Tracked(Source.SCRIPT, "chk", -20, false), new Reading.Down(), failed))
        .containsExactly(
            new MachineEvent.TermSet(Source.SCRIPT, "chk", -20),
            new MachineEvent.FaultCleared(reason(FaultReason.Kind.SCRIPT_FAILED, "chk")));
    InstanceState weighted = FRESH.with(FRESH.priority().with(Source.SCRIPT, "chk", -20));
    assertThat(
            Trackers.tell(
                new Tracked(Source.SCRIPT, "chk", 0, false), new Reading.Down(), weighted))
        .containsExactly(
            new MachineEvent.FaultRaised(reason(FaultReason.Kind.SCRIPT_FAILED, "chk")),
            new MachineEvent.TermSet(Source.SCRIPT, "chk", 0));
  }

  @Test
  void riseAndFallCountConsecutiveResultsAndTheFirstDecides() {
    ScriptHealth health = ScriptHealth.initial(2, 3, false);
    assertThat(health.status()).isEqualTo(Status.UNKNOWN);
    health = health.on(true);
    assertThat(health.status()).isEqualTo(Status.UP);
    health = health.on(false).on(false).on(true).on(false).on(false);
    assertThat(health.status()).isEqualTo(Status.UP);
    health = health.on(false);
    assertThat(health.status()).isEqualTo(Status.DOWN);
    health = health.on(true);
    assertThat(health.status()).isEqualTo(Status.DOWN);
    assertThat(health.on(true).status()).isEqualTo(Status.UP);
    assertThat(ScriptHealth.initial(2, 3, false).on(false).status()).isEqualTo(Status.DOWN);
  }

  @Test
  void initFailCountsAsFailedUntilTheFirstSuccess() {
    ScriptHealth health = ScriptHealth.initial(5, 1, true);
    assertThat(health.status()).isEqualTo(Status.DOWN);
    assertThat(health.on(true).status()).isEqualTo(Status.UP);
  }

  /** keepalived.md 14.2: a script's state is kept with its command and user only. */
  @Test
  void anotherCommandKeepsTheStandingUntilItsFirstResultWhichDecides() {
    ScriptHealth health = ScriptHealth.initial(3, 3, false).on(true).undecided();
    assertThat(health.status()).isEqualTo(Status.UP);
    assertThat(health.on(false).status()).isEqualTo(Status.DOWN);
  }

  @Test
  void termsAreListedInAnOrderOfTheirOwn() {
    EffectivePriority priority =
        EffectivePriority.of(100)
            .with(Source.FILE, "f", 6)
            .with(Source.SCRIPT, "b", -20)
            .with(Source.SCRIPT, "a", 5);
    assertThat(priority.describe()).isEqualTo("base 100 +5 a −20 b +6 f");
    assertThat(priority.terms())
        .isEqualTo(
            List.of(
                new EffectivePriority.Term(Source.SCRIPT, "a", 5),
                new EffectivePriority.Term(Source.SCRIPT, "b", -20),
                new EffectivePriority.Term(Source.FILE, "f", 6)));
  }
}
