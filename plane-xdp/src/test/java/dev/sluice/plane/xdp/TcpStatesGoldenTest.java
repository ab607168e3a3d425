package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.lvs.Plane.Connection;
import dev.sluice.lvs.ServiceTable.Real;
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

/** Every TCP transition that was recorded from the kernel's IPVS. */
@Tag("golden")
@Tag("xdp")
class TcpStatesGoldenTest {

  @TestFactory
  Stream<DynamicTest> transitionsAreAsRecorded() throws IOException {
    Optional<Path> file = IpvsVectors.file("tcp-states.tsv");
    Assumptions.assumeTrue(file.isPresent(), "the recordings are not beside this repository");
    Rig rig = Rig.open();
    List<DynamicTest> tests = new ArrayList<>();
    for (String line : Files.readAllLines(file.orElseThrow())) {
      String[] f = line.split("\t", -1);
      if (!line.startsWith("#") && f.length >= 7) {
        tests.add(
            DynamicTest.dynamicTest(
                f[0] + " " + f[1] + " secure_tcp " + f[2] + ": " + f[3] + " " + f[4],
                () -> check(rig, f)));
      }
    }
    return tests.stream().onClose(rig::close);
  }

  private static void check(Rig rig, String[] row) {
    boolean none = row[3].equals("NONE");
    boolean nat = row[1].equals("masq");
    boolean reply = row[4].startsWith("o:");
    int flags =
        switch (row[4].substring(2)) {
          case "S" -> Frame.SYN;
          case "SA" -> Frame.SYN | Frame.ACK;
          case "A" -> Frame.ACK;
          case "FA" -> Frame.FIN | Frame.ACK;
          case "R" -> Frame.RST;
          case "P" -> Frame.PSH;
          default -> throw new AssertionError(row[4]);
        };
    Real real = Rig.real(11, 1);
    if (nat) {
      real = new Real(real.key(), 1, ForwardingMethod.NAT);
    }
    rig.apply(Rig.table(Rig.WEB, "rr", List.of(real)));
    rig.forgetConnections();
    // From NONE the recordings are of entries that begin with any packet.
    Knobs.Builder knobs = Knobs.IPVS.with();
    assertThat(knobs.set("sloppy_tcp", none ? 1 : 0)).isTrue();
    assertThat(knobs.set("secure_tcp", Integer.parseInt(row[2]))).isTrue();
    rig.plane.set(knobs.build());
    if (!none) {
      var _ = rig.send(Hook.XDP, Frame.tcp());
      force(rig.plane.maps().embryos, ConnectionState.valueOf(row[3]).number());
    }
    if (reply) {
      // Where it goes is the routing table's business, which this rig does not have.
      Frame answer = Frame.tcp().from("10.2.0.11", 80).at("198.51.100.1", 40000);
      var _ = rig.send(Hook.XDP, answer.flags(flags));
    } else {
      boolean forwarded = rig.send(Hook.XDP, Frame.tcp().flags(flags)).forwarded(Hook.XDP);
      assertThat(forwarded).isEqualTo(!row[5].equals("-"));
    }
    if (row[5].equals("-")) {
      assertThat(rig.plane.connections(1)).isEmpty();
      return;
    }
    Connection after = rig.plane.connections(2).getFirst();
    assertThat(after.state()).isEqualTo(row[5]);
    assertThat(after.expiresInSeconds()).isEqualTo(Integer.parseInt(row[6]) + 1);
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
