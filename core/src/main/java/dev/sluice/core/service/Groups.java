package dev.sluice.core.service;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.SelectedService;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.model.VirtualServerGroup;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The virtual servers by group. A group is one pool, under the key of its first entry, so each
 * server is checked once; every entry is a service with the pool's servers. With DR and TUN a
 * server has the port of each service, with NAT its own where it has one.
 */
final class Groups {
  private Map<VirtualServer.Key, Group> byPool = Map.of();

  private record Group(VirtualServer written, List<VirtualServer.Key> members) {
    Group {
      members = List.copyOf(members);
    }
  }

  /** Takes in a configuration: its services by group, each as the pool's virtual server. */
  List<VirtualServer> configuration(Configuration next) {
    var groups = new LinkedHashMap<VirtualServer.Key, Group>();
    var pools = new ArrayList<VirtualServer>();
    for (SelectedService s : next.further().selectedServices()) {
      List<VirtualServer.Key> members = members(next, s);
      if (!members.isEmpty() && !groups.containsKey(members.getFirst())) {
        groups.put(members.getFirst(), new Group(s.service(), members));
        pools.add(s.service().as(members.getFirst()));
      }
    }
    byPool = Map.copyOf(groups);
    return pools;
  }

  /** The services that a group's entries stand for; none where it is no group that exists. */
  static List<VirtualServer.Key> members(Configuration in, SelectedService service) {
    if (service.selector() instanceof SelectedService.Selector.Group(String name)) {
      VirtualServer vs = service.service();
      boolean ipv6 =
          !vs.realServers().isEmpty()
              && vs.realServers().getFirst().address() instanceof Inet6Address;
      for (VirtualServerGroup g : in.further().serverGroups()) {
        if (g.name().equals(name)) {
          return g.keys(vs.protocol(), ipv6 ? 6 : 4);
        }
      }
    }
    return List.of();
  }

  /** The services of a pool: itself, or the entries of its group. */
  List<VirtualServer.Key> members(VirtualServer.Key pool) {
    Group group = byPool.get(pool);
    return group == null ? List.of(pool) : group.members;
  }

  /** Whether a service is one of a group. */
  boolean contains(VirtualServer.Key service) {
    return byPool.values().stream().anyMatch(g -> g.members.contains(service));
  }

  /** A pool's service as the plane shall have it. */
  List<ServiceTable.Service> services(ServiceTable.Service of) {
    Group group = byPool.get(of.key());
    if (group == null) {
      return List.of(of);
    }
    var services = new ArrayList<ServiceTable.Service>();
    for (VirtualServer.Key key : group.members) {
      var seen = new HashSet<RealKey>();
      var reals = new ArrayList<Real>();
      for (Real r : of.reals()) {
        RealKey place = place(group, key, r.key(), r.method());
        if (seen.add(place)) {
          reals.add(
              new Real(
                  place,
                  r.weight(),
                  r.method(),
                  r.upperThreshold(),
                  r.lowerThreshold(),
                  r.tunnel()));
        }
      }
      services.add(
          new ServiceTable.Service(key, of.scheduling(), of.persistence(), of.features(), reals));
    }
    return services;
  }

  /** Where a pool's server is reached by the packets of one service. */
  RealKey place(VirtualServer.Key pool, VirtualServer.Key member, RealKey server) {
    Group group = byPool.get(pool);
    if (group == null) {
      return server;
    }
    for (RealServer r : group.written.realServers()) {
      if (r.address().equals(server.address()) && (r.port() == 0 || r.port() == server.port())) {
        return place(group, member, server, r.method());
      }
    }
    return server;
  }

  private static RealKey place(
      Group group, VirtualServer.Key member, RealKey server, ForwardingMethod method) {
    boolean ownPort =
        method == ForwardingMethod.NAT
            && group.written.realServers().stream()
                .anyMatch(r -> r.address().equals(server.address()) && r.port() == server.port());
    return ownPort ? server : new RealKey(server.address(), member.port());
  }
}
