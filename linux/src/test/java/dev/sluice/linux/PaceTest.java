package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  /** Near the clock's end, as System.nanoTime may begin anywhere. */
  private static final long BEGIN = Math.subtractExact(Long.MAX_VALUE, 500L);

  private final Pace pace = new Pace(3, 100, BEGIN);

  @Test
  void aBurstNeedsNoRestAndAStormGetsOneTurnAnInterval() {
    long now = BEGIN;
    assertThat(pace.restNanos(now)).isZero();
    assertThat(pace.restNanos(now)).isZero();
    assertThat(pace.restNanos(now)).isZero();
    for (int i = 0; i < 20; i++) {
      assertThat(pace.restNanos(now)).isEqualTo(100);
      now += 100;
    }
  }

  @Test
  void aQuietTimeGivesTheBurstBack() {
    for (int i = 0; i < 5; i++) {
      long _ = pace.restNanos(BEGIN);
    }
    assertThat(pace.restNanos(BEGIN)).isEqualTo(300);
    assertThat(pace.restNanos(BEGIN + 1000)).isZero();
    assertThat(pace.restNanos(BEGIN + 1000)).isZero();
    assertThat(pace.restNanos(BEGIN + 1000)).isZero();
    assertThat(pace.restNanos(BEGIN + 1000)).isEqualTo(100);
  }

  @Test
  void whoTurnsSeldomNeverRests() {
    for (int i = 0; i < 50; i++) {
      assertThat(pace.restNanos(BEGIN + i * 100L)).isZero();
    }
  }
}
