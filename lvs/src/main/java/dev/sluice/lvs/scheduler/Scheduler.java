package dev.sluice.lvs.scheduler;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of a scheduler that chooses by order and weight only. Immutable: every call answers a
 * new one.
 *
 * <p>The list of servers is IPVS's: the newest first. A server is usable when its weight is above
 * 0.
 *
 * @param <K> what identifies a server
 */
public sealed interface Scheduler<K> permits RoundRobin, WeightedRoundRobin {

  /** A server and its weight, 0 or more. */
  record Server<K>(K key, int weight) {
    public Server {
      if (weight < 0) {
        throw new IllegalArgumentException("weight " + weight + " of " + key);
      }
    }
  }

  /**
   * A choice.
   *
   * @param key null: no server is usable
   * @param next the scheduler after it; the same one when there was no choice
   */
  record Pick<K>(@Nullable K key, Scheduler<K> next) {}

  /** Servers in the scheduler's order, newest first. */
  List<Server<K>> servers();

  /** Chooses for one new connection. */
  Pick<K> pick();

  /** With a server more, at the head of the list. */
  Scheduler<K> add(K key, int weight);

  /** Without this server. */
  Scheduler<K> remove(K key);

  /** With another weight; the order stays. */
  Scheduler<K> edit(K key, int weight);

  /** An empty one by IPVS's name; empty for those that need more than order and weight. */
  static <K> Optional<Scheduler<K>> named(String name) {
    return named(name, List.of());
  }

  /**
   * One that begins with a list of servers, as when a service gets another scheduler.
   *
   * @param newestFirst the list
   */
  static <K> Optional<Scheduler<K>> named(String name, List<Server<K>> newestFirst) {
    return switch (name) {
      case "rr" -> Optional.of(new RoundRobin<>(newestFirst, -1));
      case "wrr" -> Optional.of(WeightedRoundRobin.of(newestFirst));
      default -> Optional.empty();
    };
  }
}
