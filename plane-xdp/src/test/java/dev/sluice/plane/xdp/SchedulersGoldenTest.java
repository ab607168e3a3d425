package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.golden.IpvsVectors;
import dev.sluice.lvs.golden.IpvsVectors.Close;
import dev.sluice.lvs.golden.IpvsVectors.Datagram;
import dev.sluice.lvs.golden.IpvsVectors.Delete;
import dev.sluice.lvs.golden.IpvsVectors.Open;
import dev.sluice.lvs.golden.IpvsVectors.Server;
import dev.sluice.lvs.golden.IpvsVectors.Step;
import dev.sluice.lvs.golden.IpvsVectors.Sysctl;
import dev.sluice.lvs.golden.IpvsVectors.Unknown;
import dev.sluice.lvs.golden.IpvsVectors.Vector;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The programs choose as the kernel's IPVS did, through every change of the table. */
@Tag("golden")
@Tag("xdp")
class SchedulersGoldenTest {

  @TestFactory
  Stream<DynamicTest> programsChooseAsRecorded() {
    List<Vector> vectors =
        Stream.of("sched-conn.tsv", "sched-hash.tsv", "udp-persist.tsv")
            .flatMap(file -> IpvsVectors.file(file).stream())
            .flatMap(file -> IpvsVectors.read(file).stream())
            .toList();
    Assumptions.assumeFalse(vectors.isEmpty(), "the recordings are not beside this repository");
    return vectors.stream().map(v -> DynamicTest.dynamicTest(v.id(), () -> replay(v)));
  }

  private static void replay(Vector vector) {
    vector.obstacle().ifPresent(Assumptions::abort);
    try (Rig rig = Rig.open()) {
      Map<String, Server> servers = new LinkedHashMap<>();
      Map<Integer, Open> open = new HashMap<>();
      apply(rig, vector, servers);
      for (Step step : vector.steps()) {
        switch (step) {
          case Server s -> {
            servers.put(s.server(), s);
            apply(rig, vector, servers);
          }
          case Delete d -> {
            servers.remove(d.server());
            apply(rig, vector, servers);
          }
          case Open o -> {
            assertThat(open(rig, o)).as("%s of %s", o, vector.id()).isEqualTo(o.chosen());
            open.put(o.number(), o);
          }
          case Close c -> {
            Open o = Objects.requireNonNull(open.remove(c.number()));
            send(rig, o, c.reset() ? Frame.RST : Frame.FIN | Frame.ACK);
          }
          case Datagram d -> {
            Frame frame = Frame.udp().from(d.client(), d.clientPort()).at("192.0.2.10", 53);
            String chosen = server(rig, rig.send(Hook.XDP, frame));
            assertThat(chosen).as("%s of %s", d, vector.id()).isEqualTo(d.chosen());
          }
          case Sysctl s -> {
            assertThat(s.name()).isEqualTo("expire_quiescent_template");
            rig.plane.set(new Knobs(1, false, false, false, s.value() == 1));
          }
          case Unknown u -> throw new AssertionError(u);
        }
      }
    }
  }

  private static String open(Rig rig, Open o) {
    Outcome out = send(rig, o, Frame.SYN);
    send(rig, o, Frame.ACK);
    if (!o.held()) {
      send(rig, o, Frame.RST);
    }
    return server(rig, out);
  }

  private static String server(Rig rig, Outcome out) {
    if (!out.forwarded(Hook.XDP)) {
      return "REFUSED";
    }
    int last = out.server();
    return rig.plane.counters().getFirst().reals().stream()
        .map(r -> r.key().toString())
        .filter(key -> key.startsWith("10.2.0." + last + ":"))
        .findFirst()
        .orElseThrow();
  }

  private static Outcome send(Rig rig, Open o, int flags) {
    return rig.send(Hook.XDP, Frame.tcp().from(o.client(), o.clientPort()).flags(flags));
  }

  private static void apply(Rig rig, Vector vector, Map<String, Server> servers) {
    List<Real> reals = new ArrayList<>();
    servers.forEach((name, s) -> {
      String[] words = name.split(":", -1);
      RealKey key = new RealKey(Rig.ip(words[0]), Integer.parseInt(words[1]));
      reals.add(new Real(key, s.weight(), ForwardingMethod.DR, s.upper(), s.lower()));
    });
    rig.apply(
        new ServiceTable(
            List.of(
                new ServiceTable.Service(
                    vector.service().startsWith("-u") ? Rig.DNS : Rig.WEB,
                    vector.scheduling(),
                    vector.persistence(),
                    reals))));
  }
}
