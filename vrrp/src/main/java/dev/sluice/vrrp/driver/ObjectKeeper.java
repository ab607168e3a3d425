package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.linux.Route;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;
import dev.sluice.vrrp.machine.VrrpTimers;
import dev.sluice.vrrp.objects.Claims;
import dev.sluice.vrrp.objects.Difference;
import dev.sluice.vrrp.objects.KernelObject;
import dev.sluice.vrrp.objects.Lifetime;
import dev.sluice.vrrp.objects.TokenBucket;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the kernel hold what is wanted: addresses, routes and rules of the instances that are
 * MASTER, and those of the daemon. Take-over, reload, repair and a device that comes late are one
 * path: a key becomes dirty, and {@link #flush} does what {@link Difference} says about all dirty
 * keys in one batch.
 *
 * <p><b>Repair.</b> What someone else removes is put back in the same turn of the loop, up to
 * {@link #REPAIRS_AT_ONCE} times and then once per {@link #REPAIR_PERIOD_NANOS} and object; not
 * with {@code no_track}. A request that the kernel refuses is tried again, less and less often.
 *
 * <p><b>Lease.</b> Where the instance has one, its addresses have a lifetime in the kernel that is
 * renewed three times within it, a slice per turn.
 *
 * <p><b>Adoption.</b> What a killed predecessor left stays until the election decides: see {@link
 * #adopt}.
 */
final class ObjectKeeper {
  /** The owner of what is there whoever is MASTER. */
  static final String DAEMON = "";

  private static final long SECOND = 1_000_000_000L;
  private static final int REPAIRS_AT_ONCE = 10;
  private static final long REPAIR_PERIOD_NANOS = SECOND;
  private static final long RETRY_LEAST_NANOS = SECOND / 10;
  private static final long RETRY_MOST_NANOS = 30 * SECOND;

  /** Addresses renewed in one turn: adverts must not wait longer than it takes. */
  private static final int RENEWED_PER_TURN = 64;

  /** What the keeper needs to know and to tell. */
  interface Owners {
    /** Seconds of the lease that an instance's addresses have now; 0: none. */
    long leaseSeconds(String instance);

    /** An address came other than by a takeover: it must be announced. */
    void cameLate(String instance, KernelObject.Address address, int ifindex, boolean repaired);

    /** Something was put back. */
    void restored(String instance);
  }

  /** What we know of an object that we put, or try to put, in the kernel. */
  private static final class Holding {
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

  /** Why a key is dirty. */
  private record Why(String cause, boolean late) {}

  private static final Why REPAIR = new Why("put back", true);

  /** A key to look at again, or (null) an adoption that ends. */
  private record Later(long atNanos, KernelObject.@Nullable Key key, String owner) {}

  private record Place(int ifindex, InetAddress address, int prefixLength) {}

  private final KernelRequests requests;
  private final Interfaces interfaces;
  private final VrrpListener listener;
  private final Owners owners;

  private final Claims claims = new Claims();
  private final Map<KernelObject.Key, Holding> holdings = new LinkedHashMap<>();
  private final Map<Place, KernelObject.Key> places = new HashMap<>();

  /**
   * Those of the holdings that are routes and rules: few or none, so they may be looked through.
   */
  private final Set<KernelObject.Key> paths = new LinkedHashSet<>();

  private final Map<KernelObject.Key, Why> dirty = new LinkedHashMap<>();
  private final Set<KernelObject.Key> suspects = new LinkedHashSet<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::atNanos));
  private final Map<String, List<KernelObject.Key>> adopted = new LinkedHashMap<>();
  private final ArrayDeque<Holding> renewals = new ArrayDeque<>();
  private long renewAtNanos = VrrpTimers.NONE;

  ObjectKeeper(
      KernelRequests requests, Interfaces interfaces, VrrpListener listener, Owners owners) {
    this.requests = requests;
    this.interfaces = interfaces;
    this.listener = listener;
    this.owners = owners;
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
    List<KernelObject.Key> mine = adopted.remove(owner);
    Why why = new Why(cause, late);
    changed.forEach(key -> dirty.put(key, why));
    if (mine != null) {
      mine.forEach(key -> dirty.putIfAbsent(key, why));
    }
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

  /**
   * Takes over what a killed predecessor left, until the election decides. The addresses stay as
   * they are, so that a director that was alone goes on serving while it restarts. They go when
   * another router is heard (it is master, whatever its priority), when the instance is in FAULT or
   * ends, and at the latest at {@code untilNanos}; they become ours when the instance becomes
   * MASTER. A lease that runs on them is not renewed meanwhile.
   *
   * <p>Routes and rules cannot be told from a dump without reading all of them: they count as left,
   * and removing one that is not there is no failure.
   *
   * @param except not to be touched: the instance's own source address
   */
  void adopt(
      String owner, List<KernelObject> objects, @Nullable InetAddress except, long untilNanos) {
    List<KernelObject.Key> mine = new ArrayList<>();
    for (KernelObject object : objects) {
      KernelObject.Key key = object.key();
      if (claims.wanted(key) != null || holdings.containsKey(key)) {
        continue;
      }
      Holding holding = new Holding(object, owner);
      if (object instanceof KernelObject.Address(String device, VirtualAddress va)) {
        Link link = interfaces.byName(device).orElse(null);
        if (link == null
            || va.address().equals(except)
            || interfaces.find(link.index(), va.address(), ObjectWire.length(va)).isEmpty()) {
          continue;
        }
        holding.ifindex = link.index();
        places.put(place(va, link.index()), key);
      }
      holding.held = true;
      holding.adopted = true;
      holdings.put(key, holding);
      if (!(key instanceof KernelObject.Key.OfAddress)) {
        paths.add(key);
      }
      mine.add(key);
    }
    if (!mine.isEmpty()) {
      adopted.put(owner, mine);
      later.add(new Later(untilNanos, null, owner));
    }
  }

  /** Another router speaks for this instance: what was adopted goes. */
  void otherHeard(String owner) {
    if (adopted.containsKey(owner)) {
      release(owner, "left behind by a predecessor, and another router is master");
    }
  }

  /** Removes addresses with our mark that nobody has configured. */
  void sweep(Collection<KernelObject> configured) {
    Set<Place> known = new HashSet<>();
    for (KernelObject object : configured) {
      if (object instanceof KernelObject.Address(String device, VirtualAddress va)) {
        interfaces.byName(device).ifPresent(link -> known.add(place(va, link.index())));
      }
    }
    for (InterfaceAddress address : interfaces.addresses()) {
      Place place = new Place(address.ifindex(), address.address(), address.prefixLength());
      Link link = interfaces.byIndex(address.ifindex()).orElse(null);
      if (address.protocol() != ObjectWire.MARK || known.contains(place) || link == null) {
        continue;
      }
      VirtualAddress va =
          new VirtualAddress(
              address.address(), address.prefixLength(), null, null, null, 0, false, true);
      KernelObject.Address stale = new KernelObject.Address(link.name(), va);
      if (!holdings.containsKey(stale.key())) {
        Holding holding = new Holding(stale, DAEMON);
        holding.held = true;
        holding.ifindex = link.index();
        holdings.put(stale.key(), holding);
        dirty.put(
            stale.key(), new Why("left behind by a predecessor, no longer configured", false));
      }
    }
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

  private static Place place(VirtualAddress va, int ifindex) {
    return new Place(ifindex, va.address(), ObjectWire.length(va));
  }

  /** What was sent, to be matched with the answers. */
  private record Sent(KernelObject object, Kind kind, int ifindex) {
    enum Kind {
      GO,
      CLEAR,
      COME
    }
  }

  /** Does what is due, in one batch. */
  void flush(long nowNanos) {
    if (dirty.isEmpty()) {
      return;
    }
    Map<KernelObject.Key, Why> whys = new LinkedHashMap<>(dirty);
    dirty.clear();
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
        paths.remove(key);
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
    Holding holding =
        holdings.computeIfAbsent(object.key(), key -> new Holding(object, claims.owner(key)));
    holding.owner = claims.owner(object.key());
    if (!(object instanceof KernelObject.Address)) {
      paths.add(object.key());
    }
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
      places.remove(place(va, sent.ifindex()));
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
        paths.remove(key);
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
      places.put(place(va, sent.ifindex()), object.key());
      boolean _ =
          interfaces.put(
              ObjectWire.address(va, sent.ifindex(), Lifetime.of(va, holding.leaseSeconds)));
      leased(holding, nowNanos);
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
        holding.notBeforeNanos = token(holding, nowNanos);
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

  // --- what others do ---------------------------------------------------------------------------

  /** The monitor tells that an address is gone; whether it still is shows after all news. */
  void addressRemoved(InterfaceAddress removed) {
    KernelObject.Key key =
        places.get(new Place(removed.ifindex(), removed.address(), removed.prefixLength()));
    if (key != null) {
      suspects.add(key);
    }
    suspectRoutes();
  }

  /** The monitor tells that a route is gone. */
  void routeRemoved(Route route) {
    for (KernelObject.Key path : paths) {
      if (path instanceof KernelObject.Key.OfRoute key
          && key.table() == route.table()
          && key.prefixLength() == route.prefixLength()
          && Objects.equals(key.destination(), route.destination())) {
        suspects.add(path);
      }
    }
  }

  /** A rule is gone, or a link or address changed: IPv4 routes then go without a word. */
  void suspectRoutes() {
    suspects.addAll(paths);
  }

  /** News were lost: everything is to be looked at. */
  void suspectAll() {
    suspects.addAll(holdings.keySet());
  }

  /** A device came, was renamed or came up: what waited for it is tried again. */
  void linkChanged() {
    for (KernelObject.Key key : claims.keys()) {
      Holding holding = holdings.get(key);
      if (holding != null && !holding.held && !holding.abandoned) {
        dirty.putIfAbsent(key, new Why("its interface is there", true));
      }
    }
    suspectRoutes();
  }

  private void examine(long nowNanos) {
    if (suspects.isEmpty()) {
      return;
    }
    List<KernelObject.Key> keys = List.copyOf(suspects);
    suspects.clear();
    for (KernelObject.Key key : keys) {
      Holding holding = holdings.get(key);
      if (holding == null || !holding.held || holding.adopted || claims.wanted(key) == null) {
        continue;
      }
      if (key instanceof KernelObject.Key.OfAddress) {
        addressSuspected(holding, key, nowNanos);
      } else if (holding.object.tracked()) {
        if (holding.notBeforeNanos > nowNanos) {
          later.add(new Later(holding.notBeforeNanos, key, holding.owner));
        } else {
          // Adding it anew tells: where it still is, the kernel refuses.
          dirty.putIfAbsent(key, REPAIR);
        }
      }
    }
  }

  private void addressSuspected(Holding holding, KernelObject.Key key, long nowNanos) {
    if (!(holding.object instanceof KernelObject.Address(String device, VirtualAddress va))
        || interfaces.find(holding.ifindex, va.address(), ObjectWire.length(va)).isPresent()) {
      return;
    }
    holding.held = false;
    places.remove(place(va, holding.ifindex));
    if (interfaces.byIndex(holding.ifindex).isEmpty()) {
      // Gone with its interface: it comes when that comes, or now where it is back already.
      if (interfaces.byName(device).isPresent()) {
        dirty.putIfAbsent(key, new Why("its interface is there", true));
      }
      return;
    }
    if (holding.leaseSeconds > 0
        && nowNanos - holding.renewedNanos >= holding.leaseSeconds * SECOND) {
      tellGone(holding.owner, holding.object, "its lease ran out: we were held up");
      dirty.putIfAbsent(key, REPAIR);
      return;
    }
    if (!holding.object.tracked()) {
      holding.abandoned = true;
      tellGone(holding.owner, holding.object, "removed by someone else; no_track");
      return;
    }
    holding.stolen = true;
    long at = token(holding, nowNanos);
    if (at <= nowNanos) {
      dirty.putIfAbsent(key, REPAIR);
    } else {
      later.add(new Later(at, key, holding.owner));
    }
  }

  /** When the next repair of this object may happen; tells once that there are too many. */
  private long token(Holding holding, long nowNanos) {
    TokenBucket bucket = holding.bucket;
    if (bucket == null) {
      bucket = new TokenBucket(REPAIRS_AT_ONCE, REPAIR_PERIOD_NANOS, nowNanos);
      holding.bucket = bucket;
    }
    long at = bucket.take(nowNanos);
    if (at > nowNanos && !holding.limitTold) {
      holding.limitTold = true;
      listener.on(
          new VrrpEvent.Warning(
              holding.owner,
              holding.object.words()
                  + " is removed by someone else again and again; it is put back at most once a"
                  + " second: find out who manages the interface beside us"));
    }
    return at;
  }

  // --- time -------------------------------------------------------------------------------------

  /** When {@link #tick} is due. */
  long deadlineNanos() {
    if (!suspects.isEmpty() || !renewals.isEmpty()) {
      return 0;
    }
    Later next = later.peek();
    return Math.min(renewAtNanos, next == null ? VrrpTimers.NONE : next.atNanos());
  }

  /** Does what the time brings; {@link #flush} must follow. */
  void tick(long nowNanos) {
    examine(nowNanos);
    Later next = later.peek();
    while (next != null && next.atNanos() <= nowNanos) {
      later.remove();
      due(next);
      next = later.peek();
    }
    if (renewAtNanos <= nowNanos) {
      renewAtNanos = VrrpTimers.NONE;
      holdings.values().forEach(this::renewLater);
    }
    renewSlice(nowNanos);
  }

  private void due(Later due) {
    KernelObject.Key key = due.key();
    if (key == null) {
      if (adopted.containsKey(due.owner())) {
        release(due.owner(), "left behind by a predecessor, and the election takes too long");
      }
      return;
    }
    Holding holding = holdings.get(key);
    if (holding == null || holding.abandoned || claims.wanted(key) == null) {
      return;
    }
    if (holding.held) {
      suspects.add(key);
    } else {
      dirty.putIfAbsent(key, REPAIR);
    }
  }

  /** The lease of an instance began or ended: its addresses get their new lifetime. */
  void leaseChanged(String owner) {
    for (KernelObject object : claims.of(owner)) {
      Holding holding = holdings.get(object.key());
      if (holding != null && holding.leaseSeconds != owners.leaseSeconds(owner)) {
        renewLater(holding);
      }
    }
  }

  private void renewLater(Holding holding) {
    if (holding.object instanceof KernelObject.Address
        && holding.held
        && !holding.adopted
        && !holding.renewing
        && (holding.leaseSeconds > 0 || owners.leaseSeconds(holding.owner) > 0)) {
      holding.renewing = true;
      renewals.add(holding);
    }
  }

  private void renewSlice(long nowNanos) {
    if (renewals.isEmpty()) {
      return; // nearly every turn: it must not allocate
    }
    List<Holding> slice = new ArrayList<>();
    while (slice.size() < RENEWED_PER_TURN) {
      Holding holding = renewals.poll();
      if (holding == null) {
        break;
      }
      holding.renewing = false;
      // Between then and now it may have gone, or be suspected to.
      if (holding.held
          && !suspects.contains(holding.object.key())
          && holding.object instanceof KernelObject.Address address) {
        holding.leaseSeconds = owners.leaseSeconds(holding.owner);
        requests.put(address, holding.ifindex, Lifetime.of(address.config(), holding.leaseSeconds));
        slice.add(holding);
      }
    }
    List<KernelRequests.Answer> answers = requests.send();
    for (int i = 0; i < slice.size(); i++) {
      Holding holding = slice.get(i);
      KernelRequests.Answer answer = answers.get(i);
      leased(holding, nowNanos);
      if (answer.ok()) {
        holding.renewedNanos = nowNanos;
      } else {
        failed(holding, holding.object, "its lease cannot be renewed: " + answer.failure());
      }
    }
  }

  private void leased(Holding holding, long nowNanos) {
    if (holding.leaseSeconds > 0) {
      renewAtNanos =
          Math.min(renewAtNanos, nowNanos + holding.leaseSeconds * SECOND / Lifetime.RENEWALS);
    }
  }
}
