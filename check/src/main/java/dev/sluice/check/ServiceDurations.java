package dev.sluice.check;

import dev.sluice.config.model.VirtualServer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How long the tries of each service took. The loop adds; any thread may read. */
final class ServiceDurations {
  private final Map<VirtualServer.Key, DurationHistogram> of = new ConcurrentHashMap<>();

  void add(VirtualServer.Key service, long nanos) {
    of.computeIfAbsent(service, _ -> new DurationHistogram()).add(nanos);
  }

  void keepOnly(Set<VirtualServer.Key> services) {
    of.keySet().retainAll(services);
  }

  Map<VirtualServer.Key, DurationHistogram> all() {
    return Map.copyOf(of);
  }
}
