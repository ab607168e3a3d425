package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One of the two connection tables, as memory shared with the programs. The protocol of changes is
 * that of stages/table.h.
 */
final class ConnectionTable {
  private static final int GENERATION_MASK = 0xff << Layout.GENERATION_SHIFT;

  private final MemorySegment table;
  private final MemorySegment clients;
  private final MemorySegment loads;
  private final MemorySegment services;
  private final MemorySegment config;

  /** Ways that were locked at the last sweep: what a killed process was about to delete. */
  private Map<Long, Long> lockedBefore = Map.of();

  /**
   * @param clients beside the table: the addresses of IPv6 clients
   */
  ConnectionTable(MemorySegment table, MemorySegment clients, PlaneMaps maps) {
    this.table = table;
    this.clients = clients;
    this.config = maps.config;
    this.loads = maps.loads;
    this.services = maps.services;
  }

  /** How long an entry of this state lives without a packet, in jiffies. */
  int timeout(long key, int state, int[] timeouts) {
    long service = service(key);
    if (ConnectionState.of(state).template()) {
      return services.get(JAVA_INT, service + Layout.SERVICE_PERSISTENCE);
    }
    int flags = services.get(JAVA_INT, service + Layout.SERVICE_FLAGS);
    return (flags & Layout.SERVICE_OWN_TIMES) == 0
        ? timeouts[state]
        : ownTime(service, state, timeouts[state]);
  }

  private int ownTime(long service, int state, int planes) {
    int place =
        switch (ConnectionState.of(state)) {
          case ESTABLISHED, ESTABLISHED_NEW -> 0;
          case FIN_WAIT -> 1;
          case UDP, UDP_NEW -> 2;
          default -> -1;
        };
    int own =
        place < 0 ? 0 : services.get(JAVA_INT, service + Layout.SERVICE_OWN_TIME + place * 4L);
    return own == 0 ? planes : own;
  }

  private static long service(long key) {
    return (key >>> Layout.SERVICE_SHIFT & 0x7fff) * Layout.SERVICE_BYTES;
  }

  /** An entry. */
  record Entry(
      InetAddress client, int clientPort, int service, int real, ConnectionState state, int seen) {}

  /** Receives entries; false: enough. */
  interface Visitor {
    boolean visit(Entry entry);
  }

  private boolean ipv6(long key) {
    return services.get(JAVA_BYTE, service(key) + Layout.SERVICE_FAMILY) == Layout.FAMILY_IPV6;
  }

  private InetAddress client(long at, long key) {
    return ipv6(key) ? Addresses.read(clients, at, Layout.FAMILY_IPV6) : Addresses.ofInt((int) key);
  }

  /** The client's part of the key that the entry's template has. */
  private int templateClient(long at, long key) {
    if (ipv6(key)) {
      int bits = services.get(JAVA_BYTE, service(key) + Layout.SERVICE_CLIENT_PREFIX) & 0xff;
      byte[] client = Addresses.read(clients, at, Layout.FAMILY_IPV6).getAddress();
      return Addresses.clientHash(
          Addresses.prefix(client, bits), config.get(JAVA_LONG, Layout.CONFIG_SEED));
    }
    return (int) key & services.get(JAVA_INT, service(key) + Layout.SERVICE_CLIENT_MASK);
  }

  /** Every entry, as it is when the walk comes by. */
  void walk(Visitor visitor) {
    for (long at = 0; at < table.byteSize(); at += Layout.CONN_BYTES) {
      long key = table.get(JAVA_LONG, at + Layout.CONN_KEY);
      if (key <= 0) {
        continue;
      }
      int meta = Memory.getInt(table, at + Layout.CONN_META);
      int seen = Memory.getInt(table, at + Layout.CONN_SEEN);
      if (Memory.getLong(table, at + Layout.CONN_KEY) == key
          && !visitor.visit(
              new Entry(
                  client(at, key),
                  ServiceIndex.port((int) (key >>> 32) & 0xffff),
                  (int) (key >>> Layout.SERVICE_SHIFT),
                  meta & Layout.REAL_MASK,
                  ConnectionState.of(meta >>> Layout.STATE_SHIFT & Layout.STATE_MASK),
                  seen))) {
        return;
      }
    }
  }

  /**
   * Deletes what has expired, and counts what stays.
   *
   * @param now jiffies
   * @param timeouts in jiffies, by state
   * @param jiffiesPerMinute the clock's rate
   * @param entriesOfReal counted up; index is the real's number
   * @return how many were deleted
   */
  int sweep(int now, int[] timeouts, int jiffiesPerMinute, int[] entriesOfReal) {
    int deleted = 0;
    Map<Long, Long> locked = new HashMap<>();
    Map<Long, Long> overdue = new HashMap<>();
    for (long at = 0; at < table.byteSize(); at += Layout.CONN_BYTES) {
      long key = table.get(JAVA_LONG, at + Layout.CONN_KEY);
      if (key == 0) {
        continue;
      }
      if (key < 0) {
        if (!unlock(at, key)) {
          locked.put(at, key);
        }
        continue;
      }
      int meta = Memory.getInt(table, at + Layout.CONN_META);
      int age = now - table.get(JAVA_INT, at + Layout.CONN_SEEN);
      // A packet of this very moment may be newer than our clock: its age is negative.
      int state = meta >>> Layout.STATE_SHIFT & Layout.STATE_MASK;
      if (age > timeout(key, state, timeouts)) {
        if (ConnectionState.of(state).template()) {
          overdue.put(key, at);
          continue;
        }
        if (delete(at, key)) {
          deleted++;
          continue;
        }
      }
      int real = meta & Layout.REAL_MASK;
      if (real < entriesOfReal.length) {
        entriesOfReal[real]++;
      }
    }
    lockedBefore = locked;
    return overdue.isEmpty() ? deleted : deleted + endTemplates(overdue, now, jiffiesPerMinute);
  }

  /**
   * A template whose time has come stays a minute longer while its client has connections, as
   * IPVS's does (lvs.md c.4).
   *
   * @param overdue places by key
   */
  private int endTemplates(Map<Long, Long> overdue, int now, int jiffiesPerMinute) {
    Set<Long> inUse = new HashSet<>();
    for (long at = 0; at < table.byteSize(); at += Layout.CONN_BYTES) {
      long key = Memory.getLong(table, at + Layout.CONN_KEY);
      int meta = Memory.getInt(table, at + Layout.CONN_META);
      int state = meta >>> Layout.STATE_SHIFT & Layout.STATE_MASK;
      if (key > 0 && !ConnectionState.of(state).template()) {
        long client = Integer.toUnsignedLong(templateClient(at, key));
        inUse.add(client | key >>> Layout.SERVICE_SHIFT << Layout.SERVICE_SHIFT);
      }
    }
    int deleted = 0;
    for (Map.Entry<Long, Long> e : overdue.entrySet()) {
      long key = e.getKey();
      long at = e.getValue();
      if (inUse.contains(key)) {
        int period = services.get(JAVA_INT, service(key) + Layout.SERVICE_PERSISTENCE);
        Memory.putInt(table, at + Layout.CONN_SEEN, now - period + jiffiesPerMinute);
      } else if (delete(at, key)) {
        deleted++;
      }
    }
    return deleted;
  }

  /**
   * The defence drop_entry: looks at one in 32 sets, and deletes what is half open, what has been
   * idle for a minute after a single sign of life, and templates whose client never had an
   * established connection (lvs.md c.8).
   *
   * @return how many were deleted
   */
  int thin(int now, int minute) {
    int deleted = 0;
    long sets = table.byteSize() / Layout.SET_BYTES;
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (long i = 0; i < Math.max(1, sets / 32); i++) {
      long set = random.nextLong(sets) * Layout.SET_BYTES;
      for (int way = 0; way < Layout.WAYS; way++) {
        long at = set + (long) way * Layout.CONN_BYTES;
        long key = table.get(JAVA_LONG, at + Layout.CONN_KEY);
        int meta = Memory.getInt(table, at + Layout.CONN_META);
        int idle = now - table.get(JAVA_INT, at + Layout.CONN_SEEN);
        boolean goes =
            switch (ConnectionState.of(meta >>> Layout.STATE_SHIFT & Layout.STATE_MASK)) {
              case SYN_RECV, SYNACK, TEMPLATE -> true;
              case ESTABLISHED_NEW, UDP_NEW -> idle > minute;
              default -> false;
            };
        deleted += key > 0 && goes && delete(at, key) ? 1 : 0;
      }
    }
    return deleted;
  }

  /** Frees a way whose holder died: a living one holds it for nanoseconds, not for two sweeps. */
  private boolean unlock(long at, long key) {
    Long before = lockedBefore.get(at);
    if (before == null || before != key) {
      return false;
    }
    if (Memory.getLong(table, at + Layout.CONN_KEY) == key) {
      release(at);
    }
    return true;
  }

  private boolean delete(long at, long key) {
    if (!Memory.swapLong(table, at + Layout.CONN_KEY, key, key | Layout.KEY_LOCK)) {
      return false;
    }
    release(at);
    return true;
  }

  private void release(long at) {
    int generation = Memory.getInt(table, at + Layout.CONN_META) & GENERATION_MASK;
    int meta =
        Memory.exchangeInt(
            table, at + Layout.CONN_META, generation + (1 << Layout.GENERATION_SHIFT));
    ConnectionState state = ConnectionState.of(meta >>> Layout.STATE_SHIFT & Layout.STATE_MASK);
    if (state != ConnectionState.NONE && !state.template()) {
      long load = (long) (meta & Layout.REAL_MASK) * Layout.LOAD_BYTES;
      Memory.addLong(
          loads, load + (state.active() ? Layout.LOAD_ACTIVE : Layout.LOAD_INACTIVE), -1);
      relieve(load);
    }
    Memory.putLong(table, at + Layout.CONN_KEY, 0);
  }

  /** Overloaded no longer when there are fewer connections than the lower threshold. */
  private void relieve(long load) {
    if (Memory.getInt(loads, load + Layout.LOAD_OVERLOADED) == 0) {
      return;
    }
    long connections =
        Memory.getLong(loads, load + Layout.LOAD_ACTIVE)
            + Memory.getLong(loads, load + Layout.LOAD_INACTIVE);
    if (connections < Integer.toUnsignedLong(Memory.getInt(loads, load + Layout.LOAD_LOWER))) {
      Memory.putInt(loads, load + Layout.LOAD_OVERLOADED, 0);
    }
  }
}
