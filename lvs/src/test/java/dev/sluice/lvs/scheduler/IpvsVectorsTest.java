package dev.sluice.lvs.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lvs.golden.IpvsVectors;
import dev.sluice.lvs.golden.IpvsVectors.Close;
import dev.sluice.lvs.golden.IpvsVectors.Delete;
import dev.sluice.lvs.golden.IpvsVectors.Open;
import dev.sluice.lvs.golden.IpvsVectors.Server;
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

/** The schedulers that only remember their last choice choose as the kernel's IPVS did. */
@Tag("golden")
class IpvsVectorsTest {

  @TestFactory
  Stream<DynamicTest> schedulersChooseAsRecorded() {
    List<Vector> vectors =
        IpvsVectors.file("sched-conn.tsv").map(IpvsVectors::read).orElse(List.of());
    Assumptions.assumeFalse(vectors.isEmpty(), "the recordings are not beside this repository");
    return vectors.stream()
        .filter(v -> Scheduler.named(v.scheduler()).isPresent() && v.obstacle().isEmpty())
        .filter(v -> v.steps().stream().noneMatch(s -> s instanceof Server r && r.upper() > 0))
        .map(v -> DynamicTest.dynamicTest(v.id(), () -> replay(v)));
  }

  private static void replay(Vector vector) {
    Scheduler<String> scheduler = Scheduler.<String>named(vector.scheduler()).orElseThrow();
    int number = 0;
    for (Step step : vector.steps()) {
      number++;
      switch (step) {
        case Server s when s.added() -> scheduler = scheduler.add(s.server(), s.weight());
        case Server s -> scheduler = scheduler.edit(s.server(), s.weight());
        case Close _ -> {}
        case IpvsVectors.Datagram _, IpvsVectors.Sysctl _, IpvsVectors.Sleep _ ->
            throw new AssertionError(step);
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
