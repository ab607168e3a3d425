package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.golden.IpvsVectors;
import dev.sluice.lvs.golden.IpvsVectors.Add;
import dev.sluice.lvs.golden.IpvsVectors.Delete;
import dev.sluice.lvs.golden.IpvsVectors.Edit;
import dev.sluice.lvs.golden.IpvsVectors.Open;
import dev.sluice.lvs.golden.IpvsVectors.Step;
import dev.sluice.lvs.golden.IpvsVectors.Unknown;
import dev.sluice.lvs.golden.IpvsVectors.Vector;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The programs choose as the kernel's IPVS did, through every change of the table. */
@Tag("golden")
@Tag("xdp")
class RingGoldenTest {

  @TestFactory
  Stream<DynamicTest> programsChooseAsRecorded() {
    List<Vector> vectors =
        IpvsVectors.file("sched-conn.tsv").map(IpvsVectors::read).orElse(List.of());
    Assumptions.assumeFalse(vectors.isEmpty(), "the recordings are not beside this repository");
    return vectors.stream().map(v -> DynamicTest.dynamicTest(v.id(), () -> replay(v)));
  }

  private static void replay(Vector vector) {
    vector.obstacle().ifPresent(Assumptions::abort);
    try (Rig rig = Rig.open()) {
      Map<String, Integer> servers = new LinkedHashMap<>();
      int port = 20000;
      rig.apply(Rig.table(Rig.WEB, vector.scheduler(), List.of()));
      for (Step step : vector.steps()) {
        switch (step) {
          case Add a -> servers.put(a.server(), a.weight());
          case Edit e -> servers.put(e.server(), e.weight());
          case Delete d -> servers.remove(d.server());
          case Open o -> {
            Outcome out = rig.send(Hook.XDP, Frame.tcp().from("198.51.100.1", port++));
            String chosen = out.forwarded(Hook.XDP) ? "10.2.0." + out.server() + ":80" : "REFUSED";
            assertThat(chosen).as("port %d of %s", port - 1, vector.id()).isEqualTo(o.chosen());
            continue;
          }
          case Unknown u -> throw new AssertionError(u);
        }
        List<Real> reals = new ArrayList<>();
        servers.forEach((server, weight) ->
            reals.add(
                new Real(
                    new RealKey(Rig.ip(server.split(":", -1)[0]), 80),
                    weight,
                    ForwardingMethod.DR)));
        rig.apply(Rig.table(Rig.WEB, vector.scheduler(), reals));
      }
    }
  }
}
