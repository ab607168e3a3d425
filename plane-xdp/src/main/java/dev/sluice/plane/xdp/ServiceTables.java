package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.linux.bpf.Jiffies;
import dev.sluice.lvs.Plane.ApplyResult;
import dev.sluice.lvs.PlaneException;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Access;
import dev.sluice.lvs.ServiceTable.Features;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.ServiceTable.Scheduling;
import dev.sluice.lvs.ServiceTable.Timeouts;
import dev.sluice.lvs.scheduler.Roster;
import dev.sluice.lvs.scheduler.Roster.Server;
import dev.sluice.lvs.scheduler.SchedulerKind;
import dev.sluice.plane.xdp.Service.Real;
import dev.sluice.plane.xdp.ServiceIndex.Endpoint;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

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
  private static final System.Logger LOG = System.getLogger("dev.sluice.plane.xdp");

  /** As long as IPVS keeps a removed server after its last entry, at least. */
  private static final int TRASH_SECONDS = 120;

  private final PlaneMaps maps;
  private final ServiceIndex index;
  private final PickPool pool;
  private final Rings rings;
  private final NatServers nat;
  private final RealLines lines;
  private final TunnelLines tunnels;
  private final NextHops hops;
  private final Counting counting;
  private final Wide wide;
  private final AccessLists access;
  private final Compatibility like;
  private final int jiffiesPerSecond = Jiffies.perSecond();
  private final Map<VirtualServer.Key, Service> services = new LinkedHashMap<>();
  private final BitSet usedNumbers = new BitSet();

  ServiceTables(PlaneMaps maps, NextHops hops, Counting counting, Options options) {
    this.maps = maps;
    this.hops = hops;
    this.counting = counting;
    this.like = options.compatibility();
    this.index = new ServiceIndex(maps.serviceTable, this::addressOf);
    this.pool = new PickPool(maps.pool);
    this.rings = new Rings(maps.services, pool, options.ringPicks(), like);
    this.lines = new RealLines(maps.reals);
    this.tunnels = new TunnelLines(maps.tunnels);
    this.nat = new NatServers(maps, lines);
    this.wide = new Wide(maps);
    this.access = new AccessLists(maps.map("access"));
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
      Service service = new Service(n, serviceKey(n), Scheduling.of(""), SchedulerKind.LC);
      service.removed = (flags & Layout.SERVICE_REMOVED) != 0;
      rings.adopt(service);
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
      real.method = lines.method(r);
      real.tunnel = tunnels.read(r);
      (removed ? service.trash : service.reals).put(real.key, real);
      if (!removed) {
        way(service, real, hops.use(real.key.address()));
      }
    }
  }

  private InetAddress addressOf(int service) {
    long at = line(service);
    int family = maps.services.get(JAVA_BYTE, at + Layout.SERVICE_FAMILY);
    return Addresses.read(maps.services, at + Layout.SERVICE_ADDRESS, family);
  }

  private VirtualServer.Key serviceKey(int service) {
    long at = line(service);
    long key = maps.services.get(JAVA_LONG, at + Layout.SERVICE_KEY);
    if (maps.services.get(JAVA_INT, at + Layout.SERVICE_MARK) != 0) {
      return VirtualServer.Key.ofMark(key & 0xffffffffL, (key & ServiceIndex.MARK6) == 0 ? 4 : 6);
    }
    int protocol = maps.services.get(JAVA_BYTE, at + Layout.SERVICE_PROTOCOL) & 0xff;
    return new VirtualServer.Key(
        addressOf(service),
        ServiceIndex.port(maps.services.get(JAVA_SHORT, at + Layout.SERVICE_PORT) & 0xffff),
        protocol == Protocol.TCP.number() ? Protocol.TCP : Protocol.UDP);
  }

  /** Who the service is; its line is empty. */
  private void name(int service, VirtualServer.Key key) {
    MemorySegment s = maps.services;
    long at = line(service);
    s.set(JAVA_LONG, at + Layout.SERVICE_KEY, ServiceIndex.key(key));
    if (key.mark() != 0) {
      s.set(JAVA_INT, at + Layout.SERVICE_MARK, (int) key.mark());
      s.set(
          JAVA_BYTE,
          at + Layout.SERVICE_FAMILY,
          (byte) (key.ipv6() ? Layout.FAMILY_IPV6 : Layout.FAMILY_IPV4));
      return;
    }
    Addresses.write(s, at + Layout.SERVICE_ADDRESS, key.address());
    s.set(JAVA_BYTE, at + Layout.SERVICE_FAMILY, (byte) Addresses.family(key.address()));
    s.set(JAVA_BYTE, at + Layout.SERVICE_PROTOCOL, (byte) key.protocol().number());
    s.set(JAVA_SHORT, at + Layout.SERVICE_PORT, (short) ServiceIndex.port(key.port()));
  }

  // --- applying --------------------------------------------------------------------------------

  ApplyResult apply(ServiceTable table, int now) {
    List<ServiceTable.Service> desired = table.services();
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
    wide.write(services.values(), table.rules());
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

  private boolean differs(Service service, ServiceTable.Service desired) {
    if (!service.scheduling.equals(desired.scheduling())
        || !service.persistence.equals(desired.persistence())
        || !service.features.equals(desired.features())
        || service.reals.size() != desired.reals().size()) {
      return true;
    }
    int place = 0;
    for (ServiceTable.Real r : desired.reals()) {
      Real real = service.reals.get(r.key());
      if (real == null
          || real.weight != r.weight()
          || real.method != r.method()
          || !real.tunnel.equals(r.tunnel())
          || thresholdsDiffer(real, r)) {
        return true;
      }
      if (!like.newestFirst() && !service.roster.servers().get(place++).key().equals(r.key())) {
        return true;
      }
    }
    return false;
  }

  private static boolean thresholdsDiffer(Real real, ServiceTable.Real want) {
    return real.upperThreshold != (int) want.upperThreshold()
        || real.lowerThreshold != (int) want.lowerThreshold();
  }

  private void add(ServiceTable.Service desired, int now) {
    Service service = services.get(desired.key());
    MemorySegment s = maps.services;
    if (service == null) {
      int number = usedNumbers.nextClearBit(1);
      usedNumbers.set(number);
      s.asSlice(line(number), Layout.SERVICE_BYTES).fill((byte) 0);
      name(number, desired.key());
      service = new Service(number, desired.key(), desired.scheduling(), kind(desired));
      services.put(desired.key(), service);
    } else {
      // IPVS forgets a removed service's totals, and remembers those of its servers.
      counting.restart(service);
      service.removed = false;
      service.scheduling = desired.scheduling();
      service.kind = kind(desired);
      service.roster = Roster.of(service.kind, List.of());
    }
    epoch(service);
    update(service, desired, service.roster, now);
    features(service, desired.features());
  }

  /** What lblc and lblcr remember of before is forgotten. */
  private void epoch(Service service) {
    Memory.putInt(
        maps.services,
        line(service.number) + Layout.SERVICE_EPOCH,
        ThreadLocalRandom.current().nextInt());
  }

  /** Also puts it into force, or takes it out: then its packets pass as if it were not there. */
  private void features(Service service, Features features) {
    if (!features.access().equals(service.features.access())) {
      access.change(service.number, service.features.access(), features.access());
    }
    service.features = features;
    long at = line(service.number);
    Timeouts own = features.timeouts();
    int[] seconds = {own.tcp(), own.tcpFin(), own.udp()};
    for (int i = 0; i < seconds.length; i++) {
      Memory.putInt(
          maps.services, at + Layout.SERVICE_OWN_TIME + i * 4L, seconds[i] * jiffiesPerSecond);
    }
    Memory.putInt(maps.services, at + Layout.SERVICE_FLAGS, flags(features));
    if (service.key.mark() != 0) {
      return; // rules lead to it
    }
    if (features.active()) {
      index.put(Endpoint.of(service.key), service.number);
    } else {
      index.remove(Endpoint.of(service.key));
    }
  }

  private static int flags(Features features) {
    int lost =
        switch (features.lostServer()) {
          case PLANE -> 0;
          case DROP -> Layout.SERVICE_LOST_DROP;
          case RESET -> Layout.SERVICE_LOST_RESET;
          case RESCHEDULE -> Layout.SERVICE_LOST_RESCHEDULE;
        };
    return Layout.SERVICE_USED
        | lost
        | (features.onePacket() ? Layout.SERVICE_ONE_PACKET : 0)
        | (features.access().everybody() ? 0 : Layout.SERVICE_LISTED)
        | (features.access().allow().isEmpty() ? Layout.SERVICE_STRANGERS : 0)
        | (features.timeouts().equals(Timeouts.PLANE) ? 0 : Layout.SERVICE_OWN_TIMES);
  }

  private static SchedulerKind kind(ServiceTable.Service desired) {
    return SchedulerKind.named(desired.scheduler())
        .orElseThrow(
            () -> new PlaneException("this plane has no scheduler " + desired.scheduler()));
  }

  private void change(Service service, ServiceTable.Service desired, int now) {
    Roster<RealKey> from;
    SchedulerKind kind = kind(desired);
    if (service.scheduling.name().equals(desired.scheduler())) {
      from = rings.now(service);
    } else {
      List<Server<RealKey>> servers = new ArrayList<>();
      for (Real r : service.reals.values()) {
        Server<RealKey> server = new Server<>(r.key, r.weight);
        if (like.newestFirst()) {
          servers.addFirst(server);
        } else {
          servers.add(server);
        }
      }
      from = Roster.of(kind, servers);
      service.kind = kind;
      epoch(service);
    }
    service.scheduling = desired.scheduling();
    update(service, desired, from, now);
    if (!service.features.equals(desired.features())) {
      features(service, desired.features());
    }
  }

  /** Removals, then weights, then additions in the order of the configuration. */
  private void update(
      Service service, ServiceTable.Service desired, Roster<RealKey> from, int now) {
    Roster<RealKey> roster = from;
    Map<RealKey, ServiceTable.Real> wanted = new LinkedHashMap<>();
    desired.reals().forEach(r -> wanted.put(r.key(), r));
    List<Real> leaving = new ArrayList<>();
    for (Real real : List.copyOf(service.reals.values())) {
      ServiceTable.Real want = wanted.get(real.key);
      if (want == null) {
        roster = roster.remove(real.key);
        service.reals.remove(real.key);
        leaving.add(real);
        continue;
      }
      if (want.weight() != real.weight) {
        roster = roster.edit(real.key, want.weight());
        weight(real, want.weight());
      }
      thresholds(real, want);
      method(service, real, want.method(), want.tunnel());
    }
    int place = 0;
    for (ServiceTable.Real want : desired.reals()) {
      if (!service.reals.containsKey(want.key())) {
        roster = roster.add(want.key(), want.weight(), like.newestFirst() ? 0 : place);
        Real real = enter(service, want);
        thresholds(real, want);
        service.reals.put(want.key(), real);
      }
      place++;
    }
    persistence(service, desired.persistence());
    rings.write(service, inOrder(service, roster, desired));
    // Only now, as the ring before still named them.
    for (Real real : leaving) {
      leave(service, real, now);
    }
  }

  private void persistence(Service service, ServiceTable.Persistence persistence) {
    service.persistence = persistence;
    long jiffies = persistence.timeoutSeconds() * jiffiesPerSecond;
    int bits = persistence.clientPrefix();
    int mask = bits == 0 ? 0 : -1 << (32 - Math.min(32, bits));
    long at = line(service.number);
    maps.services.set(JAVA_BYTE, at + Layout.SERVICE_CLIENT_PREFIX, (byte) bits);
    Memory.putInt(maps.services, at + Layout.SERVICE_CLIENT_MASK, Integer.reverseBytes(mask));
    Memory.putInt(
        maps.services,
        at + Layout.SERVICE_PERSISTENCE,
        (int) Math.min(Integer.MAX_VALUE / 2, jiffies));
  }

  /** The configuration's order where servers changed places in it; the scheduler begins anew. */
  private Roster<RealKey> inOrder(
      Service service, Roster<RealKey> roster, ServiceTable.Service desired) {
    List<Server<RealKey>> declared =
        desired.reals().stream().map(r -> new Server<>(r.key(), r.weight())).toList();
    return like.newestFirst() || roster.servers().equals(declared)
        ? roster
        : Roster.of(service.kind, declared);
  }

  private void weight(Real real, int weight) {
    real.weight(weight);
    lines.weight(real.number, weight);
  }

  /** Also entries that are open follow it. */
  private void method(Service service, Real real, ForwardingMethod method, Tunnel tunnel) {
    if (real.method == method && (method != ForwardingMethod.TUN || real.tunnel.equals(tunnel))) {
      real.tunnel = tunnel;
      return;
    }
    real.tunnel = tunnel;
    tunnels.write(real.number, real.key.address(), tunnel);
    Endpoint endpoint = new Endpoint(real.key.address(), real.key.port(), service.key.protocol());
    if (real.method == ForwardingMethod.NAT) {
      nat.unlink(real.number, endpoint);
    }
    lines.method(real.number, method);
    if (method == ForwardingMethod.NAT) {
      nat.link(real.number, endpoint);
    }
    real.method = method;
    if (service.reals.containsValue(real)) {
      way(service, real, hops.hop(real.key.address())); // there may be less room now, or more
    }
  }

  /** How packets go there from now on. */
  private void way(Service service, Real real, NextHops.Hop hop) {
    if (hop.local()
        && real.method == ForwardingMethod.NAT
        && real.key.port() != service.key.port()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} of {1} is this machine: its port is not translated, packets are delivered to port"
              + " {2}; let the server listen there, or run it on another machine",
          real.key,
          service.key,
          String.valueOf(service.key.port()));
    }
    if (real.method != ForwardingMethod.TUN) {
      lines.hop(real.number, hop);
      return;
    }
    InetAddress from = hop.from();
    if (from != null) {
      tunnels.source(real.number, from);
    }
    lines.hop(real.number, hop.narrowedBy(TunnelLines.overhead(real.key.address(), real.tunnel)));
  }

  private void thresholds(Real real, ServiceTable.Real want) {
    if (thresholdsDiffer(real, want)) {
      real.upperThreshold = (int) want.upperThreshold();
      real.lowerThreshold = (int) want.lowerThreshold();
    }
    counting.thresholds(real.number, real.upperThreshold, real.lowerThreshold);
  }

  private Real enter(Service service, ServiceTable.Real want) {
    Real real = service.trash.remove(want.key());
    if (real == null) {
      real = new Real(lines.allocate(want.key(), service.number), want.key(), want.weight());
      counting.clear(real.number);
    } else if (!real.hadEntries) {
      counting.retire(service, real.number);
    }
    method(service, real, want.method(), want.tunnel());
    weight(real, want.weight());
    way(service, real, hops.use(want.key().address()));
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
          way(service, real, hops.hop(address));
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
          method(service, real, ForwardingMethod.DR, Tunnel.ipip());
          lines.free(real.number);
        }
      }
      if (service.removed && service.trash.isEmpty()) {
        forget(service);
      }
    }
  }

  private void forget(Service service) {
    access.change(service.number, service.features.access(), Access.EVERYBODY);
    if (service.key.mark() == 0) {
      index.remove(Endpoint.of(service.key));
    }
    Memory.putInt(maps.services, line(service.number) + Layout.SERVICE_FLAGS, 0);
    rings.release(service);
    usedNumbers.clear(service.number);
    services.remove(service.key);
  }
}
