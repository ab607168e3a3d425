package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.linux.bpf.BpfProgram;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.plane.xdp.Rig.Hook;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Malformed frames through the kernel's test-run: pass and drop leave every byte as it was, and
 * what is forwarded was a valid packet of which only header fields changed.
 */
@Tag("xdp")
class FuzzTest {
  /** Printed with a failure: the same seed makes the same frames. */
  private static final long SEED = Long.getLong("sluice.fuzz.seed", 20250607);

  /** The kernel refuses shorter ones in a test-run of tc. */
  private static final int TC_LEAST = 54;

  @ParameterizedTest
  @EnumSource
  void fiftyThousandFrames(Hook hook) {
    fuzz(hook, 50_000);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("long")
  void aMillionFrames(Hook hook) {
    fuzz(hook, 1_000_000);
  }

  private static ServiceTable services() {
    RealKey nat = new RealKey(Rig.ip("10.2.0.13"), 8080);
    return new ServiceTable(
        List.of(
            new ServiceTable.Service(Rig.WEB, "rr", Rig.reals(1, 1)),
            new ServiceTable.Service(Rig.DNS, "rr", Rig.reals(1, 1)),
            new ServiceTable.Service(
                Rig.key(Protocol.TCP, "192.0.2.11", 80),
                "rr",
                List.of(new Real(nat, 1, ForwardingMethod.NAT)))));
  }

  private static void fuzz(Hook hook, int frames) {
    Fuzz fuzz = new Fuzz(SEED);
    int forwarded = 0;
    try (Rig rig = Rig.open();
        Arena arena = Arena.ofConfined()) {
      rig.apply(services());
      rig.resolve(1);
      BpfProgram program = hook == Hook.XDP ? rig.xdp : rig.tc;
      MemorySegment in = arena.allocate(Fuzz.MOST);
      MemorySegment out = arena.allocate(Fuzz.MOST + 256L);
      for (int i = 0; i < frames; i++) {
        byte[] frame = fuzz.next();
        if (hook == Hook.TC && frame.length < TC_LEAST) {
          continue;
        }
        MemorySegment.copy(frame, 0, in, JAVA_BYTE, 0, frame.length);
        BpfProgram.TestRun run =
            program.testRun(in.asSlice(0, frame.length), out, MemorySegment.NULL, 1);
        Rig.Outcome outcome =
            new Rig.Outcome(run.returned(), out.asSlice(0, run.outBytes()).toArray(JAVA_BYTE));
        check(hook, frame, outcome, i);
        forwarded += outcome.forwarded(hook) ? 1 : 0;
      }
      assertThat(rig.verdict(Verdict.BROKEN)).isZero();
    }
    // Else it would have fuzzed nothing but the first comparison.
    assertThat(forwarded).isBetween(frames / 20, frames - frames / 20);
  }

  private static void check(Hook hook, byte[] sent, Rig.Outcome outcome, int number) {
    byte[] got = outcome.bytes();
    if (outcome.forwarded(hook) && Fuzz.isErrorAbout(sent, got)) {
      return;
    }
    boolean harmless = outcome.passed(hook) || outcome.dropped(hook);
    BitSet may = harmless ? new BitSet() : Fuzz.changeable(sent);
    boolean right = (harmless || !may.isEmpty()) && got.length == sent.length;
    right &= harmless || outcome.forwarded(hook);
    for (int i = 0; right && i < sent.length; i++) {
      right = sent[i] == got[i] || may.get(i);
    }
    if (!right) {
      java.util.HexFormat hex = java.util.HexFormat.of();
      assertThat(hex.formatHex(got))
          .as("seed %d, frame %d, action %d, may %s", SEED, number, outcome.action(), may)
          .isEqualTo(hex.formatHex(sent));
    }
  }
}
