package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.CheckerPairing;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.linux.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs all health checks in one thread with one event loop: timers, non-blocking sockets, TLS
 * driven by hand, scripts as child processes. Given the whole desired set, it computes its own
 * difference: an unchanged check keeps its state and its timers, a changed one starts over in its
 * old verdict, a dropped one ends at once.
 */
public final class CheckEngine implements AutoCloseable {
  /** Whose checkers they are; a reload pairs old and new ones within it. */
  private record Server(VirtualServer.Key service, InetAddress address, int port) {
    static Server of(CheckId id) {
      return new Server(id.service(), id.address(), id.port());
    }
  }

  private final EventLoop loop = EventLoop.open("check");
  private final Scratchpad scratch = new Scratchpad();
  private final WatchedFiles files = new WatchedFiles(loop);
  private final CheckListener listener;
  private final Thread thread;
  private Map<Server, List<RunningCheck>> running = new LinkedHashMap<>();
  private volatile List<RunningCheck> all = List.of();

  private CheckEngine(CheckListener listener) {
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("check").daemon(true).unstarted(loop::run);
  }

  /**
   * An engine without checks. Its sockets are made in the network namespace of the calling thread.
   *
   * @param listener hears of every try, in the engine's thread
   */
  public static CheckEngine start(CheckListener listener) {
    var engine = new CheckEngine(listener);
    engine.thread.start();
    return engine;
  }

  /**
   * Makes this the set of checks that run; from any thread, later calls win. After it has been
   * applied the listener is told once of every check, with {@code changed} false.
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
    var snapshots = new ArrayList<CheckSnapshot>();
    for (RunningCheck check : all) {
      snapshots.add(check.snapshot());
    }
    return snapshots;
  }

  /** Ends all checks, kills running scripts, closes all sockets, and waits for the thread. */
  @Override
  public void close() {
    loop.execute(() -> {
      try {
        reconcile(List.of());
        files.close();
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
    var wanted = new LinkedHashMap<Server, List<CheckTarget>>();
    for (CheckTarget t : desired) {
      wanted.computeIfAbsent(Server.of(t.id()), _ -> new ArrayList<>()).add(t);
    }
    var next = new LinkedHashMap<Server, List<RunningCheck>>();
    var fresh = new ArrayList<RunningCheck>();
    for (Map.Entry<Server, List<CheckTarget>> e : wanted.entrySet()) {
      e.getValue().sort(Comparator.comparingInt(t -> t.id().index()));
      List<RunningCheck> old = running.getOrDefault(e.getKey(), List.of());
      next.put(e.getKey(), server(old, e.getValue(), fresh));
    }
    for (Map.Entry<Server, List<RunningCheck>> e : running.entrySet()) {
      List<RunningCheck> kept = next.getOrDefault(e.getKey(), List.of());
      for (RunningCheck check : e.getValue()) {
        if (!kept.contains(check)) {
          check.cancel();
        }
      }
    }
    running = next;
    var flat = new ArrayList<RunningCheck>();
    next.values().forEach(flat::addAll);
    all = List.copyOf(flat);
    fresh.forEach(RunningCheck::start);
    flat.forEach(RunningCheck::tell);
  }

  private List<RunningCheck> server(
      List<RunningCheck> old, List<CheckTarget> targets, List<RunningCheck> fresh) {
    List<Checker> before = old.stream().map(RunningCheck::checker).toList();
    List<Checker> after = targets.stream().map(CheckTarget::checker).toList();
    int[] from = CheckerPairing.pair(before, after);
    var next = new ArrayList<RunningCheck>();
    for (int i = 0; i < from.length; i++) {
      CheckTarget target = targets.get(i);
      @Nullable RunningCheck predecessor = from[i] < 0 ? null : old.get(from[i]);
      if (predecessor != null && predecessor.checker().equals(target.checker())) {
        predecessor.rename(target);
        next.add(predecessor);
      } else {
        var check = new RunningCheck(loop, scratch, files, listener, target, predecessor);
        next.add(check);
        fresh.add(check);
      }
    }
    return next;
  }
}
