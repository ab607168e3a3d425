package dev.sluice.lvs.scheduler;

import java.util.List;

/**
 * {@code wrr}: interleaved weighted round robin. Passes over the list at a falling level; a pass
 * takes the servers whose weight reaches the level. A change starts again at the head, and keeps
 * the level where it still makes sense.
 *
 * @param servers in list order
 * @param last index of the server chosen last; -1: the head of the list, before all servers
 * @param level the current weight (IPVS's cw)
 * @param step how far the level falls after a pass: the greatest common divisor of the weights
 * @param top the level a round starts at; 0: no server is usable
 */
public record WeightedRoundRobin<K>(List<Server<K>> servers, int last, int level, int step, int top)
    implements Scheduler<K> {

  public WeightedRoundRobin {
    servers = List.copyOf(servers);
  }

  /** Without servers. */
  public static <K> WeightedRoundRobin<K> empty() {
    return new WeightedRoundRobin<>(List.of(), -1, 0, 1, 0);
  }

  /** With these servers from the start. */
  public static <K> WeightedRoundRobin<K> of(List<Server<K>> servers) {
    return WeightedRoundRobin.<K>empty().changed(servers);
  }

  @Override
  public Pick<K> pick() {
    if (top == 0) {
      return new Pick<>(null, this);
    }
    int at = last;
    int current = level;
    while (true) {
      for (int i = at + 1; i < servers.size(); i++) {
        if (servers.get(i).weight() > 0 && servers.get(i).weight() >= current) {
          return new Pick<>(
              servers.get(i).key(), new WeightedRoundRobin<>(servers, i, current, step, top));
        }
      }
      at = -1;
      current -= step;
      if (current <= 0) {
        current = top;
      }
    }
  }

  @Override
  public WeightedRoundRobin<K> add(K key, int weight, int index) {
    return changed(ServerList.add(servers, key, weight, index));
  }

  @Override
  public WeightedRoundRobin<K> remove(K key) {
    return changed(ServerList.remove(servers, key));
  }

  @Override
  public WeightedRoundRobin<K> edit(K key, int weight) {
    return changed(ServerList.edit(servers, key, weight));
  }

  private WeightedRoundRobin<K> changed(List<Server<K>> next) {
    int divisor = divisor(next);
    int highest = top(next, divisor);
    int kept;
    if (level > highest || level == 0) {
      kept = highest;
    } else if (divisor > 1) {
      kept = level / divisor * divisor + 1;
    } else {
      kept = level;
    }
    return new WeightedRoundRobin<>(next, -1, kept, divisor, highest);
  }

  private static <K> int divisor(List<Server<K>> servers) {
    int divisor = 0;
    for (Server<K> s : servers) {
      int a = divisor;
      int b = s.weight();
      while (b != 0) {
        int rest = a % b;
        a = b;
        b = rest;
      }
      divisor = a;
    }
    return divisor == 0 ? 1 : divisor;
  }

  private static <K> int top(List<Server<K>> servers, int divisor) {
    int most = 0;
    for (Server<K> s : servers) {
      most = Math.max(most, s.weight());
    }
    return most == 0 ? 0 : most - (divisor - 1);
  }
}
