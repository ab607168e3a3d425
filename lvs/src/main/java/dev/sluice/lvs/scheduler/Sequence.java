package dev.sluice.lvs.scheduler;

import dev.sluice.lvs.scheduler.Roster.Server;
import dev.sluice.lvs.scheduler.Scheduler.Pick;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a scheduler will ever choose as long as nothing changes: some picks once, then others
 * again and again. So a forwarding plane only counts.
 *
 * @param picks the preamble, then one period; empty when no server is usable
 * @param preamble how many picks come before the first repetition
 * @param states the scheduler before each pick
 * @param exact false: the period was longer than the limit, so weights were scaled down
 */
public record Sequence<K>(List<K> picks, int preamble, List<Scheduler<K>> states, boolean exact) {

  public Sequence {
    picks = List.copyOf(picks);
    states = List.copyOf(states);
  }

  /** Without picks. */
  public static <K> Sequence<K> none() {
    return new Sequence<>(List.of(), 0, List.of(), true);
  }

  /**
   * The sequence from this state on. When it does not fit, weights are scaled so that it does: the
   * shares keep to within one part in {@code limit / servers}, every usable server keeps at least
   * its one pick in a period, and the exact order is lost.
   *
   * @param limit the most picks, at least the number of servers
   */
  public static <K> Sequence<K> of(Scheduler<K> from, int limit) {
    List<K> picks = new ArrayList<>();
    List<Scheduler<K>> states = new ArrayList<>();
    Map<Long, Integer> seen = new HashMap<>();
    Scheduler<K> now = from;
    while (picks.size() <= limit) {
      Integer first = seen.putIfAbsent(position(now), picks.size());
      if (first != null) {
        return new Sequence<>(picks, first, states, true);
      }
      Pick<K> pick = now.pick();
      K key = pick.key();
      if (key == null) {
        return new Sequence<>(List.of(), 0, List.of(), true);
      }
      states.add(now);
      picks.add(key);
      now = pick.next();
    }
    Sequence<K> scaled = of(scaled(from.servers(), limit), limit);
    return new Sequence<>(scaled.picks, scaled.preamble, scaled.states, false);
  }

  /** What differs between two states of the same list. */
  private static long position(Scheduler<?> scheduler) {
    return switch (scheduler) {
      case RoundRobin<?> rr -> rr.last();
      case WeightedRoundRobin<?> wrr -> (long) wrr.last() << 32 | wrr.level();
    };
  }

  private static <K> Scheduler<K> scaled(List<Server<K>> servers, int limit) {
    long usable = servers.stream().filter(s -> s.weight() > 0).count();
    long sum = servers.stream().mapToLong(Server::weight).sum();
    if (usable * 2 > limit) {
      throw new IllegalArgumentException(
          usable + " usable servers do not fit into " + limit + " picks");
    }
    // One pick for each, the rest by weight; half of the limit, as a round follows the preamble.
    long rest = limit / 2 - usable;
    Scheduler<K> scheduler = WeightedRoundRobin.empty();
    for (int i = servers.size() - 1; i >= 0; i--) {
      Server<K> s = servers.get(i);
      int weight = s.weight() == 0 ? 0 : (int) Math.max(1, s.weight() * rest / sum);
      scheduler = scheduler.add(s.key(), weight);
    }
    return scheduler;
  }

  /** How many picks repeat; 0: there is no usable server. */
  public int period() {
    return picks.size() - preamble;
  }

  /**
   * The scheduler after so many picks.
   *
   * @param before the scheduler this sequence was made of
   */
  public Scheduler<K> after(long count, Scheduler<K> before) {
    if (count <= 0 || picks.isEmpty() || !exact) {
      return before;
    }
    int index =
        count < preamble
            ? (int) count
            : preamble + (int) Long.remainderUnsigned(count - preamble, period());
    return states.get(index);
  }
}
