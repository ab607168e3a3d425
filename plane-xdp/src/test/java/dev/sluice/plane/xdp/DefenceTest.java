package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lvs.golden.IpvsVectors;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The defences of lvs.md c.8: when they act, and which connections drop_packet refuses. */
class DefenceTest {
  private static final Defence.Settings OFF = Defence.Settings.OFF;

  @TestFactory
  @Tag("golden")
  @Tag("xdp")
  Stream<DynamicTest> dropPacketDropsWhatTheKernelDrops() throws IOException {
    Optional<Path> file = IpvsVectors.file("drop-packet.tsv");
    Assumptions.assumeTrue(file.isPresent(), "the recordings are not beside this repository");
    List<String[]> lines =
        Files.readAllLines(file.orElseThrow()).stream()
            .filter(line -> !line.startsWith("#") && !line.isBlank())
            .map(line -> line.split("\t", -1))
            .toList();
    List<String> seen = replay(lines);
    return IntStream.range(0, lines.size())
        .mapToObj(i ->
            DynamicTest.dynamicTest(
                "am_droprate " + lines.get(i)[0],
                () -> assertThat(seen.get(i)).isEqualTo(lines.get(i)[1])));
  }

  /** One kernel was asked all of it: what is left of its counter goes on with the next rate. */
  private static List<String> replay(List<String[]> lines) {
    List<String> all = new ArrayList<>();
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1, 1)));
      for (String[] line : lines) {
        Knobs.Builder knobs = Knobs.IPVS.with();
        assertThat(knobs.set("drop_packet", 3)).isTrue();
        assertThat(knobs.set("am_droprate", Integer.parseInt(line[0]))).isTrue();
        rig.plane.set(knobs.build());
        rig.forgetConnections();
        var seen = new StringBuilder();
        for (int i = 0; i < line[1].length(); i++) {
          Frame syn = Frame.tcp().from("198.51.100.1", 40_000 + i).flags(Frame.SYN);
          Outcome out = rig.send(Hook.XDP, syn);
          assertThat(out.forwarded(Hook.XDP) || out.dropped(Hook.XDP)).isTrue();
          seen.append(out.dropped(Hook.XDP) ? 'D' : '.');
        }
        all.add(seen.toString());
      }
      long dropped = all.stream().flatMapToInt(String::chars).filter(c -> c == 'D').count();
      assertThat(rig.verdict(Verdict.DEFENDED)).isEqualTo(dropped);
    }
    return all;
  }

  @Test
  void modeOneFollowsTheMemory() {
    Defence.Settings one = OFF.dropPacket(1).dropEntry(1).secureTcp(1);
    Defence calm = Defence.of(one, 5000);
    assertThat(calm).isEqualTo(new Defence(one, false, 0, false));
    Defence scarce = Defence.of(calm.settings(), 1000);
    assertThat(scarce.dropsEntries()).isTrue();
    assertThat(scarce.secureTcp()).isTrue();
    // amemthresh / (amemthresh - available)
    assertThat(scarce.dropRate()).isEqualTo(1024 / 24);
    assertThat(scarce.settings().dropPacket()).isEqualTo(2);
    assertThat(Defence.of(scarce.settings(), 5000)).isEqualTo(calm);
  }

  @Test
  void modeThreeDoesNotAsk() {
    Defence always = Defence.of(OFF.dropPacket(3).dropEntry(3).secureTcp(3), Long.MAX_VALUE);
    assertThat(always.dropRate()).isEqualTo(10);
    assertThat(always.dropsEntries()).isTrue();
    assertThat(always.secureTcp()).isTrue();
    assertThat(Defence.of(OFF, 0)).isEqualTo(new Defence(OFF, false, 0, false));
  }
}
