package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lvs.Plane.Connection;
import dev.sluice.lvs.golden.IpvsVectors;
import dev.sluice.plane.xdp.Rig.Hook;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Every TCP transition that was recorded from the kernel's IPVS in direct routing. */
@Tag("golden")
@Tag("xdp")
class TcpStatesGoldenTest {

  @TestFactory
  Stream<DynamicTest> transitionsAreAsRecorded() throws IOException {
    Optional<Path> file = IpvsVectors.file("tcp-states.tsv");
    Assumptions.assumeTrue(file.isPresent(), "the recordings are not beside this repository");
    List<DynamicTest> tests = new ArrayList<>();
    for (String line : Files.readAllLines(file.orElseThrow())) {
      String[] f = line.split("\t", -1);
      if (!line.startsWith("#") && f.length >= 7) {
        tests.add(
            DynamicTest.dynamicTest(
                f[0] + " " + f[1] + " secure_tcp " + f[2] + ": " + f[3] + " " + f[4],
                () -> check(f)));
      }
    }
    return tests.stream();
  }

  private static void check(String[] row) {
    Assumptions.assumeTrue(row[1].equals("droute"), "NAT is not built yet");
    Assumptions.assumeTrue(row[2].equals("0"), "secure_tcp is not built yet");
    boolean none = row[3].equals("NONE");
    Assumptions.assumeTrue(
        !none || row[4].startsWith("i:S"), "sloppy_tcp (an entry without SYN) is not built yet");
    int flags =
        switch (row[4]) {
          case "i:S" -> Frame.SYN;
          case "i:SA" -> Frame.SYN | Frame.ACK;
          case "i:A" -> Frame.ACK;
          case "i:FA" -> Frame.FIN | Frame.ACK;
          case "i:R" -> Frame.RST;
          case "i:P" -> Frame.PSH;
          default -> throw new AssertionError(row[4]);
        };
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1)));
      if (!none) {
        var _ = rig.send(Hook.XDP, Frame.tcp());
        force(rig.plane.maps().embryos, ConnectionState.valueOf(row[3]).number());
      }
      assertThat(rig.send(Hook.XDP, Frame.tcp().flags(flags)).forwarded(Hook.XDP)).isTrue();
      Connection after = rig.plane.connections(2).getFirst();
      assertThat(after.state()).isEqualTo(row[5]);
      assertThat(after.expiresInSeconds()).isEqualTo(Integer.parseInt(row[6]) + 1);
    }
  }

  /** Puts the only entry into a state. */
  private static void force(MemorySegment table, int state) {
    for (long at = 0; at < table.byteSize(); at += Layout.CONN_BYTES) {
      if (table.get(JAVA_LONG, at) != 0) {
        int meta = table.get(JAVA_INT, at + Layout.CONN_META);
        int cleared = meta & ~(Layout.STATE_MASK << Layout.STATE_SHIFT);
        table.set(JAVA_INT, at + Layout.CONN_META, cleared | state << Layout.STATE_SHIFT);
      }
    }
  }
}
