package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.linux.bpf.BpfObject;
import dev.sluice.linux.bpf.BpfProgram;
import dev.sluice.linux.bpf.BpfSpec;
import dev.sluice.plane.xdp.Rig.Hook;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A flood of spoofed SYNs at a million per second of connection time: the sender of the benchmarks
 * writes a random client into the packet, the clock advances with the packets, and Java's sweep
 * runs each second as in the daemon.
 */
@Tag("xdp")
class FloodTest {
  private static final int ESTABLISHED = 10_000;
  private static final int SYNS_PER_SECOND = 1_000_000;
  private static final int STEPS_PER_SECOND = 10;

  /** 3 s of the flood. */
  @Test
  void noEstablishedConnectionIsLost() {
    assertThat(lostAfter(3)).isZero();
  }

  @Test
  @Tag("long")
  void noEstablishedConnectionIsLostInAMinute() {
    assertThat(lostAfter(60)).isZero();
  }

  private static Frame client(int number) {
    return Frame.tcp().from(0xac100000 + number, 1024 + number);
  }

  private static int lostAfter(int seconds) {
    try (Rig rig = Rig.open(Rig.options().withTables(1 << 20, 1 << 18))) {
      rig.apply(Rig.table(Rig.WEB, "wrr", Rig.reals(3, 2, 1)));
      int[] server = new int[ESTABLISHED];
      for (int i = 0; i < ESTABLISHED; i++) {
        server[i] = rig.send(Hook.XDP, client(i)).server();
        var _ = rig.send(Hook.XDP, client(i).flags(Frame.ACK));
      }
      flood(rig, seconds);
      int lost = 0;
      for (int i = 0; i < ESTABLISHED; i++) {
        Rig.Outcome out = rig.send(Hook.XDP, client(i).flags(Frame.ACK));
        lost += out.forwarded(Hook.XDP) && out.server() == server[i] ? 0 : 1;
      }
      long active =
          rig.plane.counters().getFirst().reals().stream().mapToLong(r -> r.active()).sum();
      assertThat(active).isBetween((long) ESTABLISHED, ESTABLISHED + (1L << 18));
      return lost;
    }
  }

  private static void flood(Rig rig, int seconds) {
    BpfSpec spec = BpfObjects.spec("reference");
    for (String shared :
        java.util.List.of(
            "service_table", "services", "pool", "reals", "loads", "traffic", "counters")) {
      if (spec.hasMap(shared)) {
        spec = spec.withMap(shared, rig.plane.maps().map(shared));
      }
    }
    try (BpfObject reference = spec.load();
        Arena arena = Arena.ofConfined()) {
      BpfProgram sender = reference.program("sender");
      MemorySegment plan = reference.map(".data.plan").mmap();
      plan.set(JAVA_INT, 0, -1);
      plan.set(JAVA_INT, 4, 0);
      plan.set(JAVA_INT, 8, Frame.SYN);
      plan.set(JAVA_INT, 16, 0x12d687);
      MemorySegment slot = arena.allocate(8, 8);
      slot.set(JAVA_INT, 0, rig.xdp.fd());
      reference.map("candidate").update(0, slot);
      MemorySegment frame = arena.allocateFrom(JAVA_BYTE, Frame.tcp().payload(10).bytes());
      for (int step = 1; step <= seconds * STEPS_PER_SECOND; step++) {
        rig.plane.setClock(1000 + (double) step / STEPS_PER_SECOND);
        var _ =
            sender.testRun(
                frame, MemorySegment.NULL, MemorySegment.NULL, SYNS_PER_SECOND / STEPS_PER_SECOND);
        if (step % STEPS_PER_SECOND == 0) {
          rig.plane.tick();
        }
      }
    }
  }
}
