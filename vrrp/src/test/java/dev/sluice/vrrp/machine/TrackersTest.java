package dev.sluice.vrrp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.TrackedScript;
import dev.sluice.vrrp.machine.ScriptHealth.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackersTest {

  @ParameterizedTest
  @CsvSource({
    "20, false, true, 20",
    "20, false, false, 0",
    "-20, false, true, 0",
    "-20, false, false, -20",
    "20, true, true, 0",
    "20, true, false, 20",
    "-20, true, true, -20",
    "-20, true, false, 0",
  })
  void weights(int weight, boolean reverse, boolean up, int contribution) {
    assertThat(Trackers.contribution(weight, reverse, up)).isEqualTo(contribution);
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

  @Test
  void anUnknownScriptOfWeightAddsNothingAndOneWithoutHoldsTheStart() {
    assertThat(Trackers.script(new TrackedScript("chk", -20, false), Status.UNKNOWN))
        .containsExactly(new MachineEvent.TermSet(EffectivePriority.Source.SCRIPT, "chk", 0));
    assertThat(Trackers.script(new TrackedScript("chk", 0, false), Status.UNKNOWN))
        .containsExactly(
            new MachineEvent.FaultRaised(new FaultReason(FaultReason.Kind.SCRIPT_PENDING, "chk")));
  }
}
