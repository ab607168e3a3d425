package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sluice.plane.xdp.ServiceIndex.Endpoint;
import java.lang.foreign.MemorySegment;

/**
 * By which the programs know an answer of a NAT server: address and port lead to the first real
 * with them, and each real to the next, one for every service it serves. All of it lies in the
 * maps, so a plane that is taken over needs nothing else.
 */
final class NatServers {
  private final ServiceIndex index;
  private final MemorySegment loads;
  private final MemorySegment config;

  NatServers(PlaneMaps maps, RealLines lines) {
    index = new ServiceIndex(maps.natTable, real -> lines.key(real).address());
    loads = maps.loads;
    config = maps.config;
  }

  private static long same(int real) {
    return (long) real * Layout.LOAD_BYTES + Layout.LOAD_SAME;
  }

  /** From now on the server's answers are looked for. */
  void link(int real, Endpoint endpoint) {
    int first = index.get(endpoint);
    Memory.putInt(loads, same(real), first);
    if (first == 0) {
      index.put(endpoint, real);
    } else {
      index.replace(endpoint, real);
    }
    count(1);
  }

  /** No longer. */
  void unlink(int real, Endpoint endpoint) {
    int after = loads.get(JAVA_INT, same(real));
    int at = index.get(endpoint);
    if (at == real) {
      if (after == 0) {
        index.remove(endpoint);
      } else {
        index.replace(endpoint, after);
      }
      count(-1);
    } else {
      while (at != 0) {
        int next = loads.get(JAVA_INT, same(at));
        if (next == real) {
          Memory.putInt(loads, same(at), after);
          count(-1);
          break;
        }
        at = next;
      }
    }
    Memory.putInt(loads, same(real), 0);
  }

  private void count(int delta) {
    Memory.putInt(config, Layout.CONFIG_NAT, config.get(JAVA_INT, Layout.CONFIG_NAT) + delta);
  }
}
