package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.lvs.Plane.Connection;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Persistence;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.Scheduling;
import dev.sluice.lvs.golden.IpvsVectors;
import dev.sluice.plane.xdp.Rig.Hook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** What a SYN on an old entry does, by conn_reuse_mode: server and state after every packet. */
@Tag("golden")
@Tag("xdp")
class ConnReuseGoldenTest {

  @TestFactory
  Stream<DynamicTest> casesAreAsRecorded() throws IOException {
    Optional<Path> file = IpvsVectors.file("conn-reuse.tsv");
    Assumptions.assumeTrue(file.isPresent(), "the recordings are not beside this repository");
    Map<String, List<String[]>> cases = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file.orElseThrow())) {
      String[] f = line.split("\t", -1);
      if (!line.startsWith("#") && f.length >= 7) {
        cases.computeIfAbsent(f[0], _ -> new ArrayList<>()).add(f);
      }
    }
    return cases.entrySet().stream()
        .map(c -> DynamicTest.dynamicTest(c.getKey(), () -> replay(c.getKey(), c.getValue())));
  }

  private static void replay(String name, List<String[]> packets) {
    boolean nat = packets.getFirst()[2].startsWith("-m");
    ForwardingMethod method = nat ? ForwardingMethod.NAT : ForwardingMethod.DR;
    try (Rig rig = Rig.open()) {
      Knobs.Builder knobs = Knobs.IPVS.with();
      assertThat(knobs.set("conn_reuse_mode", Integer.parseInt(packets.getFirst()[1]))).isTrue();
      rig.plane.set(knobs.build());
      List<Real> reals =
          Rig.reals(1, 1, 1).stream().map(r -> new Real(r.key(), 1, method)).toList();
      Persistence persistence = name.contains("-p60") ? new Persistence(60, 32) : Persistence.NONE;
      rig.apply(
          new ServiceTable(
              List.of(new ServiceTable.Service(Rig.WEB, Scheduling.of("rr"), persistence, reals))));
      String server = "";
      for (String[] packet : packets) {
        int flags = flags(packet[4].substring(2));
        if (packet[4].startsWith("i:")) {
          assertThat(rig.send(Hook.XDP, Frame.tcp().flags(flags)).forwarded(Hook.XDP)).isTrue();
        } else {
          Frame answer = Frame.tcp().from(server, 80).at("198.51.100.1", 40000);
          var _ = rig.send(Hook.XDP, answer.flags(flags));
        }
        Connection after =
            rig.plane.connections(3).stream()
                .filter(c -> c.clientPort() != 0)
                .findFirst()
                .orElseThrow();
        server = after.real().address().getHostAddress();
        assertThat(List.of(server, after.state()))
            .as("%s packet %s %s", name, packet[3], packet[4])
            .isEqualTo(List.of(packet[5], packet[6]));
      }
    }
  }

  private static int flags(String text) {
    return switch (text) {
      case "S" -> Frame.SYN;
      case "SA" -> Frame.SYN | Frame.ACK;
      case "A" -> Frame.ACK;
      case "FA" -> Frame.FIN | Frame.ACK;
      case "R" -> Frame.RST;
      default -> throw new AssertionError(text);
    };
  }
}
