package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;
import dev.sluice.vrrp.driver.Holdings.Holding;
import dev.sluice.vrrp.machine.VrrpTimers;
import dev.sluice.vrrp.objects.Claims;
import dev.sluice.vrrp.objects.Difference;
import dev.sluice.vrrp.objects.KernelObject;
import dev.sluice.vrrp.objects.Lifetime;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the kernel hold what is wanted: addresses, routes and rules of the instances that are
 * MASTER, and those of the daemon. Take-over, reload, repair and a device that comes late are one
 * path: a key becomes dirty, and {@link #flush} does what {@link Difference} says about all dirty
 * keys in one batch.
 *
 * <p>A request that the kernel refuses is tried again, less and less often.
 *
 * <p>What others take away, {@link Repair} finds; {@link Leases} renew lifetimes; what a killed
 * predecessor left is {@link Adoption}'s.
 */
final class ObjectKeeper {
  /** The owner of what is there whoever is MASTER. */
  static final String DAEMON = "";

  private static final long RETRY_LEAST_NANOS = 100_000_000L;
  private static final long RETRY_MOST_NANOS = 30_000_000_000L;

  /** Addresses in one batch: some 2 ms of the kernel's work. */
  private static final int KEYS_PER_TURN = 100;

  /** What the keeper needs to know and to tell. */
  interface Owners {
    /** Seconds of the lease that an instance's addresses have now; 0: none. */
    long leaseSeconds(String instance);

    /** An address came other than by a takeover: it must be announced. */
    void cameLate(String instance, KernelObject.Address address, int ifindex, boolean repaired);

    /** Something was put back. */
    void restored(String instance);
  }

  /** Why a key is dirty. */
  record Why(String cause, boolean late) {}

  static final Why REPAIR = new Why("put back", true);
  static final Why INTERFACE_THERE = new Why("its interface is there", true);

  /** A key to look at again, or (null) an adoption that ends. */
  private record Later(long atNanos, KernelObject.@Nullable Key key, String owner) {}

  private final KernelRequests requests;
  private final Interfaces interfaces;
  private final VrrpListener listener;
  private final Owners owners;

  private final Claims claims = new Claims();
  private final Holdings holdings = new Holdings();
  private final Map<KernelObject.Key, Why> dirty = new LinkedHashMap<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::atNanos));

  /** Made once: the loop asks in every turn. */
  private final Predicate<KernelObject.Key> suspected = this::suspected;

  private final Leases.Refused refused = this::notRenewed;
  private final Repair repair;
  private final Leases leases;
  private final Adoption adoption;

  ObjectKeeper(
      KernelRequests requests, Interfaces interfaces, VrrpListener listener, Owners owners) {
    this.requests = requests;
    this.interfaces = interfaces;
    this.listener = listener;
    this.owners = owners;
    repair = new Repair(interfaces, listener, claims, holdings, new Mending());
    leases = new Leases(requests, holdings, owners);
    adoption = new Adoption(interfaces, claims, holdings);
  }

  /** Finds what others took away. */
  Repair repair() {
    return repair;
  }

  private final class Mending implements Repair.Hand {
    @Override
    public void dirty(KernelObject.Key key, Why why) {
      dirty.putIfAbsent(key, why);
    }

    @Override
    public void later(KernelObject.Key key, long atNanos) {
      later.add(new Later(atNanos, key, ""));
    }

    @Override
    public void gone(String owner, KernelObject object, String cause) {
      tellGone(owner, object, cause);
    }
  }

  // --- what is wanted ---------------------------------------------------------------------------

  /**
   * Makes this all that an owner wants; {@link #flush} then does it.
   *
   * @param late whether what comes must be announced by itself (not at a takeover)
   * @param cause why something goes
   */
  void want(String owner, List<KernelObject> objects, boolean late, String cause) {
    Set<KernelObject.Key> changed = claims.set(owner, objects);
    Why why = new Why(cause, late);
    changed.forEach(key -> dirty.put(key, why));
    adoption.end(owner).forEach(key -> dirty.putIfAbsent(key, why));
    for (KernelObject object : objects) {
      Holding holding = holdings.get(object.key());
      if (holding != null && holding.abandoned) {
        holding.abandoned = false;
        dirty.putIfAbsent(object.key(), why);
      }
    }
  }

  /** What an owner wants. */
  List<KernelObject> wantedBy(String owner) {
    return claims.of(owner);
  }

  /** An owner wants nothing any more, and what was adopted for it goes, too. */
  void release(String owner, String cause) {
    want(owner, List.of(), false, cause);
  }

  /** As {@link Adoption#leased}. */
  boolean leased(List<KernelObject> objects) {
    return adoption.leased(objects);
  }

  /** As {@link Adoption#adopt}, until {@code untilNanos} at the latest. */
  void adopt(
      String owner, List<KernelObject> objects, @Nullable InetAddress except, long untilNanos) {
    if (adoption.adopt(owner, objects, except)) {
      later.add(new Later(untilNanos, null, owner));
    }
  }

  /** Another router speaks for this instance: what was adopted goes. */
  void otherHeard(String owner) {
    if (adoption.waiting(owner)) {
      release(owner, "left behind by a predecessor, and another router is master");
    }
  }

  /** Removes addresses with our mark that nobody has configured. */
  void sweep(Collection<KernelObject> configured) {
    Why why = new Why("left behind by a predecessor, no longer configured", false);
    adoption.stale(configured).forEach(key -> dirty.put(key, why));
  }

  // --- what the kernel holds --------------------------------------------------------------------

  private @Nullable KernelObject held(KernelObject.Key key) {
    Holding holding = holdings.get(key);
    if (holding == null || !holding.held) {
      return null;
    }
    // What was adopted is put anew, over what is there.
    return holding.adopted && claims.wanted(key) != null ? null : holding.object;
  }

  /** The device that has an address of ours; 0: none has. */
  int ifindex(KernelObject.Address address) {
    Holding holding = holdings.get(address.key());
    return holding != null && holding.held && !holding.adopted ? holding.ifindex : 0;
  }

  /** What was sent, to be matched with the answers. */
  private record Sent(KernelObject object, Kind kind, int ifindex) {
    enum Kind {
      GO,
      CLEAR,
      COME
    }
  }

  /** Whether {@link #flush} must be called again. */
  boolean more() {
    return !dirty.isEmpty();
  }

  /**
   * What one batch looks at: all, but of many addresses no more than adverts may wait for. Where
   * routes and rules are among it they go and come with their addresses.
   */
  private Map<KernelObject.Key, Why> slice() {
    Map<KernelObject.Key, Why> whys = new LinkedHashMap<>();
    if (dirty.size() <= KEYS_PER_TURN || !holdings.paths().isEmpty() || pathsAreDirty()) {
      whys.putAll(dirty);
      dirty.clear();
      return whys;
    }
    var all = dirty.entrySet().iterator();
    while (whys.size() < KEYS_PER_TURN && all.hasNext()) {
      var next = all.next();
      whys.put(next.getKey(), next.getValue());
      all.remove();
    }
    return whys;
  }

  private boolean pathsAreDirty() {
    return dirty.keySet().stream().anyMatch(key -> !(key instanceof KernelObject.Key.OfAddress));
  }

  /** Does what is due, in one batch; a part of it where there is {@link #more}. */
  void flush(long nowNanos) {
    if (dirty.isEmpty()) {
      return;
    }
    Map<KernelObject.Key, Why> whys = slice();
    Difference difference = Difference.of(whys.keySet(), claims::wanted, this::held);
    List<Sent> sent = new ArrayList<>();
    for (KernelObject object : difference.go()) {
      Holding holding = Objects.requireNonNull(holdings.get(object.key()));
      remove(object, holding.ifindex, Sent.Kind.GO, sent);
    }
    for (KernelObject object : difference.come()) {
      come(object, sent, nowNanos);
    }
    whys.forEach((key, why) -> {
      KernelObject held = held(key);
      if (why.equals(REPAIR) && held != null && held.equals(claims.wanted(key))) {
        come(held, sent, nowNanos);
      }
    });
    List<KernelRequests.Answer> answers = requests.send();
    for (int i = 0; i < sent.size(); i++) {
      Sent one = sent.get(i);
      Why why = Objects.requireNonNull(whys.get(one.object().key()));
      KernelRequests.Answer answer = answers.get(i);
      switch (one.kind()) {
        case GO -> gone(one, answer, why);
        case CLEAR -> {}
        case COME -> came(one, answer, why, nowNanos);
      }
    }
    for (KernelObject.Key key : whys.keySet()) {
      Holding holding = holdings.get(key);
      if (holding != null && !holding.held && claims.wanted(key) == null) {
        holdings.remove(key);
      }
    }
  }

  private void remove(KernelObject object, int ifindex, Sent.Kind kind, List<Sent> sent) {
    try {
      switch (object) {
        case KernelObject.Address address -> requests.remove(address, ifindex);
        case KernelObject.Route route -> requests.remove(route);
        case KernelObject.Rule rule -> requests.remove(rule);
      }
      sent.add(new Sent(object, kind, ifindex));
    } catch (IllegalArgumentException e) {
      // Its device is gone, and it with it; or it never could be asked for.
      if (kind == Sent.Kind.GO) {
        forget(object);
      }
    }
  }

  private void come(KernelObject object, List<Sent> sent, long nowNanos) {
    Holding holding = holdings.begin(object, claims.owner(object.key()));
    holding.owner = claims.owner(object.key());
    if (holding.abandoned) {
      return;
    }
    switch (object) {
      case KernelObject.Address(String device, VirtualAddress va) -> {
        Link link = interfaces.byName(device).orElse(null);
        if (link == null) {
          failed(
              holding,
              object,
              device.isEmpty()
                  ? "no interface: write dev NAME behind it"
                  : "interface "
                      + device
                      + " does not exist; it is added when the interface comes");
          return;
        }
        holding.leaseSeconds = owners.leaseSeconds(holding.owner);
        Lifetime lifetime = Lifetime.of(va, holding.leaseSeconds);
        InterfaceAddress shall = ObjectWire.address(va, link.index(), lifetime);
        InterfaceAddress is =
            interfaces.find(link.index(), va.address(), ObjectWire.length(va)).orElse(null);
        if (is != null && !alike(is, shall, link.name())) {
          remove(object, link.index(), Sent.Kind.CLEAR, sent);
        }
        requests.put((KernelObject.Address) object, link.index(), lifetime);
        sent.add(new Sent(object, Sent.Kind.COME, link.index()));
      }
      case KernelObject.Route _, KernelObject.Rule _ -> {
        if (holding.adopted) {
          remove(object, 0, Sent.Kind.CLEAR, sent);
        }
        try {
          ask(object);
          sent.add(new Sent(object, Sent.Kind.COME, 0));
        } catch (IllegalArgumentException e) {
          holding.held = false;
          holding.adopted = false;
          failed(holding, object, Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
      }
    }
    holding.renewedNanos = nowNanos;
  }

  private void ask(KernelObject object) {
    switch (object) {
      case KernelObject.Route route -> requests.put(route);
      case KernelObject.Rule rule -> requests.put(rule);
      case KernelObject.Address _ -> throw new IllegalStateException("addresses are put");
    }
  }

  /** Whether the kernel's address needs nothing but another lifetime to be as it shall be. */
  private static boolean alike(InterfaceAddress is, InterfaceAddress shall, String device) {
    int lasting = InterfaceAddress.NOPREFIXROUTE | InterfaceAddress.HOME;
    return (is.flags() & lasting) == (shall.flags() & lasting)
        && (!is.ipv4()
            || (is.scope() == shall.scope()
                && Objects.requireNonNullElse(is.label(), device)
                    .equals(Objects.requireNonNullElse(shall.label(), device))));
  }

  private void gone(Sent sent, KernelRequests.Answer answer, Why why) {
    Holding holding = forget(sent.object());
    if (holding == null) {
      return;
    }
    if (sent.object() instanceof KernelObject.Address(String _, VirtualAddress va)) {
      holdings.left(va, sent.ifindex());
      boolean _ = interfaces.remove(ObjectWire.address(va, sent.ifindex(), Lifetime.of(va, 0)));
    }
    if (!answer.ok()) {
      tellFailed(holding.owner, sent.object(), answer.failure());
    } else if (!answer.already()) {
      tellGone(holding.owner, sent.object(), why.cause());
    }
  }

  private @Nullable Holding forget(KernelObject object) {
    KernelObject.Key key = object.key();
    Holding holding = holdings.get(key);
    if (holding != null) {
      holding.held = false;
      holding.adopted = false;
      if (claims.wanted(key) == null) {
        holdings.remove(key);
      }
    }
    return holding;
  }

  private void came(Sent sent, KernelRequests.Answer answer, Why why, long nowNanos) {
    KernelObject object = sent.object();
    Holding holding = Objects.requireNonNull(holdings.get(object.key()));
    boolean suspected = holding.held && !holding.adopted;
    holding.object = object;
    if (answer.already() && suspected) {
      return; // still there: the suspicion was wrong
    }
    holding.adopted = false;
    if (!answer.ok() || answer.already()) {
      holding.held = false;
      failed(
          holding,
          object,
          answer.ok()
              ? "the kernel has one like it already, which stays; ours comes when that one goes"
              : answer.failure());
      holding.retryNanos =
          Math.min(RETRY_MOST_NANOS, Math.max(RETRY_LEAST_NANOS, holding.retryNanos * 2));
      later.add(new Later(nowNanos + holding.retryNanos, object.key(), holding.owner));
      return;
    }
    boolean repaired = holding.stolen || suspected;
    holding.held = true;
    holding.stolen = false;
    holding.ifindex = sent.ifindex();
    holding.failure = "";
    holding.retryNanos = 0;
    if (object instanceof KernelObject.Address(String device, VirtualAddress va)) {
      holdings.settled(object.key(), va, sent.ifindex());
      boolean _ =
          interfaces.put(
              ObjectWire.address(va, sent.ifindex(), Lifetime.of(va, holding.leaseSeconds)));
      leases.begun(holding, nowNanos);
      if (!repaired) {
        listener.on(new VrrpEvent.AddressAdded(holding.owner, va.address(), device));
      }
      if (why.late() || repaired) {
        owners.cameLate(holding.owner, (KernelObject.Address) object, sent.ifindex(), repaired);
      }
    } else if (!repaired) {
      listener.on(new VrrpEvent.ObjectChanged(holding.owner, object.words(), true, why.cause()));
    }
    if (repaired) {
      holding.restored++;
      if (suspected) {
        holding.notBeforeNanos = repair.token(holding, nowNanos);
      }
      owners.restored(holding.owner);
      listener.on(new VrrpEvent.Restored(holding.owner, object.words(), holding.restored));
    }
  }

  private void failed(Holding holding, KernelObject object, String text) {
    if (!holding.failure.equals(text)) {
      holding.failure = text;
      tellFailed(holding.owner, object, text);
    }
  }

  private void tellFailed(String owner, KernelObject object, String text) {
    listener.on(
        object instanceof KernelObject.Address(String device, VirtualAddress va)
            ? new VrrpEvent.AddressFailed(owner, va.address(), device, text)
            : new VrrpEvent.ObjectFailed(owner, object.words(), text));
  }

  private void tellGone(String owner, KernelObject object, String cause) {
    listener.on(
        object instanceof KernelObject.Address(String device, VirtualAddress va)
            ? new VrrpEvent.AddressRemoved(owner, va.address(), device, cause)
            : new VrrpEvent.ObjectChanged(owner, object.words(), false, cause));
  }

  private boolean suspected(KernelObject.Key key) {
    return repair.suspected(key);
  }

  private void notRenewed(Holding holding, String text) {
    failed(holding, holding.object, text);
  }

  // --- what others do ---------------------------------------------------------------------------

  /** A device came, was renamed or came up: what waited for it is tried again. */
  void linkChanged() {
    for (KernelObject.Key key : claims.keys()) {
      Holding holding = holdings.get(key);
      if (holding != null && !holding.held && !holding.abandoned) {
        dirty.putIfAbsent(key, INTERFACE_THERE);
      }
    }
    repair.suspectRoutes();
  }

  // --- time -------------------------------------------------------------------------------------

  /** When {@link #tick} is due. */
  long deadlineNanos() {
    if (repair.pending() || !dirty.isEmpty()) {
      return 0;
    }
    Later next = later.peek();
    return Math.min(leases.deadlineNanos(), next == null ? VrrpTimers.NONE : next.atNanos());
  }

  /** Does what the time brings; {@link #flush} must follow. */
  void tick(long nowNanos) {
    repair.examine(nowNanos);
    Later next = later.peek();
    while (next != null && next.atNanos() <= nowNanos) {
      later.remove();
      due(next);
      next = later.peek();
    }
    leases.tick(nowNanos, suspected, refused);
  }

  private void due(Later due) {
    KernelObject.Key key = due.key();
    if (key == null) {
      if (adoption.waiting(due.owner())) {
        release(due.owner(), "left behind by a predecessor, and the election takes too long");
      }
      return;
    }
    Holding holding = holdings.get(key);
    if (holding == null || holding.abandoned || claims.wanted(key) == null) {
      return;
    }
    if (holding.held) {
      repair.suspect(key);
    } else {
      dirty.putIfAbsent(key, REPAIR);
    }
  }

  /** The lease of an instance began or ended: its addresses get their new lifetime. */
  void leaseChanged(String owner) {
    leases.changed(owner, claims.of(owner));
  }
}
