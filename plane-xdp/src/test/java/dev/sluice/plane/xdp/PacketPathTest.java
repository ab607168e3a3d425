package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packets through the kernel's test-run, the same cases on both hooks. */
@Tag("xdp")
class PacketPathTest {

  @ParameterizedTest
  @EnumSource
  void aSynGoesToAServerWithANewFrameHeaderAndOneHopLess(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1, 1)));
      byte[] sent = Frame.tcp().bytes();
      Outcome out = rig.send(hook, sent);
      assertThat(out.forwarded(hook)).isTrue();
      byte[] expected = sent.clone();
      System.arraycopy(new byte[] {2, 0, 0, 0, 0, 12}, 0, expected, 0, 6);
      System.arraycopy(Rig.SOURCE.bytes(), 0, expected, 6, 6);
      expected[22]--;
      expected[24] = out.bytes()[24];
      expected[25] = out.bytes()[25];
      assertThat(out.bytes()).isEqualTo(expected);
      assertThat(Frame.sum(out.bytes(), 20)).isEqualTo(0xffff);
      assertThat(rig.verdict(Verdict.FORWARDED)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void wrrPicksInIpvsOrder(Hook hook) {
    try (Rig rig = Rig.open()) {
      rig.apply(Rig.table(Rig.WEB, "wrr", Rig.reals(3, 2, 1)));
      List<Integer> picks = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        picks.add(rig.send(hook, Frame.tcp().from("198.51.100.1", 20000 + i)).server());
      }
      assertThat(picks).containsExactly(13, 12, 11, 11, 12, 11, 13, 12, 11, 11, 12, 11);
    }
  }
}
