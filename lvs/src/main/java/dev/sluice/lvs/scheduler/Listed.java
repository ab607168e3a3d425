package dev.sluice.lvs.scheduler;

import java.util.List;

/** Servers of a scheduler that remembers nothing between two choices. */
public record Listed<K>(List<Server<K>> servers) implements Roster<K> {

  public Listed {
    servers = List.copyOf(servers);
  }

  @Override
  public Listed<K> add(K key, int weight, int index) {
    return new Listed<>(ServerList.add(servers, key, weight, index));
  }

  @Override
  public Listed<K> remove(K key) {
    return new Listed<>(ServerList.remove(servers, key));
  }

  @Override
  public Listed<K> edit(K key, int weight) {
    return new Listed<>(ServerList.edit(servers, key, weight));
  }
}
