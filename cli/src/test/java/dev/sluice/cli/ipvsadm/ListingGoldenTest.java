package dev.sluice.cli.ipvsadm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * lvs.md f.2, f.3: listings and saves byte for byte, made from the rules that made the originals.
 */
@Tag("golden")
class ListingGoldenTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "10-Ln",
        "11-L",
        "13-Ln-sort",
        "14-stats",
        "15-rate",
        "16-stats-exact",
        "17-thresholds",
        "18-persistent",
        "19-tun-info",
        "20-timeout",
        "21-daemon-none",
        "22-one",
        "23-one-missing",
        "24-one-fwm",
        "25-conn-empty",
        "26-save",
        "27-save-n",
        "34-stats-one",
        "35-stats-rate-both",
        "36-l-list"
      })
  void isPrintedAsTheOriginalDoes(String name) {
    expect(Recordings.read(name + ".txt"), Tables.recorded());
  }

  @ParameterizedTest
  @ValueSource(strings = {"01-version", "02-empty", "03-noargs", "39b-stop"})
  void withoutServices(String name) {
    Recordings.Recording recording = Recordings.read(name + ".txt");
    if (name.equals("39b-stop")) {
      // No daemon runs here, and so none can be stopped.
      assertThat(Run.of(new MemoryTable(), recording.words()).exitCode()).isEqualTo(255);
      return;
    }
    expect(recording, new MemoryTable());
  }

  @Test
  void theKernelsOrder() {
    Recordings.Recording recording = Recordings.read("12-Ln-nosort.txt");
    expect(recording, Tables.inOrder(Tables.recorded(), recording.output()));
  }

  @Test
  void theSaveScriptPrintsTheSame() {
    assertThat(Run.of(Tables.recorded(), List.of("-S", "-n")).out())
        .isEqualTo(Recordings.read("28-ipvsadm-save.txt").output());
  }

  private static void expect(Recordings.Recording recording, Table table) {
    Run run = Run.of(table, recording.words());
    assertThat(run.out() + run.err()).isEqualTo(recording.output());
    assertThat(run.exitCode()).isEqualTo(recording.exitCode());
  }
}
