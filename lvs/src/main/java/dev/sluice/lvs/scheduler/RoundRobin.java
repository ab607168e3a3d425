package dev.sluice.lvs.scheduler;

import java.util.List;

/**
 * {@code rr}: each usable server in turn, in list order. Weights matter only when 0.
 *
 * @param servers in list order
 * @param last index of the server chosen last; -1: the search starts at the head
 */
public record RoundRobin<K>(List<Server<K>> servers, int last) implements Scheduler<K> {

  public RoundRobin {
    servers = List.copyOf(servers);
  }

  /** Without servers. */
  public static <K> RoundRobin<K> empty() {
    return new RoundRobin<>(List.of(), -1);
  }

  @Override
  public Pick<K> pick() {
    int n = servers.size();
    for (int step = 1; step <= n; step++) {
      int i = (last + step) % n;
      if (servers.get(i).weight() > 0) {
        return new Pick<>(servers.get(i).key(), new RoundRobin<>(servers, i));
      }
    }
    return new Pick<>(null, this);
  }

  /** Before what was chosen last: that moves one place down. */
  @Override
  public RoundRobin<K> add(K key, int weight, int index) {
    return new RoundRobin<>(
        ServerList.add(servers, key, weight, index), index <= last ? last + 1 : last);
  }

  /** When the one chosen last goes, the memory moves to the one before it. */
  @Override
  public RoundRobin<K> remove(K key) {
    int i = ServerList.indexOf(servers, key);
    return new RoundRobin<>(ServerList.remove(servers, key), i <= last ? last - 1 : last);
  }

  @Override
  public RoundRobin<K> edit(K key, int weight) {
    return new RoundRobin<>(ServerList.edit(servers, key, weight), last);
  }
}
