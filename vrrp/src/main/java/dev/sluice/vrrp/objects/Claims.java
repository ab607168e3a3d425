package dev.sluice.vrrp.objects;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who wants what in the kernel. An object is wanted while anyone wants it: an address that two
 * instances name goes with the last of them. How it looks is what its first owner says.
 */
public final class Claims {
  private final Map<KernelObject.Key, Map<String, KernelObject>> owners = new LinkedHashMap<>();
  private final Map<String, List<KernelObject>> lists = new LinkedHashMap<>();

  /** Nobody wants anything. */
  public Claims() {}

  /**
   * Makes this all that an owner wants.
   *
   * @return the keys that somebody has begun or ceased to want, or wants otherwise than before; in
   *     the order in which they were wanted before, then now
   */
  public Set<KernelObject.Key> set(String owner, List<KernelObject> objects) {
    Map<KernelObject.Key, KernelObject> next = new LinkedHashMap<>();
    objects.forEach(object -> next.putIfAbsent(object.key(), object));
    Set<KernelObject.Key> changed = new LinkedHashSet<>();
    for (KernelObject old : lists.getOrDefault(owner, List.of())) {
      KernelObject.Key key = old.key();
      if (!next.containsKey(key)) {
        KernelObject before = wanted(key);
        Map<String, KernelObject> of = owners.get(key);
        if (of != null) {
          of.remove(owner);
          if (of.isEmpty()) {
            owners.remove(key);
          }
        }
        if (!Objects.equals(before, wanted(key))) {
          changed.add(key);
        }
      }
    }
    next.forEach((key, object) -> {
      KernelObject before = wanted(key);
      owners.computeIfAbsent(key, _ -> new LinkedHashMap<>()).put(owner, object);
      if (!object.equals(before) && !Objects.equals(before, wanted(key))) {
        changed.add(key);
      }
    });
    if (next.isEmpty()) {
      lists.remove(owner);
    } else {
      lists.put(owner, List.copyOf(next.values()));
    }
    return changed;
  }

  /** How the object shall look; null: nobody wants it. */
  public @Nullable KernelObject wanted(KernelObject.Key key) {
    Map<String, KernelObject> of = owners.get(key);
    return of == null ? null : of.values().iterator().next();
  }

  /** Its first owner; empty when nobody wants it. */
  public String owner(KernelObject.Key key) {
    Map<String, KernelObject> of = owners.get(key);
    return of == null ? "" : of.keySet().iterator().next();
  }

  /** What an owner wants, in its order. */
  public List<KernelObject> of(String owner) {
    return lists.getOrDefault(owner, List.of());
  }

  /** All keys that anybody wants. */
  public Collection<KernelObject.Key> keys() {
    return new ArrayList<>(owners.keySet());
  }
}
