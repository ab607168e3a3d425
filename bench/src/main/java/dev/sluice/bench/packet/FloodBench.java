package dev.sluice.bench.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sluice.linux.bpf.BpfObject;
import dev.sluice.linux.bpf.BpfProgram;
import dev.sluice.linux.bpf.BpfSpec;
import dev.sluice.plane.xdp.BpfObjects;
import dev.sluice.plane.xdp.DetachedPlane;
import dev.sluice.plane.xdp.Options;
import dev.sluice.plane.xdp.XdpMode;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A minute of a million spoofed SYNs per second of connection time, by the kernel's test-run: the
 * clock advances with the packets, so it takes as long as the packets do. Says how many of 10,000
 * established connections were lost, how many clients of 1,000 per second got through meanwhile
 * whose ACK came 100 ms after their SYN, and what a packet cost. Root.
 */
public final class FloodBench {
  private static final int SECONDS = 60;
  private static final int STEPS = 10;
  private static final int SYNS_PER_STEP = 100_000;
  private static final int ESTABLISHED = 10_000;
  private static final int HONEST_PER_STEP = 100;
  private static final int SYN = 0x02;
  private static final int ACK = 0x10;

  private final DetachedPlane plane;
  private final BpfProgram sender;
  private final MemorySegment plan;
  private final MemorySegment frame;
  private final MemorySegment sent;

  private FloodBench(DetachedPlane plane, BpfObject reference, Arena arena) {
    this.plane = plane;
    sender = reference.program("sender");
    plan = reference.map(".data.plan").mmap();
    frame = arena.allocateFrom(JAVA_BYTE, PacketBench.frame());
    sent = arena.allocate(512);
    MemorySegment slot = arena.allocate(8, 8);
    slot.set(JAVA_INT, 0, plane.xdp().fd());
    reference.map("candidate").update(0, slot);
    plan.set(JAVA_INT, 0, -1);
    plan.set(JAVA_INT, 4, 0);
    plan.set(JAVA_INT, 8, SYN);
    plan.set(JAVA_INT, 16, 0x12d687);
  }

  /** Prints the figures. */
  public static void run(PrintStream out) {
    Options options = Options.of(Path.of("/bench"), XdpMode.AUTO, List.of());
    BpfSpec spec = BpfObjects.spec("reference");
    try (DetachedPlane plane = DetachedPlane.withClock(options);
        BpfObject reference = spec.load();
        Arena arena = Arena.ofConfined()) {
      plane.apply(PacketBench.table());
      new FloodBench(plane, reference, arena).flood(out);
    }
  }

  private void flood(PrintStream out) {
    plane.setClock(1000);
    int[] server = new int[ESTABLISHED];
    for (int i = 0; i < ESTABLISHED; i++) {
      server[i] = send(0xac100000 + i, SYN);
      int _ = send(0xac100000 + i, ACK);
    }
    int[] honest = new int[HONEST_PER_STEP];
    int through = 0;
    double[] nanos = new double[SECONDS * STEPS];
    for (int step = 0; step < nanos.length; step++) {
      plane.setClock(1000 + (step + 1.0) / STEPS);
      for (int i = 0; i < HONEST_PER_STEP; i++) {
        int client = 0xac200000 + step * HONEST_PER_STEP + i;
        if (step > 0) {
          int found = send(client - HONEST_PER_STEP, ACK);
          through += found >= 0 && found == honest[i] ? 1 : 0;
        }
        honest[i] = send(client, SYN);
      }
      nanos[step] =
          sender.testRun(frame, MemorySegment.NULL, MemorySegment.NULL, SYNS_PER_STEP).nanos();
      if (step % STEPS == STEPS - 1) {
        plane.plane().tick();
      }
    }
    int lost = 0;
    for (int i = 0; i < ESTABLISHED; i++) {
      lost += send(0xac100000 + i, ACK) == server[i] ? 0 : 1;
    }
    Arrays.sort(nanos);
    out.printf(
        Locale.ROOT,
        "flood: %d s of 1 M spoofed SYN/s: %d of %d established connections lost; %d of %d honest"
            + " clients got through; %.0f ns per SYN (%.0f..%.0f, sender's own included)%n",
        SECONDS,
        lost,
        ESTABLISHED,
        through,
        (nanos.length - 1) * HONEST_PER_STEP,
        nanos[nanos.length / 2],
        nanos[nanos.length / 10],
        nanos[nanos.length * 9 / 10]);
  }

  /** The server that a segment of this client goes to; -1: none. */
  private int send(int client, int flags) {
    MemorySegment copy = sent.asSlice(256, frame.byteSize()).copyFrom(frame);
    for (int i = 0; i < 4; i++) {
      copy.set(JAVA_BYTE, 26 + i, (byte) (client >> (24 - 8 * i)));
    }
    copy.set(JAVA_BYTE, 47, (byte) flags);
    MemorySegment out = sent.asSlice(0, 256);
    BpfProgram.TestRun run = plane.xdp().testRun(copy, out, MemorySegment.NULL, 1);
    return run.returned() == 4 ? out.get(JAVA_BYTE, 5) & 0xff : -1;
  }
}
