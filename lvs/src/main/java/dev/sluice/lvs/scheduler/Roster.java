package dev.sluice.lvs.scheduler;

import java.util.List;

/**
 * Servers in the order a scheduler goes through them. Immutable: every call answers a new one.
 *
 * @param <K> what identifies a server
 */
public sealed interface Roster<K> permits Listed, Scheduler {

  /** A server and its weight, 0 or more. */
  record Server<K>(K key, int weight) {
    public Server {
      if (weight < 0) {
        throw new IllegalArgumentException("weight " + weight + " of " + key);
      }
    }
  }

  /** Servers in the scheduler's order. */
  List<Server<K>> servers();

  /**
   * With a server more.
   *
   * @param index its place; 0 is the head, where IPVS puts it
   */
  Roster<K> add(K key, int weight, int index);

  /** Without this server. */
  Roster<K> remove(K key);

  /** With another weight; the order stays. */
  Roster<K> edit(K key, int weight);

  /** With these servers from the start. */
  static <K> Roster<K> of(SchedulerKind kind, List<Server<K>> servers) {
    return switch (kind) {
      case RR -> new RoundRobin<>(servers, -1);
      case WRR -> WeightedRoundRobin.of(servers);
      case LC, WLC, SED, NQ, FO, OVF, LBLC, LBLCR, TWOS, SH, DH, MH, MAGLEV ->
          new Listed<>(servers);
    };
  }
}
