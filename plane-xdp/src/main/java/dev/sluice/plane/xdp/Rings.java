package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.scheduler.Roster;
import dev.sluice.lvs.scheduler.Roster.Server;
import dev.sluice.lvs.scheduler.RoundRobin;
import dev.sluice.lvs.scheduler.Scheduler;
import dev.sluice.lvs.scheduler.Sequence;
import dev.sluice.lvs.scheduler.SlotTable;
import dev.sluice.lvs.scheduler.WeightedRoundRobin;
import dev.sluice.plane.xdp.Service.Real;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What the programs choose from: a sequence of picks, a list of servers or a table of slots. Each
 * service has two rings; the one not in use is written, then they change places, so a packet sees
 * the old servers or the new ones and nothing between.
 */
final class Rings {
  private final MemorySegment services;
  private final PickPool pool;
  private final int sequencePicks;
  private final Compatibility like;

  Rings(MemorySegment services, PickPool pool, int sequencePicks, Compatibility like) {
    this.services = services;
    this.pool = pool;
    this.sequencePicks = sequencePicks;
    this.like = like;
  }

  private static long line(int service) {
    return (long) service * Layout.SERVICE_BYTES;
  }

  private static long ring(int service, int which) {
    return line(service) + Layout.SERVICE_RING + (long) which * Layout.RING_BYTES;
  }

  /** What a ring says. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Content(int policy, int preamble, int[] numbers, int period, int top, long next) {
    static Content list(int policy, int[] numbers) {
      return new Content(policy, 0, numbers, numbers.length, 0, 0);
    }
  }

  /** Takes the room that an adopted plane's service uses. */
  void adopt(Service service) {
    service.activeRing = services.get(JAVA_INT, line(service.number) + Layout.SERVICE_ACTIVE) & 1;
    long at = ring(service.number, service.activeRing);
    int base = services.get(JAVA_INT, at + Layout.RING_BASE);
    int picks = services.get(JAVA_INT, at + Layout.RING_PERIOD);
    if (services.get(JAVA_INT, at + Layout.RING_POLICY) == Policy.SEQUENCE) {
      picks += services.get(JAVA_INT, at + Layout.RING_PREAMBLE);
    }
    pool.reserve(base, picks);
    service.extents[service.activeRing] =
        new PickPool.Extent(
            base, (picks + Layout.POOL_LINE - 1) / Layout.POOL_LINE * Layout.POOL_LINE);
  }

  /** The service's servers and where its scheduler stands, after what the programs picked. */
  Roster<RealKey> now(Service service) {
    Roster<RealKey> roster = service.roster;
    if (!(roster instanceof Scheduler<RealKey> scheduler)) {
      return roster;
    }
    long at = ring(service.number, service.activeRing);
    long next = Memory.getLong(services, at + Layout.RING_NEXT);
    if (services.get(JAVA_INT, at + Layout.RING_POLICY) == Policy.SEQUENCE) {
      return service.sequence.after(next, scheduler);
    }
    int last = (int) (next >>> 32) - 1;
    return switch (scheduler) {
      case RoundRobin<RealKey> rr -> new RoundRobin<>(rr.servers(), last);
      case WeightedRoundRobin<RealKey> wrr ->
          new WeightedRoundRobin<>(wrr.servers(), last, (int) next, wrr.step(), wrr.top());
    };
  }

  /** Makes the programs choose from this roster. */
  void write(Service service, Roster<RealKey> roster) {
    service.roster = roster;
    Content content = content(service, roster);
    int which = 1 - service.activeRing;
    pool.release(service.extents[which]);
    service.extents[which] = PickPool.Extent.NONE;
    PickPool.Extent extent = pool.allocate(content.numbers.length);
    for (int i = 0; i < content.numbers.length; i++) {
      pool.write(extent, i, content.numbers[i]);
    }
    long at = ring(service.number, which);
    services.set(JAVA_INT, at + Layout.RING_BASE, extent.base());
    services.set(JAVA_INT, at + Layout.RING_PREAMBLE, content.preamble);
    services.set(JAVA_INT, at + Layout.RING_PERIOD, content.period);
    services.set(JAVA_INT, at + Layout.RING_POLICY, content.policy);
    services.set(JAVA_LONG, at + Layout.RING_NEXT, content.next);
    services.set(JAVA_INT, line(service.number) + Layout.SERVICE_TOP + which * 4L, content.top);
    Memory.putInt(services, line(service.number) + Layout.SERVICE_ACTIVE, which);
    pool.release(service.extents[service.activeRing]);
    service.extents[service.activeRing] = PickPool.Extent.NONE;
    service.extents[which] = extent;
    service.activeRing = which;
  }

  /** Gives the service's room back. */
  void release(Service service) {
    pool.release(service.extents[0]);
    pool.release(service.extents[1]);
  }

  private Content content(Service service, Roster<RealKey> roster) {
    int policy = Policy.of(service.kind, service.scheduling, service.key.protocol(), like);
    service.sequence = Sequence.none();
    return switch (service.kind) {
      case RR, WRR -> turns(service, roster, policy);
      case LC, WLC, SED, NQ, FO, OVF, LBLC, LBLCR, TWOS ->
          Content.list(policy, numbers(service, roster.servers()));
      case SH -> slots(policy, service, roster, SlotTable.sourceHash(roster.servers()));
      case DH -> slots(policy, service, roster, SlotTable.destinationHash(roster.servers()));
      case MH -> maglev(policy, service, lastWeights(service, roster.servers()));
      case MAGLEV -> maglev(policy, service, live(roster.servers()));
    };
  }

  /** Nobody can become overloaded: the order is known. Else the programs look at each server. */
  private Content turns(Service service, Roster<RealKey> roster, int policy) {
    if (!(roster instanceof Scheduler<RealKey> scheduler)) {
      throw new IllegalStateException(service.kind + " without a memory");
    }
    if (service.reals.values().stream().allMatch(r -> r.upperThreshold == 0)) {
      Sequence<RealKey> sequence = Sequence.of(scheduler, sequencePicks);
      service.sequence = sequence;
      int[] picks = sequence.picks().stream().mapToInt(k -> number(service, k)).toArray();
      return new Content(Policy.SEQUENCE, sequence.preamble(), picks, sequence.period(), 0, 0);
    }
    int[] numbers = numbers(service, roster.servers());
    return switch (scheduler) {
      case RoundRobin<RealKey> rr ->
          new Content(policy, 0, numbers, numbers.length, 0, (rr.last() + 1L) << 32);
      case WeightedRoundRobin<RealKey> wrr ->
          new Content(
              policy,
              wrr.step(),
              numbers,
              wrr.top() == 0 ? 0 : numbers.length,
              wrr.top(),
              (wrr.last() + 1L) << 32 | wrr.level());
    };
  }

  private static Content slots(int policy, Service service, Roster<RealKey> roster, int[] slots) {
    int[] numbers = numbers(service, roster.servers());
    return Content.list(policy, Arrays.stream(slots).map(i -> numbers[i]).toArray());
  }

  private static Content maglev(int policy, Service service, List<Server<RealKey>> servers) {
    int[] numbers = numbers(service, servers);
    int[] slots = SlotTable.maglev(servers, k -> ServiceIndex.fold(k.address()) + k.port());
    return Content.list(policy, Arrays.stream(slots).map(i -> numbers[i]).toArray());
  }

  /** A server whose weight is 0 now keeps its slots, so that nobody else's clients move. */
  private static List<Server<RealKey>> lastWeights(Service service, List<Server<RealKey>> servers) {
    List<Server<RealKey>> result = new ArrayList<>(servers.size());
    for (Server<RealKey> s : servers) {
      Real real = service.reals.get(s.key());
      result.add(new Server<>(s.key(), real == null ? s.weight() : real.lastWeight));
    }
    return result;
  }

  /** Those that can be chosen, in an order that every director has. */
  private static List<Server<RealKey>> live(List<Server<RealKey>> servers) {
    return servers.stream()
        .filter(s -> s.weight() > 0)
        .sorted(
            Comparator.comparing(
                    (Server<RealKey> s) -> s.key().address().getAddress(), Arrays::compareUnsigned)
                .thenComparingInt(s -> s.key().port()))
        .toList();
  }

  private static int[] numbers(Service service, List<Server<RealKey>> servers) {
    return servers.stream().mapToInt(s -> number(service, s.key())).toArray();
  }

  private static int number(Service service, RealKey key) {
    Real real = service.reals.get(key);
    if (real == null) {
      throw new IllegalStateException("the scheduler names a server that is not there: " + key);
    }
    return real.number;
  }
}
