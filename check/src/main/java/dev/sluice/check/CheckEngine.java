package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.CheckerPairing;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.linux.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs all health checks in one thread with one event loop: timers, non-blocking sockets, TLS
 * driven by hand, scripts as child processes. Given the whole desired set, it computes its own
 * difference: an unchanged check keeps its state and its timers, a changed one starts over in its
 * old verdict, a dropped one ends at once. Checks with equal definitions are one check with several
 * readers.
 */
public final class CheckEngine implements AutoCloseable {
  /** A checker of a server, and the check that makes its tries. */
  private record Place(CheckId id, RunningCheck check) {}

  private final EventLoop loop = EventLoop.open("check");
  private final CheckTools tools;
  private final CheckLimits limits;
  private final Thread thread;

  /** By the id of each server's first checker. */
  private Map<CheckId, List<Place>> servers = Map.of();

  private Map<Definition, RunningCheck> checks = Map.of();
  private Map<InetSocketAddress, Gate.Target> targets = Map.of();
  private volatile List<Place> places = List.of();
  private volatile Applied applied = new Applied(0, 0, 0, 0);

  private CheckEngine(CheckLimits limits, CheckListener listener) {
    this.limits = limits;
    this.tools = new CheckTools(loop, limits, listener);
    this.thread = Thread.ofPlatform().name("check").daemon(true).unstarted(loop::run);
  }

  /**
   * An engine without checks. Its sockets are made in the network namespace of the calling thread.
   *
   * @param listener hears of every try, in the engine's thread
   */
  public static CheckEngine start(CheckListener listener) {
    return start(CheckLimits.ofProcess(), listener);
  }

  /** As above, with so many tries at once. */
  public static CheckEngine start(CheckLimits limits, CheckListener listener) {
    var engine = new CheckEngine(limits, listener);
    engine.thread.start();
    return engine;
  }

  /**
   * What applying a set has changed.
   *
   * @param kept checks that go on untouched
   * @param started new definitions
   * @param ended definitions that nobody has any more
   * @param told readers that are new, or whose check is another one now
   */
  public record Applied(int kept, int started, int ended, int told) {}

  /**
   * Makes this the set of checks that run; from any thread, later calls win. After it has been
   * applied the listener is told once of every check that is new or changed, with {@code changed}
   * false.
   *
   * @throws IllegalArgumentException when an id occurs twice
   */
  public void apply(List<CheckTarget> desired) {
    List<CheckTarget> targets = List.copyOf(desired);
    var seen = new HashSet<CheckId>();
    for (CheckTarget t : targets) {
      if (!seen.add(t.id())) {
        throw new IllegalArgumentException("check twice in one set: " + t.id());
      }
    }
    loop.execute(() -> reconcile(targets));
  }

  /** Every check as it stands; from any thread. */
  public List<CheckSnapshot> snapshot() {
    return places.stream().map(p -> p.check().snapshot(p.id())).toList();
  }

  /** What the last {@link #apply} that is through has changed; from any thread. */
  public Applied applied() {
    return applied;
  }

  /** How long the tries of each service took; from any thread. */
  public Map<VirtualServer.Key, DurationHistogram> durations() {
    return tools.durations().all();
  }

  /** What the engine has done and is doing; from any thread, figures a moment old. */
  public EngineLoad load() {
    long[] lateness = tools.lateness().copy();
    Gate gate = tools.gate();
    return new EngineLoad(
        applied.kept() + applied.started(),
        gate.inside(),
        gate.queued(),
        gate.peak(),
        limits.inAll(),
        Arrays.stream(lateness).sum(),
        gate.wants(),
        Arrays.stream(lateness).boxed().toList());
  }

  /** Ends all checks, kills running scripts, closes all sockets, and waits for the thread. */
  @Override
  public void close() {
    loop.execute(() -> {
      try {
        reconcile(List.of());
        tools.files().close();
        tools.workers().close();
      } finally {
        loop.stop();
      }
    });
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    loop.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void reconcile(List<CheckTarget> desired) {
    var wanted = new LinkedHashMap<CheckId, List<CheckTarget>>();
    for (CheckTarget t : desired) {
      wanted.computeIfAbsent(first(t.id()), _ -> new ArrayList<>(1)).add(t);
    }
    var next = new Next(wanted.size());
    for (Map.Entry<CheckId, List<CheckTarget>> e : wanted.entrySet()) {
      e.getValue().sort(Comparator.comparingInt(t -> t.id().index()));
      List<Place> old = servers.getOrDefault(e.getKey(), List.of());
      List<Place> now = same(old, e.getValue()) ? old : next.server(old, e.getValue());
      next.add(now);
    }
    int ended = 0;
    for (Map.Entry<Definition, RunningCheck> e : checks.entrySet()) {
      if (!next.checks.containsKey(e.getKey())) {
        e.getValue().cancel();
        ended++;
      }
    }
    next.readers.forEach(RunningCheck::readers);
    servers = next.servers;
    checks = next.checks;
    targets = next.targets;
    places = List.copyOf(next.places);
    tools.durations().keepOnly(next.services);
    next.fresh.forEach(RunningCheck::start);
    next.told.forEach(p -> p.check().tell(p.id()));
    applied =
        new Applied(
            next.checks.size() - next.fresh.size(), next.fresh.size(), ended, next.told.size());
  }

  private static CheckId first(CheckId id) {
    return id.index() == 0 ? id : new CheckId(id.service(), id.address(), id.port(), 0);
  }

  /** Whether a server's checkers are what they were. */
  private static boolean same(List<Place> old, List<CheckTarget> targets) {
    boolean same = old.size() == targets.size();
    for (int i = 0; same && i < targets.size(); i++) {
      CheckTarget target = targets.get(i);
      same =
          old.get(i).id().equals(target.id())
              && old.get(i).check().definition().equals(Definition.of(target));
    }
    return same;
  }

  /** The state after a reconciliation, as it grows. */
  private final class Next {
    final Map<CheckId, List<Place>> servers;
    final Map<Definition, RunningCheck> checks;
    final Map<RunningCheck, List<CheckId>> readers;
    final Map<InetSocketAddress, Gate.Target> targets = new HashMap<>();
    final Set<VirtualServer.Key> services = new HashSet<>();
    final List<Place> places = new ArrayList<>();
    final List<RunningCheck> fresh = new ArrayList<>();
    final List<Place> told = new ArrayList<>();

    Next(int size) {
      servers = HashMap.newHashMap(size);
      checks = HashMap.newHashMap(size);
      readers = HashMap.newHashMap(size);
    }

    void add(List<Place> server) {
      servers.put(first(server.getFirst().id()), server);
      for (Place p : server) {
        RunningCheck check = p.check();
        checks.put(check.definition(), check);
        InetSocketAddress to = check.definition().target();
        if (to != null) {
          targets.putIfAbsent(to, check.target());
        }
        readers.merge(check, List.of(p.id()), CheckEngine::both);
        services.add(p.id().service());
        places.add(p);
      }
    }

    /** A server that is new or has changed. */
    List<Place> server(List<Place> old, List<CheckTarget> wanted) {
      List<Checker> before = old.stream().map(p -> p.check().checker()).toList();
      List<Checker> after = wanted.stream().map(CheckTarget::checker).toList();
      int[] from = CheckerPairing.pair(before, after);
      var now = new ArrayList<Place>(from.length);
      for (int i = 0; i < from.length; i++) {
        Definition definition = Definition.of(wanted.get(i));
        RunningCheck check = checks.get(definition);
        if (check == null) {
          check = CheckEngine.this.checks.get(definition);
        }
        if (check == null) {
          RunningCheck predecessor = from[i] < 0 ? null : old.get(from[i]).check();
          check = new RunningCheck(tools, definition, target(definition), predecessor);
          fresh.add(check);
          checks.put(definition, check);
        }
        Place place = new Place(wanted.get(i).id(), check);
        now.add(place);
        told.add(place);
      }
      return List.copyOf(now);
    }

    private Gate.Target target(Definition definition) {
      InetSocketAddress to = definition.target();
      if (to == null) {
        return tools.gate().target();
      }
      Gate.Target known = CheckEngine.this.targets.get(to);
      return targets.computeIfAbsent(to, _ -> known != null ? known : tools.gate().target());
    }
  }

  private static List<CheckId> both(List<CheckId> some, List<CheckId> others) {
    List<CheckId> all = some instanceof ArrayList<CheckId> list ? list : new ArrayList<>(some);
    all.addAll(others);
    return all;
  }
}
