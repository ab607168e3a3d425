package dev.sluice.lvs.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lvs.scheduler.Scheduler.Pick;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SequenceTest {

  private static Scheduler<String> wrr(int... weights) {
    Scheduler<String> s = Scheduler.<String>named("wrr").orElseThrow();
    for (int i = 0; i < weights.length; i++) {
      s = s.add(String.valueOf((char) ('a' + i)), weights[i]);
    }
    return s;
  }

  private static String text(List<String> picks) {
    return picks.stream().collect(Collectors.joining());
  }

  private static String picks(Scheduler<String> from, int count) {
    StringBuilder picked = new StringBuilder();
    Scheduler<String> s = from;
    for (int i = 0; i < count; i++) {
      Pick<String> pick = s.pick();
      picked.append(pick.key());
      s = pick.next();
    }
    return picked.toString();
  }

  @Test
  void wrrHasAPreambleAndAPeriod() {
    Sequence<String> s = Sequence.of(wrr(7, 3, 2), 1000);
    assertThat(s.preamble() + s.period()).isEqualTo(s.picks().size());
    assertThat(s.period()).isEqualTo(12);
    assertThat(text(s.picks())).startsWith("cbaaaaabacba");
  }

  @Test
  void withoutUsableServersItIsEmpty() {
    assertThat(Sequence.of(wrr(0, 0), 100).picks()).isEmpty();
    assertThat(Sequence.of(wrr(), 100).period()).isZero();
  }

  @Test
  void weightsBeyondTheLimitAreScaled() {
    Sequence<String> s = Sequence.of(wrr(65535, 32768, 1), 4096);
    assertThat(s.exact()).isFalse();
    assertThat(s.picks().size()).isLessThanOrEqualTo(4096);
    long a = s.picks().stream().skip(s.preamble()).filter("a"::equals).count();
    long b = s.picks().stream().skip(s.preamble()).filter("b"::equals).count();
    long c = s.picks().stream().skip(s.preamble()).filter("c"::equals).count();
    assertThat((double) a / b).isBetween(1.99, 2.01);
    assertThat(c).isEqualTo(1);
  }

  @Test
  void aServerThatGoesAndComesBackIsTheNewest() {
    Scheduler<String> rr = new RoundRobin<String>(List.of(), -1).add("a", 1).add("b", 1);
    assertThat(picks(rr, 4)).isEqualTo("baba");
    assertThat(picks(rr.remove("a").add("a", 1), 4)).isEqualTo("abab");
  }

  /** What the plane does equals what the scheduler does, whenever a change comes. */
  @RepeatedTest(20)
  void afterSoManyPicksItIsWhereTheSchedulerIs() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int[] weights = random.ints(1 + random.nextInt(6), 0, 9).toArray();
    Scheduler<String> start = random.nextBoolean() ? wrr(weights) : rr(weights);
    Sequence<String> sequence = Sequence.of(start, 1000);
    if (sequence.picks().isEmpty()) {
      return;
    }
    int count = random.nextInt(500);
    List<String> ring = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at =
          i < sequence.preamble()
              ? i
              : sequence.preamble() + (i - sequence.preamble()) % sequence.period();
      ring.add(sequence.picks().get(at));
    }
    assertThat(text(ring)).as("seed %d", seed).isEqualTo(picks(start, count));
    Scheduler<String> after = sequence.after(count, start);
    assertThat(picks(after.add("z", 3), 50))
        .as("seed %d", seed)
        .isEqualTo(picks(advanced(start, count).add("z", 3), 50));
  }

  private static Scheduler<String> rr(int... weights) {
    Scheduler<String> s = Scheduler.<String>named("rr").orElseThrow();
    for (int i = 0; i < weights.length; i++) {
      s = s.add(String.valueOf((char) ('a' + i)), weights[i]);
    }
    return s;
  }

  private static Scheduler<String> advanced(Scheduler<String> from, int count) {
    Scheduler<String> s = from;
    for (int i = 0; i < count; i++) {
      s = s.pick().next();
    }
    return s;
  }
}
