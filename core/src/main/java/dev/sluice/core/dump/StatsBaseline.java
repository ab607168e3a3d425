package dev.sluice.core.dump;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpSnapshot;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * How the counters stood when they were cleared. Only dumps count from there on: the status and
 * metrics must never see a counter go back. Used by one thread.
 */
final class StatsBaseline {
  private final Map<String, Map<VrrpCounter, Long>> cleared = new HashMap<>();

  /** What an instance counted since. */
  Map<VrrpCounter, Long> since(VrrpSnapshot.Instance instance) {
    Map<VrrpCounter, Long> from = cleared.get(instance.name());
    if (from == null) {
      return instance.counters();
    }
    Map<VrrpCounter, Long> result = new EnumMap<>(VrrpCounter.class);
    instance
        .counters()
        .forEach((counter, value) -> {
          long then = from.getOrDefault(counter, 0L);
          // Smaller than at the clearing: it is another instance of the same name.
          result.put(counter, value < then ? value : value - then);
        });
    return result;
  }

  /** Everything counts from zero again. */
  void clear(VrrpSnapshot vrrp) {
    cleared.clear();
    vrrp.instances().forEach(i -> cleared.put(i.name(), i.counters()));
  }
}
