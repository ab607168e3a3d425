package dev.sluice.lab.vrrp;

import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabException;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.NetworkNamespace;
import dev.sluice.linux.RealTime;
import dev.sluice.linux.RouteEvent;
import dev.sluice.linux.RouteMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** What the kernel of a host tells of its links, addresses, routes and rules, and when. */
final class Changes {
  /** Guarded by itself. */
  private final List<Change> seen = new ArrayList<>();

  /** At {@link System#nanoTime} of its reading. */
  private record Change(long nanos, RouteEvent event) {}

  private Changes() {}

  /** Listens until the lab is closed. */
  static Changes of(Lab lab, Host host) {
    Changes changes = new Changes();
    CompletableFuture<EventLoop> opened = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform().name("changes").daemon().start(() -> changes.listen(host, opened));
    EventLoop loop = opened.join();
    lab.onClose(
        "the subscription",
        () -> {
          loop.stop();
          try {
            thread.join(5_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return changes;
  }

  private void listen(Host host, CompletableFuture<EventLoop> opened) {
    NetworkNamespace.enter(host.namespaceFile());
    boolean _ = RealTime.roundRobin(1);
    try (EventLoop loop = EventLoop.open("changes");
        RouteMonitor monitor = RouteMonitor.open()) {
      EventLoop.Watch _ = loop.watch(monitor.fd(), EventLoop.READ, _ -> monitor.drain(this::add));
      opened.complete(loop);
      loop.run();
    } catch (RuntimeException e) {
      opened.completeExceptionally(e);
    }
  }

  private void add(RouteEvent event) {
    synchronized (seen) {
      seen.add(new Change(System.nanoTime(), event));
    }
  }

  private List<Change> all() {
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  /**
   * The time from the first event that takes something away after {@code sinceNanos} to the next
   * one that gives it back; negative: there was none yet.
   */
  long gapNanos(long sinceNanos, Predicate<RouteEvent> gone, Predicate<RouteEvent> back) {
    long at = -1;
    for (Change change : all()) {
      if (change.nanos() - sinceNanos < 0) {
        continue;
      }
      if (change.event() instanceof RouteEvent.Overrun) {
        throw new LabException("changes were lost");
      }
      if (at < 0 && gone.test(change.event())) {
        at = change.nanos();
      } else if (at >= 0 && back.test(change.event())) {
        return change.nanos() - at;
      }
    }
    return -1;
  }
}
