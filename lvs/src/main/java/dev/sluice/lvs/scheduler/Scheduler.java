package dev.sluice.lvs.scheduler;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of a scheduler that chooses by order and weight only. A server is usable when its
 * weight is above 0.
 */
public sealed interface Scheduler<K> extends Roster<K> permits RoundRobin, WeightedRoundRobin {

  /**
   * A choice.
   *
   * @param key null: no server is usable
   * @param next the scheduler after it; the same one when there was no choice
   */
  record Pick<K>(@Nullable K key, Scheduler<K> next) {}

  /** Chooses for one new connection. */
  Pick<K> pick();

  @Override
  Scheduler<K> add(K key, int weight, int index);

  /** With a server more at the head of the list, where IPVS puts it. */
  default Scheduler<K> add(K key, int weight) {
    return add(key, weight, 0);
  }

  @Override
  Scheduler<K> remove(K key);

  @Override
  Scheduler<K> edit(K key, int weight);

  /** An empty one by IPVS's name; empty for those that need more than order and weight. */
  static <K> Optional<Scheduler<K>> named(String name) {
    return switch (name) {
      case "rr" -> Optional.of(RoundRobin.empty());
      case "wrr" -> Optional.of(WeightedRoundRobin.empty());
      default -> Optional.empty();
    };
  }
}
