package dev.sluice.lvs.scheduler;

import dev.sluice.lvs.scheduler.Roster.Server;
import java.util.ArrayList;
import java.util.List;

/** Changes of a list of servers. */
final class ServerList {
  private ServerList() {}

  static <K> int indexOf(List<Server<K>> servers, K key) {
    for (int i = 0; i < servers.size(); i++) {
      if (servers.get(i).key().equals(key)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no server " + key);
  }

  static <K> List<Server<K>> add(List<Server<K>> servers, K key, int weight, int index) {
    if (servers.stream().anyMatch(s -> s.key().equals(key))) {
      throw new IllegalArgumentException("server " + key + " is there already");
    }
    List<Server<K>> copy = new ArrayList<>(servers.size() + 1);
    copy.addAll(servers);
    copy.add(index, new Server<>(key, weight));
    return List.copyOf(copy);
  }

  static <K> List<Server<K>> remove(List<Server<K>> servers, K key) {
    List<Server<K>> copy = new ArrayList<>(servers);
    copy.remove(indexOf(servers, key));
    return List.copyOf(copy);
  }

  static <K> List<Server<K>> edit(List<Server<K>> servers, K key, int weight) {
    List<Server<K>> copy = new ArrayList<>(servers);
    copy.set(indexOf(servers, key), new Server<>(key, weight));
    return List.copyOf(copy);
  }
}
