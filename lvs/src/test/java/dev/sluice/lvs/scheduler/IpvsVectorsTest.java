package dev.sluice.lvs.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lvs.golden.IpvsVectors;
import dev.sluice.lvs.golden.IpvsVectors.Add;
import dev.sluice.lvs.golden.IpvsVectors.Delete;
import dev.sluice.lvs.golden.IpvsVectors.Edit;
import dev.sluice.lvs.golden.IpvsVectors.Open;
import dev.sluice.lvs.golden.IpvsVectors.Step;
import dev.sluice.lvs.golden.IpvsVectors.Unknown;
import dev.sluice.lvs.golden.IpvsVectors.Vector;
import dev.sluice.lvs.scheduler.Scheduler.Pick;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The pure schedulers choose as the kernel's IPVS did. */
@Tag("golden")
class IpvsVectorsTest {

  @TestFactory
  Stream<DynamicTest> schedulersChooseAsRecorded() {
    List<Vector> vectors =
        IpvsVectors.file("sched-conn.tsv").map(IpvsVectors::read).orElse(List.of());
    Assumptions.assumeFalse(vectors.isEmpty(), "the recordings are not beside this repository");
    return vectors.stream().map(v -> DynamicTest.dynamicTest(v.id(), () -> replay(v)));
  }

  private static void replay(Vector vector) {
    vector.obstacle().ifPresent(Assumptions::abort);
    Scheduler<String> scheduler = Scheduler.<String>named(vector.scheduler()).orElseThrow();
    int number = 0;
    for (Step step : vector.steps()) {
      number++;
      switch (step) {
        case Add a -> scheduler = scheduler.add(a.server(), a.weight());
        case Edit e -> scheduler = scheduler.edit(e.server(), e.weight());
        case Delete d -> scheduler = scheduler.remove(d.server());
        case Open o -> {
          Pick<String> pick = scheduler.pick();
          String chosen = pick.key();
          assertThat(chosen == null ? "REFUSED" : chosen)
              .as("step %d of %s (%s)", number, vector.id(), vector.description())
              .isEqualTo(o.chosen());
          scheduler = pick.next();
        }
        case Unknown u -> throw new AssertionError(u);
      }
    }
  }
}
