package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.linux.bpf.BpfMap;
import dev.sluice.lvs.Plane.Counters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/**
 * The counters. The programs count per real server; a service's totals are those of its servers
 * plus what servers that are gone have left behind. Any thread may read.
 */
final class Counting {
  private final BpfMap traffic;
  private final BpfMap counters;
  private final MemorySegment loads;
  private final MemorySegment services;

  Counting(PlaneMaps maps) {
    traffic = maps.map("traffic");
    counters = maps.map("counters");
    loads = maps.loads;
    services = maps.services;
  }

  /** Connections, packets and bytes of a real server. */
  Counters ofReal(int real, MemorySegment buffer) {
    long[] sums = traffic.sumPerCpu(real, buffer);
    return new Counters(sums[0], sums[1], sums[3], sums[2], sums[4]);
  }

  MemorySegment buffer(Arena arena) {
    return arena.allocate(traffic.perCpuBytes(), 8);
  }

  /** What servers that are gone have left to their service. */
  Counters retired(int service) {
    long at = (long) service * Layout.SERVICE_BYTES;
    return new Counters(
        Memory.getLong(services, at + Layout.SERVICE_RETIRED_CONNECTIONS),
        Memory.getLong(services, at + Layout.SERVICE_RETIRED_PACKETS),
        Memory.getLong(services, at + Layout.SERVICE_RETIRED_OUT_PACKETS),
        Memory.getLong(services, at + Layout.SERVICE_RETIRED_BYTES),
        Memory.getLong(services, at + Layout.SERVICE_RETIRED_OUT_BYTES));
  }

  private void addRetired(int service, Counters c, int sign) {
    long at = (long) service * Layout.SERVICE_BYTES;
    Memory.addLong(services, at + Layout.SERVICE_RETIRED_CONNECTIONS, sign * c.connections());
    Memory.addLong(services, at + Layout.SERVICE_RETIRED_PACKETS, sign * c.inPackets());
    Memory.addLong(services, at + Layout.SERVICE_RETIRED_BYTES, sign * c.inBytes());
    Memory.addLong(services, at + Layout.SERVICE_RETIRED_OUT_PACKETS, sign * c.outPackets());
    Memory.addLong(services, at + Layout.SERVICE_RETIRED_OUT_BYTES, sign * c.outBytes());
  }

  /** Moves a server's totals to its service and starts them at 0. */
  void retire(Service service, int real) {
    try (Arena arena = Arena.ofConfined()) {
      addRetired(service.number, ofReal(real, buffer(arena)), 1);
    }
    clear(real);
  }

  /** A service that comes back counts from 0, whatever its servers in the trash have counted. */
  void restart(Service service) {
    long at = (long) service.number * Layout.SERVICE_BYTES;
    services.set(JAVA_LONG, at + Layout.SERVICE_RETIRED_CONNECTIONS, 0);
    services.set(JAVA_LONG, at + Layout.SERVICE_RETIRED_PACKETS, 0);
    services.set(JAVA_LONG, at + Layout.SERVICE_RETIRED_BYTES, 0);
    services.set(JAVA_LONG, at + Layout.SERVICE_RETIRED_OUT_PACKETS, 0);
    services.set(JAVA_LONG, at + Layout.SERVICE_RETIRED_OUT_BYTES, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = buffer(arena);
      for (int real : service.allReals().keySet()) {
        addRetired(service.number, ofReal(real, buffer), -1);
      }
    }
  }

  /** Starts a server's totals at 0. */
  void clear(int real) {
    try (Arena arena = Arena.ofConfined()) {
      traffic.update(real, buffer(arena));
    }
  }

  /** Connections that count as active. */
  int active(int real) {
    return (int) load(real, Layout.LOAD_ACTIVE);
  }

  /** All other connections. */
  int inactive(int real) {
    return (int) load(real, Layout.LOAD_INACTIVE);
  }

  boolean hasEntries(int real) {
    return active(real) + inactive(real) > 0;
  }

  /** When the server counts as overloaded; {@code upper} 0: never (lvs.md b.12). */
  void thresholds(int real, int upper, int lower) {
    long at = (long) real * Layout.LOAD_BYTES;
    Memory.putInt(loads, at + Layout.LOAD_LOWER, lower > 0 ? lower : upper - upper / 4);
    Memory.putInt(loads, at + Layout.LOAD_UPPER, upper);
    boolean overloaded = upper > 0 && active(real) + inactive(real) >= upper;
    Memory.putInt(loads, at + Layout.LOAD_OVERLOADED, overloaded ? 1 : 0);
  }

  private long load(int real, int field) {
    return Math.max(0, Memory.getLong(loads, (long) real * Layout.LOAD_BYTES + field));
  }

  /** Packets by verdict. */
  Map<Verdict, Long> verdicts() {
    Map<Verdict, Long> result = new EnumMap<>(Verdict.class);
    for (Verdict v : Verdict.values()) {
      result.put(v, counter(v.number()));
    }
    return result;
  }

  /** What happened beside the verdicts. */
  Map<Event, Long> events() {
    Map<Event, Long> result = new EnumMap<>(Event.class);
    for (Event e : Event.values()) {
      result.put(e, counter(Verdict.values().length + e.number()));
    }
    return result;
  }

  private long counter(int index) {
    try (Arena arena = Arena.ofConfined()) {
      return counters.sumPerCpu(index, arena.allocate(counters.perCpuBytes(), 8))[0];
    }
  }
}
