package dev.sluice.core.service;

import dev.sluice.check.CheckTarget;
import dev.sluice.config.model.VirtualServer;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * {@code ha_suspend}: the checks of a service rest while its address is not on this machine. Its
 * servers keep the state that they had.
 */
final class Suspension {
  private final OwnAddresses own;
  private Map<VirtualServer.Key, InetAddress> concerned = Map.of();
  private List<CheckTarget> all = List.of();
  private Set<VirtualServer.Key> resting = Set.of();

  Suspension(OwnAddresses own) {
    this.own = own;
  }

  /** The running configuration. */
  void set(Iterable<VirtualServer> services, List<CheckTarget> targets) {
    concerned =
        StreamSupport.stream(services.spliterator(), false)
            .filter(s -> s.haSuspend() && s.key().mark() == 0)
            .collect(Collectors.toMap(VirtualServer::key, VirtualServer::address));
    all = List.copyOf(targets);
  }

  /** Whether any service rests at times. */
  boolean any() {
    return !concerned.isEmpty();
  }

  /** Whether this one does. */
  boolean concerns(VirtualServer.Key service) {
    return concerned.containsKey(service);
  }

  /** Whether another set of services rests than when {@link #running} was last asked. */
  boolean changed() {
    return !now().equals(resting);
  }

  /** The checks that shall run now. */
  List<CheckTarget> running() {
    resting = now();
    return resting.isEmpty()
        ? all
        : all.stream().filter(t -> !resting.contains(t.id().service())).toList();
  }

  private Set<VirtualServer.Key> now() {
    Set<VirtualServer.Key> now = new HashSet<>();
    concerned.forEach((service, address) -> {
      if (!own.here(address)) {
        now.add(service);
      }
    });
    return now;
  }
}
