package dev.sluice.cli.ipvsadm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** lvs.md f.1: every wrong line of the recording gets the original's exit code and text. */
@Tag("golden")
class ErrorsGoldenTest {
  /** Another user is a matter of the socket; daemons do not run yet, so these two are refused. */
  private static final List<String> ELSEWHERE =
      List.of("su nobody", "--start-daemon master --mcast-interface nosuch0");

  static Stream<String> lines() {
    return Recordings.lines("errors.tsv").stream()
        .filter(l -> !l.startsWith("#") && !l.isBlank())
        .filter(l -> ELSEWHERE.stream().noneMatch(l::contains));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void isRefusedAsTheOriginalDoes(String line) {
    String[] fields = line.split("\t", -1);
    List<String> words = List.of(fields[0].strip().split(" +", -1));
    Table table = Tables.recorded();
    Run run = Run.of(table, words.subList(1, words.size()));
    if (fields[0].contains("-Ln -t 192.0.2.10:88")) {
      // The line before it added this service.
      Run.of(table, List.of("-A", "-t", "192.0.2.10:88", "-s", "none"));
      run = Run.of(table, words.subList(1, words.size()));
    }
    assertThat(run.exitCode()).isEqualTo(Integer.parseInt(fields[1]));
    assertThat(joined(run.out() + run.err())).isEqualTo(fields[2].stripTrailing());
  }

  private static String joined(String text) {
    return text.strip()
        .replace("\n", " \\n ")
        .replace("-f \\n", "-f \\n")
        .concat(text.endsWith("\n\n") ? " \\n" : "");
  }
}
