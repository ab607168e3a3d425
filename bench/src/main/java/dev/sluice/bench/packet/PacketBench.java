package dev.sluice.bench.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.linux.bpf.BpfMap;
import dev.sluice.linux.bpf.BpfObject;
import dev.sluice.linux.bpf.BpfProgram;
import dev.sluice.linux.bpf.BpfSpec;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.plane.xdp.BpfObjects;
import dev.sluice.plane.xdp.DetachedPlane;
import dev.sluice.plane.xdp.Options;
import dev.sluice.plane.xdp.XdpMode;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Nanoseconds per packet by the kernel's test-run, beside reference programs of the same run:
 * nothing (R0, taken off from all others), parse and redirect (R1), the same work with the kernel's
 * LRU hash as connection table (R2). Programs alternate in short blocks; figures are medians of the
 * differences to R0's block of the same round, with the 10th and 90th percentile. Root.
 */
public final class PacketBench {
  private static final int ROUNDS = 41;
  private static final int BLOCK = 100_000;
  private static final int SYN = 0x02;
  private static final int ACK = 0x10;

  private static final int PLAN_MASK = 0;
  private static final int PLAN_IN_TURN = 4;
  private static final int PLAN_FLAGS = 8;
  private static final int PLAN_NEXT = 12;
  private static final int PLAN_RANDOM = 16;

  private final BpfProgram sender;
  private final BpfMap candidate;
  private final MemorySegment plan;
  private final Map<String, BpfProgram> candidates = new LinkedHashMap<>();
  private final MemorySegment frame;
  private final MemorySegment slot;

  private PacketBench(DetachedPlane plane, BpfObject reference, Arena arena) {
    sender = reference.program("sender");
    candidate = reference.map("candidate");
    plan = reference.map(".data.plan").mmap();
    candidates.put("R0", reference.program("r0_nothing"));
    candidates.put("R1", reference.program("r1_swap"));
    candidates.put("R2", reference.program("r2_lru"));
    candidates.put("sluice", plane.xdp());
    frame = arena.allocateFrom(JAVA_BYTE, frame());
    slot = arena.allocate(8, 8);
  }

  /** Prints the figures. */
  public static void main(String[] arguments) {
    run(System.out);
  }

  /** Prints the figures. */
  public static void run(PrintStream out) {
    Options options = Options.of(Path.of("/bench"), XdpMode.AUTO, List.of());
    try (DetachedPlane plane = DetachedPlane.open(options)) {
      plane.apply(table());
      BpfSpec spec = BpfObjects.spec("reference").withConstant("service_mask", plane.serviceMask());
      // R2 finds services, counts and rewrites with the plane's own tables.
      for (String shared :
          List.of("service_table", "services", "pool", "reals", "loads", "traffic", "counters")) {
        if (spec.hasMap(shared)) {
          spec = spec.withMap(shared, plane.map(shared));
        }
      }
      try (BpfObject reference = spec.load();
          Arena arena = Arena.ofConfined()) {
        PacketBench bench = new PacketBench(plane, reference, arena);
        bench.printInstructions(out, plane);
        out.printf(
            Locale.ROOT,
            "%-22s %-7s %18s %18s %7s %7s%n",
            "flows",
            "program",
            "net ns (p10..p90)",
            "",
            "/ R1",
            "/ R2");
        for (int flows : new int[] {1, 1 << 14, 1 << 17, 1 << 19}) {
          bench.established(out, flows);
        }
        bench.allNew(out);
      }
    }
  }

  static ServiceTable table() {
    try {
      VirtualServer.Key key =
          new VirtualServer.Key(InetAddress.getByName("192.0.2.10"), 80, Protocol.TCP);
      List<Real> reals = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        InetAddress address = InetAddress.getByName("10.2.0." + (10 + i));
        reals.add(new Real(new RealKey(address, 80), i, ForwardingMethod.DR));
      }
      return new ServiceTable(List.of(new ServiceTable.Service(key, "wrr", reals)));
    } catch (UnknownHostException e) {
      throw new AssertionError("addresses are literal", e);
    }
  }

  /** 64 bytes: Ethernet, IPv4, TCP to 192.0.2.10:80. */
  static byte[] frame() {
    byte[] f = new byte[64];
    f[12] = 8;
    f[14] = 0x45;
    f[17] = 50;
    f[20] = 0x40;
    f[22] = 64;
    f[23] = 6;
    f[30] = (byte) 192;
    f[32] = 2;
    f[33] = 10;
    f[34] = (byte) 0x9c;
    f[35] = 0x40;
    f[37] = 80;
    f[46] = 0x50;
    return f;
  }

  private void printInstructions(PrintStream out, DetachedPlane plane) {
    out.println("program        instructions (xlated)  verified  machine code bytes");
    List<BpfProgram.ProgramInfo> all = new ArrayList<>(plane.plane().programs());
    candidates.values().stream().skip(1).limit(2).forEach(p -> all.add(p.info()));
    for (BpfProgram.ProgramInfo i : all) {
      out.printf(
          Locale.ROOT,
          "%-14s %21d %9d %19d%n",
          i.name(),
          i.xlatedInstructions(),
          i.verifiedInstructions(),
          i.jitedBytes());
    }
    out.println();
  }

  private void established(PrintStream out, int flows) {
    plan.set(JAVA_INT, PLAN_MASK, flows - 1);
    for (BpfProgram program : candidates.values()) {
      plan.set(JAVA_INT, PLAN_IN_TURN, 1);
      for (int flags : new int[] {SYN, ACK}) {
        plan.set(JAVA_INT, PLAN_FLAGS, flags);
        plan.set(JAVA_INT, PLAN_NEXT, 0);
        double _ = block(program, flows);
      }
    }
    plan.set(JAVA_INT, PLAN_IN_TURN, 0);
    plan.set(JAVA_INT, PLAN_RANDOM, 0x12d687);
    plan.set(JAVA_INT, PLAN_FLAGS, ACK);
    print(out, flows + " established", measure());
  }

  private void allNew(PrintStream out) {
    plan.set(JAVA_INT, PLAN_MASK, -1);
    plan.set(JAVA_INT, PLAN_IN_TURN, 1);
    plan.set(JAVA_INT, PLAN_NEXT, 0x1000000);
    plan.set(JAVA_INT, PLAN_FLAGS, SYN);
    print(out, "every packet a SYN", measure());
  }

  private Map<String, double[]> measure() {
    Map<String, double[]> net = new LinkedHashMap<>();
    candidates.keySet().forEach(name -> net.put(name, new double[ROUNDS]));
    for (int round = -2; round < ROUNDS; round++) {
      double nothing = 0;
      for (var c : candidates.entrySet()) {
        double nanos = block(c.getValue(), BLOCK);
        if (c.getKey().equals("R0")) {
          nothing = nanos;
        } else if (round >= 0) {
          double[] figures = net.get(c.getKey());
          if (figures != null) {
            figures[round] = nanos - nothing;
          }
        }
      }
    }
    net.remove("R0");
    net.values().forEach(Arrays::sort);
    return net;
  }

  private double block(BpfProgram program, int packets) {
    slot.set(JAVA_INT, 0, program.fd());
    candidate.update(0, slot);
    return sender.testRun(frame, MemorySegment.NULL, MemorySegment.NULL, packets).nanos();
  }

  private static void print(PrintStream out, String what, Map<String, double[]> net) {
    double r1 = percentile(net, "R1", 50);
    double r2 = percentile(net, "R2", 50);
    for (String name : net.keySet()) {
      double median = percentile(net, name, 50);
      out.printf(
          Locale.ROOT,
          "%-22s %-7s %18.0f %18s %7.2f %7.2f%n",
          what,
          name,
          median,
          String.format(
              Locale.ROOT, "(%.0f..%.0f)", percentile(net, name, 10), percentile(net, name, 90)),
          median / r1,
          median / r2);
    }
  }

  private static double percentile(Map<String, double[]> net, String name, int percent) {
    double[] sorted = net.getOrDefault(name, new double[] {Double.NaN});
    return sorted[(sorted.length - 1) * percent / 100];
  }
}
