package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sluice.linux.bpf.BpfMap;
import dev.sluice.lvs.ServiceTable.Access;
import dev.sluice.lvs.ServiceTable.Prefix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** The clients' prefixes of services, in one trie: the service's number, then the address. */
final class AccessLists {
  private final BpfMap trie;

  AccessLists(BpfMap trie) {
    this.trie = trie;
  }

  /** Makes one list of a service the other; what both have stays in force throughout. */
  void change(int service, Access from, Access to) {
    Map<Prefix, Integer> before = answers(from);
    Map<Prefix, Integer> after = answers(to);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      after.forEach((prefix, answer) -> {
        value.set(JAVA_INT, 0, answer);
        trie.update(key(arena, service, prefix), value);
      });
      for (Prefix prefix : before.keySet()) {
        if (!after.containsKey(prefix)) {
          boolean _ = trie.delete(key(arena, service, prefix));
        }
      }
    }
  }

  /** 1: may come, 0: may not; who is on both lists may not. */
  private static Map<Prefix, Integer> answers(Access access) {
    Map<Prefix, Integer> answers = new HashMap<>();
    access.allow().forEach(p -> answers.put(p, 1));
    access.deny().forEach(p -> answers.put(p, 0));
    return answers;
  }

  private static MemorySegment key(Arena arena, int service, Prefix prefix) {
    MemorySegment key = arena.allocate(Layout.ACCESS_KEY_BYTES, Integer.BYTES);
    key.set(JAVA_INT, Layout.ACCESS_KEY_BITS, Integer.SIZE + prefix.bits());
    key.set(JAVA_INT, Layout.ACCESS_KEY_SERVICE, service);
    byte[] address = prefix.address().getAddress();
    MemorySegment.copy(address, 0, key, JAVA_BYTE, Layout.ACCESS_KEY_ADDRESS, address.length);
    return key;
  }
}
