package dev.sluice.check;

import dev.sluice.linux.EventLoop;

/** What all checks of an engine share. The loop's thread only, but for the counters. */
final class CheckTools {
  private final EventLoop loop;
  private final Gate gate;
  private final CheckListener listener;
  private final Scratchpad scratch = new Scratchpad();
  private final WatchedFiles files;
  private final ServiceDurations durations = new ServiceDurations();
  private final Workers workers;
  private final Lateness lateness = new Lateness();

  CheckTools(EventLoop loop, CheckLimits limits, CheckListener listener) {
    this.loop = loop;
    this.listener = listener;
    gate = new Gate(loop, limits);
    files = new WatchedFiles(loop);
    workers = new Workers(loop);
  }

  EventLoop loop() {
    return loop;
  }

  Gate gate() {
    return gate;
  }

  CheckListener listener() {
    return listener;
  }

  Scratchpad scratch() {
    return scratch;
  }

  WatchedFiles files() {
    return files;
  }

  Workers workers() {
    return workers;
  }

  ServiceDurations durations() {
    return durations;
  }

  Lateness lateness() {
    return lateness;
  }

  /** A try begins, so long after it was due. */
  void began(long lateNanos) {
    lateness.add(lateNanos);
  }
}
