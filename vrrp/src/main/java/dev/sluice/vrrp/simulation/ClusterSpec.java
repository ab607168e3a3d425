package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.machine.InstanceSettings;
import dev.sluice.vrrp.machine.Tracked;
import dev.sluice.vrrp.machine.VrrpRouter.GroupSpec;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The routers of a cluster, as configured. */
public record ClusterSpec(List<Router> routers) {

  public ClusterSpec {
    routers = List.copyOf(routers);
  }

  /**
   * A router.
   *
   * @param clockRate seconds its clock counts in a true second
   * @param clockOffsetNanos what its clock shows at the start of the simulation
   * @param startupDelayNanos how long after its start it does nothing
   */
  public record Router(
      String name,
      List<Instance> instances,
      List<GroupSpec> groups,
      double clockRate,
      long clockOffsetNanos,
      long startupDelayNanos) {

    public Router {
      instances = List.copyOf(instances);
      groups = List.copyOf(groups);
    }

    /** What its clock shows. */
    public long clock(long trueNanos) {
      return clockOffsetNanos + (long) (trueNanos * clockRate);
    }

    /** When its clock shows this, or a moment later. */
    long trueTime(long clock) {
      long time = (long) Math.ceil((clock - clockOffsetNanos) / clockRate);
      return clock(time) < clock ? time + 1 : time;
    }

    /** The place of the instance of this name; -1: there is none. */
    public int indexOf(String instance) {
      for (int i = 0; i < instances.size(); i++) {
        if (instances.get(i).settings().name().equals(instance)) {
          return i;
        }
      }
      return -1;
    }

    /** The group an instance moves with; null: it moves alone. */
    public @Nullable GroupSpec groupOf(String instance) {
      for (GroupSpec group : groups) {
        if (group.members().contains(instance)) {
          return group;
        }
      }
      return null;
    }
  }

  /**
   * An instance. Instances of one {@code family}, {@code virtualRouterId} and {@code link} are one
   * virtual router.
   *
   * @param family 4 or 6
   * @param link what its adverts travel on; the same word on each router
   * @param device the interface, in this router's own words; null: none configured
   * @param address the source of its adverts
   * @param peers whom it sends to; empty: the group
   * @param secret what its adverts prove themselves by; one that does not equal it is refused
   * @param trackPrimary whether the interface's failure is a fault
   * @param tracked what it watches besides; scripts and processes are taken to be well
   */
  public record Instance(
      InstanceSettings settings,
      int family,
      int virtualRouterId,
      String link,
      @Nullable String device,
      InetAddress address,
      List<InetAddress> peers,
      Object secret,
      boolean trackPrimary,
      List<Tracked> tracked) {

    public Instance {
      peers = List.copyOf(peers);
      tracked = List.copyOf(tracked);
    }

    private Key key() {
      return new Key(family, virtualRouterId, link);
    }
  }

  /** Where an instance is found. */
  public record Place(int router, int instance) {}

  /**
   * A virtual router with all that serve it.
   *
   * @param name what its first router calls it
   */
  public record VirtualRouter(
      String name, int family, int virtualRouterId, String link, List<Place> places) {
    public VirtualRouter {
      places = List.copyOf(places);
    }
  }

  private record Key(int family, int virtualRouterId, String link) {}

  /** The virtual routers in the order of their first mention. */
  public List<VirtualRouter> virtualRouters() {
    Map<Key, List<Place>> places = new LinkedHashMap<>();
    for (int r = 0; r < routers.size(); r++) {
      List<Instance> instances = routers.get(r).instances();
      for (int i = 0; i < instances.size(); i++) {
        places.computeIfAbsent(instances.get(i).key(), _ -> new ArrayList<>()).add(new Place(r, i));
      }
    }
    List<VirtualRouter> all = new ArrayList<>();
    places.forEach((key, here) ->
        all.add(
            new VirtualRouter(
                instance(here.getFirst()).settings().name(),
                key.family(),
                key.virtualRouterId(),
                key.link(),
                here)));
    return all;
  }

  /** The instance there. */
  public Instance instance(Place place) {
    return routers.get(place.router()).instances().get(place.instance());
  }
}
