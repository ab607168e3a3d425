package dev.sluice.core.ipvs;

import dev.sluice.config.model.VirtualServer;
import dev.sluice.core.api.IpvsTable;
import dev.sluice.lvs.Plane;
import dev.sluice.lvs.ServiceTable.RealKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An estimator for every service and every real server. */
final class Estimators {
  private final Map<Place, Estimator> all = new HashMap<>();
  private int seconds;

  /** A service, or one of its servers. */
  private record Place(VirtualServer.Key service, @Nullable RealKey real) {}

  /** A second has gone by. */
  void tick(Plane plane) {
    if (++seconds % Estimator.PERIOD_SECONDS != 0) {
      return;
    }
    var seen = new HashSet<Place>();
    for (Plane.ServiceCounters s : plane.counters()) {
      var service = new Place(s.key(), null);
      seen.add(service);
      at(service).tick(s.counters());
      for (Plane.RealCounters r : s.reals()) {
        var real = new Place(s.key(), r.key());
        seen.add(real);
        at(real).tick(r.counters());
      }
    }
    all.keySet().retainAll(seen);
  }

  /** Counts from here. */
  void zero(List<Plane.ServiceCounters> counters, Predicate<VirtualServer.Key> which) {
    for (Plane.ServiceCounters s : counters) {
      if (which.test(s.key())) {
        at(new Place(s.key(), null)).zero(s.counters());
        s.reals().forEach(r -> at(new Place(s.key(), r.key())).zero(r.counters()));
      }
    }
  }

  /** A service's numbers. */
  IpvsTable.Statistics service(VirtualServer.Key key, Plane.Counters now) {
    return at(new Place(key, null)).shown(now);
  }

  /** A real server's numbers. */
  IpvsTable.Statistics real(VirtualServer.Key key, RealKey real, Plane.Counters now) {
    return at(new Place(key, real)).shown(now);
  }

  private Estimator at(Place place) {
    return all.computeIfAbsent(place, _ -> new Estimator());
  }
}
