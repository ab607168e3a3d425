package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.Plane.ApplyResult;
import dev.sluice.lvs.PlaneException;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.scheduler.Scheduler;
import dev.sluice.lvs.scheduler.Scheduler.Server;
import dev.sluice.lvs.scheduler.Sequence;
import dev.sluice.plane.xdp.Service.Real;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The services and real servers in the kernel, kept equal to a desired table. Packets flow
 * meanwhile, so a reference is written last and removed first.
 *
 * <p>A change of a service's servers: read how far the running ring has come, bring the pure
 * scheduler there, change it, write its sequence into the other ring, switch. Connections that are
 * opened between reading and switching are not in the new sequence's count; the order of picks then
 * differs from IPVS's by that much.
 */
final class ServiceTables {
  /** As long as IPVS keeps a removed server after its last entry, at least. */
  private static final int TRASH_SECONDS = 120;

  private final PlaneMaps maps;
  private final ServiceIndex index;
  private final PickPool pool;
  private final RealLines lines;
  private final NextHops hops;
  private final Counting counting;
  private final int ringPicks;
  private final Map<VirtualServer.Key, Service> services = new LinkedHashMap<>();
  private final BitSet usedNumbers = new BitSet();

  ServiceTables(PlaneMaps maps, NextHops hops, Counting counting, int ringPicks) {
    this.maps = maps;
    this.hops = hops;
    this.counting = counting;
    this.ringPicks = ringPicks;
    this.index = new ServiceIndex(maps.serviceTable);
    this.pool = new PickPool(maps.pool);
    this.lines = new RealLines(maps.reals);
    usedNumbers.set(0); // 0 in a key means that there is none
    if (maps.adopted()) {
      adopt();
    }
  }

  /** Services in the order they came, removed ones included. */
  List<Service> services() {
    return List.copyOf(services.values());
  }

  private static long line(int service) {
    return (long) service * Layout.SERVICE_BYTES;
  }

  private static long ring(int service, int which) {
    return line(service) + Layout.SERVICE_RING + (long) which * Layout.RING_BYTES;
  }

  // --- taking over -----------------------------------------------------------------------------

  /**
   * Reads a running plane's tables. Schedulers begin anew with the next change or {@link #apply}.
   */
  private void adopt() {
    MemorySegment s = maps.services;
    Map<Integer, Service> byNumber = new LinkedHashMap<>();
    for (int n = 1; n < maps.serviceLimit(); n++) {
      int flags = s.get(JAVA_INT, line(n) + Layout.SERVICE_FLAGS);
      if ((flags & Layout.SERVICE_USED) == 0) {
        continue;
      }
      usedNumbers.set(n);
      Service service =
          new Service(
              n,
              serviceKey(s.get(JAVA_LONG, line(n) + Layout.SERVICE_KEY)),
              "",
              dev.sluice.lvs.scheduler.RoundRobin.empty());
      service.removed = (flags & Layout.SERVICE_REMOVED) != 0;
      service.activeRing = s.get(JAVA_INT, line(n) + Layout.SERVICE_ACTIVE) & 1;
      adoptRing(service);
      byNumber.put(n, service);
      services.put(service.key, service);
    }
    for (int r = 1; r < lines.limit(); r++) {
      int flags = lines.flags(r);
      Service service = byNumber.get(lines.service(r));
      if ((flags & Layout.REAL_USED) == 0 || service == null) {
        continue;
      }
      lines.adopt(r);
      Real real = new Real(r, lines.key(r), lines.weight(r));
      boolean removed = (flags & Layout.REAL_REMOVED) != 0;
      real.hadEntries = removed;
      (removed ? service.trash : service.reals).put(real.key, real);
      if (!removed) {
        lines.hop(r, hops.use(real.key.address()));
      }
    }
  }

  private void adoptRing(Service service) {
    MemorySegment s = maps.services;
    long at = ring(service.number, service.activeRing);
    int base = s.get(JAVA_INT, at + Layout.RING_BASE);
    int picks =
        s.get(JAVA_INT, at + Layout.RING_PREAMBLE) + s.get(JAVA_INT, at + Layout.RING_PERIOD);
    pool.reserve(base, picks);
    service.extents[service.activeRing] =
        new PickPool.Extent(
            base, (picks + Layout.POOL_LINE - 1) / Layout.POOL_LINE * Layout.POOL_LINE);
  }

  private static VirtualServer.Key serviceKey(long key) {
    int number = (int) (key >>> 48) & 0xff;
    return new VirtualServer.Key(
        RealLines.address((int) key),
        ServiceIndex.port((int) (key >>> 32) & 0xffff),
        number == Protocol.TCP.number() ? Protocol.TCP : Protocol.UDP);
  }

  // --- applying --------------------------------------------------------------------------------

  ApplyResult apply(List<ServiceTable.Service> desired, int now) {
    checkRoom(desired);
    int added = 0;
    int changed = 0;
    int removed = 0;
    Map<VirtualServer.Key, ServiceTable.Service> wanted = new LinkedHashMap<>();
    desired.forEach(d -> wanted.put(d.key(), d));
    for (Service service : services()) {
      if (!service.removed && !wanted.containsKey(service.key)) {
        remove(service, now);
        removed++;
      }
    }
    for (ServiceTable.Service d : desired) {
      Service service = services.get(d.key());
      if (service == null || service.removed) {
        add(d, now);
        added++;
      } else if (differs(service, d)) {
        change(service, d, now);
        changed++;
      }
    }
    return new ApplyResult(added, changed, removed);
  }

  private void checkRoom(List<ServiceTable.Service> desired) {
    int newServices = 0;
    int newReals = 0;
    for (ServiceTable.Service d : desired) {
      Service known = services.get(d.key());
      newServices += known == null ? 1 : 0;
      for (ServiceTable.Real r : d.reals()) {
        boolean has =
            known != null && (known.reals.containsKey(r.key()) || known.trash.containsKey(r.key()));
        newReals += has ? 0 : 1;
      }
    }
    int freeServices = maps.serviceLimit() - usedNumbers.cardinality();
    if (newServices > freeServices || newReals > lines.free()) {
      throw new PlaneException(
          "the plane's tables are too small: "
              + newServices
              + " new services and "
              + newReals
              + " new real servers, room for "
              + freeServices
              + " and "
              + lines.free());
    }
  }

  private static boolean differs(Service service, ServiceTable.Service desired) {
    if (!service.schedulerName.equals(desired.scheduler())
        || service.reals.size() != desired.reals().size()) {
      return true;
    }
    for (ServiceTable.Real r : desired.reals()) {
      Real real = service.reals.get(r.key());
      if (real == null || real.weight != r.weight()) {
        return true;
      }
    }
    return false;
  }

  private void add(ServiceTable.Service desired, int now) {
    Service service = services.get(desired.key());
    MemorySegment s = maps.services;
    if (service == null) {
      int number = usedNumbers.nextClearBit(1);
      usedNumbers.set(number);
      s.asSlice(line(number), Layout.SERVICE_BYTES).fill((byte) 0);
      s.set(JAVA_LONG, line(number) + Layout.SERVICE_KEY, ServiceIndex.key(desired.key()));
      service = new Service(number, desired.key(), desired.scheduler(), empty(desired.scheduler()));
      services.put(desired.key(), service);
    } else {
      // IPVS forgets a removed service's totals, and remembers those of its servers.
      counting.restart(service);
      service.removed = false;
      service.schedulerName = desired.scheduler();
      service.scheduler = empty(desired.scheduler());
      service.sequence = Sequence.of(service.scheduler, ringPicks);
    }
    update(service, desired, service.scheduler, now);
    Memory.putInt(s, line(service.number) + Layout.SERVICE_FLAGS, Layout.SERVICE_USED);
    index.put(ServiceIndex.key(service.key), service.number);
  }

  private static Scheduler<RealKey> empty(String name) {
    return Scheduler.<RealKey>named(name)
        .orElseThrow(() -> new PlaneException("this plane has no scheduler " + name));
  }

  private void change(Service service, ServiceTable.Service desired, int now) {
    Scheduler<RealKey> from;
    if (service.schedulerName.equals(desired.scheduler())) {
      from = service.sequence.after(picksDone(service), service.scheduler);
    } else {
      List<Server<RealKey>> newestFirst = new ArrayList<>();
      for (Real r : service.reals.values()) {
        newestFirst.addFirst(new Server<>(r.key, r.weight));
      }
      from = Scheduler.named(desired.scheduler(), newestFirst).orElseThrow();
      service.schedulerName = desired.scheduler();
    }
    update(service, desired, from, now);
  }

  private long picksDone(Service service) {
    long at = ring(service.number, service.activeRing);
    return Memory.getLong(maps.services, at + Layout.RING_NEXT);
  }

  /** Removals, then weights, then additions in the order of the configuration. */
  private void update(
      Service service, ServiceTable.Service desired, Scheduler<RealKey> from, int now) {
    Scheduler<RealKey> scheduler = from;
    Map<RealKey, ServiceTable.Real> wanted = new LinkedHashMap<>();
    desired.reals().forEach(r -> wanted.put(r.key(), r));
    List<Real> leaving = new ArrayList<>();
    for (Real real : List.copyOf(service.reals.values())) {
      ServiceTable.Real want = wanted.get(real.key);
      if (want == null) {
        scheduler = scheduler.remove(real.key);
        service.reals.remove(real.key);
        leaving.add(real);
      } else if (want.weight() != real.weight) {
        scheduler = scheduler.edit(real.key, want.weight());
        real.weight = want.weight();
        lines.weight(real.number, want.weight());
      }
    }
    for (ServiceTable.Real want : desired.reals()) {
      if (!service.reals.containsKey(want.key())) {
        scheduler = scheduler.add(want.key(), want.weight());
        service.reals.put(want.key(), enter(service, want));
      }
    }
    schedule(service, scheduler);
    // Only now, as the ring before still named them.
    for (Real real : leaving) {
      leave(service, real, now);
    }
  }

  private Real enter(Service service, ServiceTable.Real want) {
    Real real = service.trash.remove(want.key());
    if (real == null) {
      real = new Real(lines.allocate(want.key(), service.number), want.key(), want.weight());
      counting.clear(real.number);
    } else if (!real.hadEntries) {
      counting.retire(service, real.number);
    }
    real.weight = want.weight();
    lines.weight(real.number, want.weight());
    lines.hop(real.number, hops.use(want.key().address()));
    lines.removed(real.number, false);
    return real;
  }

  private void leave(Service service, Real real, int now) {
    lines.removed(real.number, true);
    hops.release(real.key.address());
    real.hadEntries = counting.hasEntries(real.number);
    real.idleSince = now;
    service.trash.put(real.key, real);
  }

  private void schedule(Service service, Scheduler<RealKey> scheduler) {
    Sequence<RealKey> sequence = Sequence.of(scheduler, ringPicks);
    int which = 1 - service.activeRing;
    pool.release(service.extents[which]);
    service.extents[which] = PickPool.Extent.NONE;
    PickPool.Extent extent = pool.allocate(sequence.picks().size());
    for (int i = 0; i < sequence.picks().size(); i++) {
      Real real = service.reals.get(sequence.picks().get(i));
      if (real == null) {
        throw new IllegalStateException("the scheduler names a server that is not there");
      }
      pool.write(extent, i, real.number);
    }
    MemorySegment s = maps.services;
    long at = ring(service.number, which);
    s.set(JAVA_INT, at + Layout.RING_BASE, extent.base());
    s.set(JAVA_INT, at + Layout.RING_PREAMBLE, sequence.preamble());
    s.set(JAVA_INT, at + Layout.RING_PERIOD, sequence.period());
    s.set(JAVA_LONG, at + Layout.RING_NEXT, 0);
    Memory.putInt(s, line(service.number) + Layout.SERVICE_ACTIVE, which);
    pool.release(service.extents[service.activeRing]);
    service.extents[service.activeRing] = PickPool.Extent.NONE;
    service.extents[which] = extent;
    service.activeRing = which;
    service.scheduler = scheduler;
    service.sequence = sequence;
  }

  private void remove(Service service, int now) {
    Memory.putInt(
        maps.services,
        line(service.number) + Layout.SERVICE_FLAGS,
        Layout.SERVICE_USED | Layout.SERVICE_REMOVED);
    service.removed = true;
    for (Real real : List.copyOf(service.reals.values())) {
      service.reals.remove(real.key);
      leave(service, real, now);
    }
  }

  // --- housekeeping ----------------------------------------------------------------------------

  /** A next hop is another now. */
  void hopChanged(InetAddress address) {
    for (Service service : services.values()) {
      for (Real real : service.reals.values()) {
        if (real.key.address().equals(address)) {
          lines.hop(real.number, hops.hop(address));
        }
      }
    }
  }

  /**
   * Forgets removed servers and services that nothing refers to any more.
   *
   * @param entriesOfReal entries in the connection tables by the server's number
   */
  void tick(int[] entriesOfReal, int now, int jiffiesPerSecond) {
    pool.tick();
    for (Service service : services()) {
      for (Real real : List.copyOf(service.trash.values())) {
        if (entriesOfReal[real.number] > 0) {
          real.idleSince = now;
        } else if (now - real.idleSince > TRASH_SECONDS * jiffiesPerSecond) {
          service.trash.remove(real.key);
          counting.retire(service, real.number);
          lines.free(real.number);
        }
      }
      if (service.removed && service.trash.isEmpty()) {
        forget(service);
      }
    }
  }

  private void forget(Service service) {
    index.remove(ServiceIndex.key(service.key));
    Memory.putInt(maps.services, line(service.number) + Layout.SERVICE_FLAGS, 0);
    pool.release(service.extents[0]);
    pool.release(service.extents[1]);
    usedNumbers.clear(service.number);
    services.remove(service.key);
  }
}
