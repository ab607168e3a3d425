package dev.sluice.core.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.TrackProcess;
import dev.sluice.config.model.TrackProcess.Match;
import dev.sluice.linux.Processes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** keepalived.md 5.2, without a kernel. */
class ProcessTrackingTest {
  private static TrackProcess tracked(Match match, boolean full, String... command) {
    return new TrackProcess(
        "p",
        List.of(command),
        match,
        full,
        0,
        false,
        1,
        Integer.MAX_VALUE,
        Duration.ZERO,
        Duration.ZERO);
  }

  private static Processes.Running process(int pid, String name, String... line) {
    return new Processes.Running(pid, name, List.of(line), false);
  }

  @Test
  void matchesByShortNameOrCommandLine() {
    Processes.Running java = process(1, "a-very-long-nam", "/opt/bin/a-very-long-name", "-v", "x");
    assertThat(ProcessMatch.matches(tracked(Match.NONE, false, "a-very-long-name"), java)).isTrue();
    assertThat(ProcessMatch.matches(tracked(Match.NONE, false, "a-very"), java)).isFalse();
    assertThat(ProcessMatch.matches(tracked(Match.NONE, true, "/opt/bin/a-very-long-name"), java))
        .isTrue();
    assertThat(ProcessMatch.matches(tracked(Match.NONE, true, "/bin/a-very-long-name"), java))
        .isFalse();
    assertThat(ProcessMatch.matches(tracked(Match.NONE, true, "a-very-long-name"), java)).isTrue();
    assertThat(ProcessMatch.matches(tracked(Match.EXACT, false, "a-very-long-name", "-v"), java))
        .isFalse();
    assertThat(
            ProcessMatch.matches(tracked(Match.EXACT, false, "a-very-long-name", "-v", "x"), java))
        .isTrue();
    assertThat(ProcessMatch.matches(tracked(Match.INITIAL, false, "a-very-long-name", "-v"), java))
        .isTrue();
    assertThat(ProcessMatch.matches(tracked(Match.PARTIAL, false, "a-very-long-name", "x"), java))
        .isTrue();
    assertThat(ProcessMatch.matches(tracked(Match.INITIAL, false, "a-very-long-name", "x"), java))
        .isFalse();
    assertThat(
            ProcessMatch.matches(
                tracked(Match.NONE, false, "z"), new Processes.Running(2, "z", List.of(), true)))
        .as("a zombie")
        .isFalse();
  }

  @Test
  void countsForksRunsOfOtherProgramsAndEnds() {
    var table = new ProcessTable();
    TrackProcess nginx = tracked(Match.NONE, false, "nginx");
    table.reset(List.of(nginx), List.of(process(10, "nginx", "nginx"), process(11, "sh", "sh")));
    assertThat(table.count("p")).isEqualTo(1);
    table.forked(10, 12);
    table.forked(11, 13);
    assertThat(table.count("p")).isEqualTo(2);
    table.seen(process(12, "sh", "sh", "-c", "true"));
    table.seen(process(13, "nginx", "nginx"));
    table.seen(process(13, "nginx", "nginx"));
    assertThat(table.count("p")).isEqualTo(2);
    table.gone(10);
    table.gone(10);
    table.gone(99);
    assertThat(table.count("p")).isEqualTo(1);
  }

  private static TrackProcess delayed(int quorum, int most, int fork, int terminate) {
    return new TrackProcess(
        "p",
        List.of("x"),
        Match.NONE,
        false,
        0,
        false,
        quorum,
        most,
        Duration.ofSeconds(terminate),
        Duration.ofSeconds(fork));
  }

  @Test
  void quorumHasALeastAndAMostNumber() {
    TrackProcess two = delayed(2, 3, 0, 0);
    Quorum quorum = Quorum.first(two, 1);
    assertThat(quorum.up()).isFalse();
    quorum = quorum.on(two, 2, 0);
    assertThat(quorum.up()).isTrue();
    assertThat(quorum.on(two, 4, 0).up()).isFalse();
    assertThat(quorum.evidence(two)).isEqualTo("2 run, 2 to 3 wanted");
  }

  @Test
  void aChangeCountsAfterItsDelayIfItStillHolds() {
    TrackProcess config = delayed(1, Integer.MAX_VALUE, 5, 2);
    long second = 1_000_000_000L;
    Quorum quorum = Quorum.first(config, 1).on(config, 0, 10 * second);
    assertThat(quorum.up()).isTrue();
    assertThat(quorum.dueNanos()).isEqualTo(12 * second);
    assertThat(quorum.on(config, 1, 11 * second).dueNanos()).isEqualTo(Quorum.NONE);
    assertThat(quorum.on(config, 0, 11 * second).up()).isTrue();
    Quorum down = quorum.on(config, 0, 12 * second);
    assertThat(down.up()).isFalse();
    Quorum rising = down.on(config, 1, 20 * second);
    assertThat(rising.dueNanos()).isEqualTo(25 * second);
    // More of them do not begin the wait anew.
    assertThat(rising.on(config, 2, 24 * second).on(config, 3, 25 * second).up()).isTrue();
  }
}
