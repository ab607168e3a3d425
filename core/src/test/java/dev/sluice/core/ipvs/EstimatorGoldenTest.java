package dev.sluice.core.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.core.api.IpvsTable;
import dev.sluice.lvs.Plane.Counters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** lvs.md g: the kernel's rates, row by row. */
@Tag("golden")
class EstimatorGoldenTest {
  private static List<String> recording() throws IOException {
    String root = System.getProperty("sluice.root");
    Assumptions.assumeTrue(root != null, "sluice.root is not set");
    for (String up : List.of("..", "../..")) {
      Path file = Path.of(root, up, "shared/reference/golden/ipvs/estimator.tsv").normalize();
      if (Files.exists(file)) {
        return Files.readAllLines(file);
      }
    }
    return Assumptions.abort("no recordings beside " + root);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "7.3"})
  void everyRow(String kernel) throws IOException {
    var estimator = new Estimator();
    var shown = new ArrayList<IpvsTable.Statistics>();
    var expected = new ArrayList<IpvsTable.Statistics>();
    for (String line : recording()) {
      String[] words = line.split("\t", -1);
      if (!words[0].equals(kernel)) {
        continue;
      }
      long[] n = Arrays.stream(words, 2, 12).mapToLong(Long::parseLong).toArray();
      var counters = new Counters(n[0], n[1], n[2], n[3], n[4]);
      if (!expected.isEmpty()) {
        estimator.tick(counters);
      }
      shown.add(estimator.shown(counters));
      expected.add(
          new IpvsTable.Statistics(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9]));
    }
    assertThat(expected).isNotEmpty();
    assertThat(shown).isEqualTo(expected);
  }

  @Test
  void zeroCountsFromHere() {
    var estimator = new Estimator();
    var before = new Counters(10, 20, 30, 40, 50);
    estimator.tick(before);
    estimator.zero(before);
    assertThat(estimator.shown(before)).isEqualTo(IpvsTable.Statistics.ZERO);
    assertThat(estimator.shown(new Counters(11, 22, 33, 44, 55)))
        .isEqualTo(new IpvsTable.Statistics(1, 2, 3, 4, 5, 0, 0, 0, 0, 0));
  }
}
