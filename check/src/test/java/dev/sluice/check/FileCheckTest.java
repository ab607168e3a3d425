package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.FileNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckTest {
  @TempDir Path folder;

  private static Checker.FileValue check(Path file, int weight, boolean reverse) {
    return new Checker.FileValue(
        "load",
        file.toString(),
        weight,
        reverse,
        Checks.pace(Duration.ofHours(1), 1, Duration.ofHours(1), false));
  }

  @Test
  void theNumberMovesTheWeightAtOnceWhenTheFileChanges() throws IOException {
    Path file = folder.resolve("load");
    Files.writeString(file, "2\n");
    var recorder = new Recorder();
    try (var engine = CheckEngine.start(recorder)) {
      engine.apply(List.of(new CheckTarget(Checks.id(1, 0), check(file, 10, false))));
      CheckResult first = recorder.first();
      assertThat(first.dynamicWeight()).isEqualTo(20);
      assertThat(first.up()).isTrue();
      // The next round is an hour away: only inotify can tell.
      Files.writeString(file, "-254\n");
      CheckResult down = recorder.await(r -> r.outcome() != null && !r.up());
      assertThat(down.evidence()).isEqualTo(file + " holds -254, down at -254 and below");
      Files.writeString(file, "-3\n");
      CheckResult up = recorder.await(r -> r.up() && r.evidence().contains("-3"));
      assertThat(up.dynamicWeight()).isEqualTo(-30);
    }
  }

  @Test
  void reverseAndExtremesStayInRange() {
    Path file = Path.of("/f");
    assertThat(
            FileAttempt.outcome(check(file, 3, true), FileNumber.of("/f", "2"), 0).dynamicWeight())
        .isEqualTo(-6);
    assertThat(
            FileAttempt.outcome(
                    check(file, 2_000_000_000, false), FileNumber.of("/f", "99999999999"), 0)
                .dynamicWeight())
        .isEqualTo(Integer.MAX_VALUE);
  }
}
