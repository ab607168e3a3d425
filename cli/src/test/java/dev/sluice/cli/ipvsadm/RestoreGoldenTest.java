package dev.sluice.cli.ipvsadm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** lvs.md f.3: saves and restores, with the original's holes, and without them by --full. */
@Tag("golden")
class RestoreGoldenTest {
  private static String input(String file) {
    return String.join("\n", Recordings.lines(file)) + "\n";
  }

  @Test
  void whatWasSavedIsRestored() {
    String rules = input("restore-input.txt");
    var table = new MemoryTable();
    assertThat(Run.of(table, List.of("-R"), rules)).isEqualTo(new Run(0, "", ""));
    assertThat(Run.of(table, List.of("-Sn")).out()).isEqualTo(rules);
    Recordings.Recording thresholds = Recordings.read("a1-thresholds-after-restore.txt");
    assertThat(Run.of(table, thresholds.words()).out()).isEqualTo(thresholds.output());
  }

  @Test
  void theFirstWrongLineEndsIt() {
    Recordings.Recording recording = Recordings.read("a2-restore-odd.txt");
    String rules = input("restore-odd-input.txt");
    var table = new MemoryTable();
    Run run = Run.of(table, List.of("-R"), rules);
    assertThat(run.exitCode()).isEqualTo(recording.exitCode());
    assertThat(run.err()).isEqualTo(recording.output());
    assertThat(Run.of(table, List.of("-Sn")).out())
        .isEqualTo(Recordings.read("a3-after-odd.txt").output());
  }

  @Test
  void aLargeMarkIsSavedAsNobodyReadsIt() {
    Recordings.Recording recording = Recordings.read("99a-restore-bigmark.txt");
    var table = new MemoryTable();
    Run run = Run.of(table, List.of("-R"), Recordings.read("27-save-n.txt").output());
    assertThat(run.exitCode()).isEqualTo(recording.exitCode());
    assertThat(run.err()).isEqualTo(recording.output());
    assertThat(Run.of(table, List.of("-Sn")).out())
        .isEqualTo(Recordings.read("99b-after.txt").output());
  }

  @Test
  void aRefusedLineDoesNotEndIt() {
    var table = new MemoryTable();
    Run run =
        Run.of(
            table, List.of("-R"), "-a -t 192.0.2.50:99 -r 10.0.0.2:80 -m\n-A -t 192.0.2.51:80\n");
    assertThat(run.err()).isEqualTo("Service not defined\n");
    assertThat(Run.of(table, List.of("-Sn")).out()).isEqualTo("-A -t 192.0.2.51:80 -s wlc\n");
  }

  @Test
  void fullSavesLoseNothing() {
    Table table = Tables.recorded();
    String saved = Run.of(table, List.of("-S", "-n", "--full")).out();
    assertThat(saved).contains("-f 4294967295 -6", "-x 1000 -y 500");
    var again = new MemoryTable();
    assertThat(Run.of(again, List.of("-R"), saved)).isEqualTo(new Run(0, "", ""));
    assertThat(again.services()).isEqualTo(table.services());
  }

  @Test
  void timeouts() {
    Recordings.Recording recording = Recordings.read("a5-set.txt");
    var table = new MemoryTable();
    assertThat(Run.of(table, List.of("--set", "1000", "100", "10")).exitCode()).isZero();
    assertThat(Run.of(table, List.of("-Ln", "--timeout")).out()).isEqualTo(recording.output());
    assertThat(Run.of(table, List.of("-Z")).exitCode()).isZero();
  }
}
