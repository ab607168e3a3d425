package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.vrrp.objects.Claims;
import dev.sluice.vrrp.objects.KernelObject;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a killed predecessor left in the kernel: what is configured stays until the election
 * decides, what is not goes.
 */
final class Adoption {
  private final Interfaces interfaces;
  private final Claims claims;
  private final Holdings holdings;
  private final Map<String, List<KernelObject.Key>> adopted = new LinkedHashMap<>();

  Adoption(Interfaces interfaces, Claims claims, Holdings holdings) {
    this.interfaces = interfaces;
    this.claims = claims;
    this.holdings = holdings;
  }

  /**
   * Takes over what a killed predecessor left, until the election decides. The addresses stay as
   * they are, so that a director that was alone goes on serving while it restarts. They go when
   * another router is heard (it is master, whatever its priority), when the instance is in FAULT or
   * ends, and when its time is over; they become ours when the instance becomes MASTER. A lease
   * that runs on them is not renewed meanwhile.
   *
   * <p>Routes and rules cannot be told from a dump without reading all of them: they count as left,
   * and removing one that is not there is no failure.
   *
   * @param except not to be touched: the instance's own source address
   * @return whether there is anything
   */
  boolean adopt(String owner, List<KernelObject> objects, @Nullable InetAddress except) {
    List<KernelObject.Key> mine = new ArrayList<>();
    for (KernelObject object : objects) {
      KernelObject.Key key = object.key();
      if (claims.wanted(key) != null || holdings.get(key) != null) {
        continue;
      }
      int ifindex = 0;
      if (object instanceof KernelObject.Address(String device, VirtualAddress va)) {
        Link link = interfaces.byName(device).orElse(null);
        if (link == null
            || va.address().equals(except)
            || interfaces.find(link.index(), va.address(), ObjectWire.length(va)).isEmpty()) {
          continue;
        }
        ifindex = link.index();
        holdings.settled(key, va, ifindex);
      }
      Holdings.Holding holding = holdings.begin(object, owner);
      holding.ifindex = ifindex;
      holding.held = true;
      holding.adopted = true;
      mine.add(key);
    }
    if (!mine.isEmpty()) {
      adopted.put(owner, mine);
    }
    return !mine.isEmpty();
  }

  /** Whether a lease runs on any of these: a predecessor's, who had heard another router. */
  boolean leased(List<KernelObject> objects) {
    for (KernelObject object : objects) {
      if (object instanceof KernelObject.Address(String device, VirtualAddress va)) {
        boolean finite =
            interfaces
                .byName(device)
                .flatMap(link -> interfaces.find(link.index(), va.address(), ObjectWire.length(va)))
                .filter(is -> is.validSeconds() != InterfaceAddress.FOREVER)
                .isPresent();
        if (finite) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether anything adopted for an owner waits for its election. */
  boolean waiting(String owner) {
    return adopted.containsKey(owner);
  }

  /** The election has decided: what was adopted for an owner, which is no longer. */
  List<KernelObject.Key> end(String owner) {
    List<KernelObject.Key> mine = adopted.remove(owner);
    return mine == null ? List.of() : mine;
  }

  /** Takes charge of addresses with our mark that nobody has configured; they shall go. */
  List<KernelObject.Key> stale(Collection<KernelObject> configured) {
    List<KernelObject.Key> found = new ArrayList<>();
    Set<List<Object>> known = new HashSet<>();
    for (KernelObject object : configured) {
      if (object instanceof KernelObject.Address(String device, VirtualAddress va)) {
        interfaces
            .byName(device)
            .ifPresent(
                link -> known.add(List.of(link.index(), va.address(), ObjectWire.length(va))));
      }
    }
    for (InterfaceAddress address : interfaces.addresses()) {
      List<Object> place = List.of(address.ifindex(), address.address(), address.prefixLength());
      Link link = interfaces.byIndex(address.ifindex()).orElse(null);
      if (address.protocol() != ObjectWire.MARK || known.contains(place) || link == null) {
        continue;
      }
      VirtualAddress va =
          new VirtualAddress(
              address.address(), address.prefixLength(), null, null, null, 0, false, true);
      KernelObject.Address stale = new KernelObject.Address(link.name(), va);
      if (holdings.get(stale.key()) == null) {
        Holdings.Holding holding = holdings.begin(stale, ObjectKeeper.DAEMON);
        holding.held = true;
        holding.ifindex = link.index();
        found.add(stale.key());
      }
    }
    return found;
  }
}
