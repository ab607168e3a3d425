package dev.sluice.config.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code t1}: a TCP check, definition 1; {@code m2}: a script, definition 2. */
class CheckerPairingTest {
  private static List<Checker> checkers(String names) {
    var pace = new Checker.Pace(Duration.ZERO, 1, Duration.ZERO, Duration.ZERO, false);
    var list = new ArrayList<Checker>();
    for (String name : names.isEmpty() ? new String[0] : names.split(" ", -1)) {
      int n = name.charAt(1) - '0';
      list.add(
          name.charAt(0) == 't'
              ? new Checker.Tcp(
                  new Checker.Connection(
                      InetAddress.ofLiteral("10.0.0.1"), n, null, 0, null, 0, Duration.ZERO),
                  pace)
              : new Checker.Misc(new Script(List.of("/m" + n), null), Duration.ZERO, false, pace));
    }
    return list;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          t1 t2    | t1 t2    | 0 1
          t1 t2    | t2 t1    | 1 0
          t1       | t2 t1    | -1 0
          t1 t2    | t2       | 1
          t1       | t2       | 0
          t1       | m1       | 0
          t1 m1    | t1 m2    | 0 1
          t1 t2    | t3 t1    | 1 0
          t1 m2    | t3 t1    | -1 0
          t1 t1    | t1       | 0
          t1       | t1 t1    | 0 -1
          ''       | t1       | -1
          """)
  void pairs(String before, String after, String from) {
    int[] got = CheckerPairing.pair(checkers(before), checkers(after));
    assertThat(Arrays.stream(got).mapToObj(String::valueOf).toList())
        .isEqualTo(List.of(from.split(" ", -1)));
  }
}
