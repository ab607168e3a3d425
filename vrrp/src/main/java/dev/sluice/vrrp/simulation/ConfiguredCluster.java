package dev.sluice.vrrp.simulation;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.UnicastPeer;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.vrrp.machine.InstanceSettings;
import dev.sluice.vrrp.machine.Trackers;
import dev.sluice.vrrp.machine.VrrpRouter.GroupSpec;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a cluster of real configurations.
 *
 * <p>Instances of one family and virtual router id are one virtual router; only where a router has
 * several such, the interface's name decides which belong together. A router's address is, in this
 * order: the given one, its {@code unicast_src_ip} or {@code mcast_src_ip}, the one that the others
 * list as their peer, else 192.0.2.N or fe80::N for the N-th router.
 */
public final class ConfiguredCluster {
  private static final String NO_LINK = "the network";

  private final List<Member> members;

  private ConfiguredCluster(List<Member> members) {
    this.members = members;
  }

  /**
   * A router's configuration.
   *
   * @param addresses its own, at most one of each family; may be empty
   */
  public record Member(String name, Configuration configuration, List<InetAddress> addresses) {
    public Member {
      addresses = List.copyOf(addresses);
    }
  }

  private record Id(int family, int virtualRouterId) {}

  /** The routers, in the order of the members. */
  public static ClusterSpec of(List<Member> members) {
    return new ConfiguredCluster(List.copyOf(members)).make();
  }

  private ClusterSpec make() {
    Set<Id> ambiguous = ambiguous();
    Map<Id, String> links = new HashMap<>();
    List<ClusterSpec.Router> routers = new ArrayList<>();
    for (int r = 0; r < members.size(); r++) {
      Configuration configuration = members.get(r).configuration();
      List<ClusterSpec.Instance> instances = new ArrayList<>();
      for (VrrpInstance instance : configuration.vrrpInstances()) {
        Id id = id(instance);
        String own = Objects.requireNonNullElse(instance.interfaceName(), NO_LINK);
        String link = ambiguous.contains(id) ? own : links.computeIfAbsent(id, _ -> own);
        VrrpSyncGroup group = group(configuration, instance.name());
        instances.add(
            new ClusterSpec.Instance(
                InstanceSettings.of(instance, group != null),
                id.family(),
                id.virtualRouterId(),
                link,
                instance.interfaceName(),
                address(r, instance),
                instance.unicastPeers().stream().map(UnicastPeer::address).toList(),
                instance.authentication(),
                instance.trackPrimary(),
                Trackers.of(instance, group)));
      }
      routers.add(
          new ClusterSpec.Router(
              members.get(r).name(),
              instances,
              configuration.syncGroups().stream()
                  .map(group -> new GroupSpec(group.name(), group.members()))
                  .toList(),
              1,
              0,
              configuration.global().startupDelay().toNanos()));
    }
    return new ClusterSpec(routers);
  }

  private static Id id(VrrpInstance instance) {
    return new Id(family(instance), instance.virtualRouterId());
  }

  private static int family(VrrpInstance instance) {
    return instance.multicastGroup() instanceof Inet6Address ? 6 : 4;
  }

  /** What one router has on several interfaces. */
  private Set<Id> ambiguous() {
    Set<Id> twice = new HashSet<>();
    for (Member member : members) {
      Set<Id> seen = new HashSet<>();
      for (VrrpInstance instance : member.configuration().vrrpInstances()) {
        if (!seen.add(id(instance))) {
          twice.add(id(instance));
        }
      }
    }
    return twice;
  }

  private static @Nullable VrrpSyncGroup group(Configuration configuration, String instance) {
    for (VrrpSyncGroup group : configuration.syncGroups()) {
      if (group.members().contains(instance)) {
        return group;
      }
    }
    return null;
  }

  private InetAddress address(int router, VrrpInstance instance) {
    int family = family(instance);
    for (InetAddress given : members.get(router).addresses()) {
      if ((given instanceof Inet6Address ? 6 : 4) == family) {
        return given;
      }
    }
    InetAddress configured = configured(instance);
    if (configured != null) {
      return configured;
    }
    InetAddress listed = listed(router, instance);
    if (listed != null) {
      return listed;
    }
    return InetAddress.ofLiteral((family == 6 ? "fe80::" : "192.0.2.") + (router + 1));
  }

  private static @Nullable InetAddress configured(VrrpInstance instance) {
    return instance.unicast() ? instance.unicastSource() : instance.multicastSource();
  }

  /** The one address that others list as a peer and that is nobody else's. */
  private @Nullable InetAddress listed(int router, VrrpInstance instance) {
    Set<InetAddress> candidates = new LinkedHashSet<>();
    Set<InetAddress> taken = new HashSet<>();
    instance.unicastPeers().forEach(peer -> taken.add(peer.address()));
    for (int r = 0; r < members.size(); r++) {
      for (VrrpInstance other : members.get(r).configuration().vrrpInstances()) {
        if (r != router && id(other).equals(id(instance))) {
          other.unicastPeers().forEach(peer -> candidates.add(peer.address()));
          InetAddress theirs = configured(other);
          if (theirs != null) {
            taken.add(theirs);
          }
        }
      }
    }
    candidates.removeAll(taken);
    return candidates.size() == 1 ? candidates.iterator().next() : null;
  }
}
