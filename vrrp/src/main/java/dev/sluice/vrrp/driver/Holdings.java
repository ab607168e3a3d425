package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.vrrp.objects.KernelObject;
import dev.sluice.vrrp.objects.TokenBucket;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The objects that we put, or try to put, in the kernel, by key and by place. */
final class Holdings {
  /** What we know of one of them. */
  static final class Holding {
    KernelObject object;
    String owner;

    /** Whether the kernel has it, as far as we know. */
    boolean held;

    /** Of an address: the device that has it. */
    int ifindex;

    /** A predecessor's, which the kernel may or may not have. */
    boolean adopted;

    /** Taken away by others: its next coming is a repair. */
    boolean stolen;

    /** Left alone after others removed it ({@code no_track}). */
    boolean abandoned;

    long leaseSeconds;
    long renewedNanos;
    boolean renewing;
    @Nullable TokenBucket bucket;
    boolean limitTold;
    long notBeforeNanos;
    long restored;
    long retryNanos;
    String failure = "";

    Holding(KernelObject object, String owner) {
      this.object = object;
      this.owner = owner;
    }
  }

  private record Place(int ifindex, InetAddress address, int prefixLength) {}

  private final Map<KernelObject.Key, Holding> all = new LinkedHashMap<>();
  private final Map<Place, KernelObject.Key> places = new HashMap<>();

  /** Those that are routes and rules: few or none, so they may be looked through. */
  private final Set<KernelObject.Key> paths = new LinkedHashSet<>();

  /** What we know of it; null: nothing. */
  @Nullable Holding get(KernelObject.Key key) {
    return all.get(key);
  }

  /** What we know of it, from now on at the least that there is such a thing. */
  Holding begin(KernelObject object, String owner) {
    KernelObject.Key key = object.key();
    Holding holding = all.get(key);
    if (holding == null) {
      holding = new Holding(object, owner);
      all.put(key, holding);
      if (!(key instanceof KernelObject.Key.OfAddress)) {
        paths.add(key);
      }
    }
    return holding;
  }

  void remove(KernelObject.Key key) {
    all.remove(key);
    paths.remove(key);
  }

  /** All of them. */
  Collection<Holding> all() {
    return all.values();
  }

  Collection<KernelObject.Key> keys() {
    return Collections.unmodifiableSet(all.keySet());
  }

  /** The keys of routes and rules. */
  Set<KernelObject.Key> paths() {
    return Collections.unmodifiableSet(paths);
  }

  /** An address is at a device. */
  void settled(KernelObject.Key key, VirtualAddress address, int ifindex) {
    places.put(place(address, ifindex), key);
  }

  /** It is no longer. */
  void left(VirtualAddress address, int ifindex) {
    places.remove(place(address, ifindex));
  }

  /** Which of ours an address of the kernel is; null: none. */
  KernelObject.@Nullable Key at(InterfaceAddress address) {
    return places.get(new Place(address.ifindex(), address.address(), address.prefixLength()));
  }

  private static Place place(VirtualAddress address, int ifindex) {
    return new Place(ifindex, address.address(), ObjectWire.length(address));
  }
}
