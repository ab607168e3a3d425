package dev.sluice.core.track;

import dev.sluice.config.model.TrackProcess;
import dev.sluice.linux.Processes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which running processes count for which tracker; pure bookkeeping. A process that forks has a
 * child of the same name and command line, so a fork needs no look at /proc: a machine may fork
 * thousands of times a second.
 */
final class ProcessTable {
  private List<TrackProcess> tracked = List.of();
  private final Map<Integer, List<TrackProcess>> byPid = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /** Counts these processes anew. */
  void reset(List<TrackProcess> trackers, List<Processes.Running> running) {
    tracked = List.copyOf(trackers);
    byPid.clear();
    counts.clear();
    running.forEach(this::seen);
  }

  /** How a process looks now. */
  void seen(Processes.Running process) {
    List<TrackProcess> now = new ArrayList<>(0);
    for (TrackProcess tracker : tracked) {
      if (ProcessMatch.matches(tracker, process)) {
        now.add(tracker);
      }
    }
    gone(process.pid());
    put(process.pid(), now);
  }

  /** A process has a child now. */
  void forked(int parent, int pid) {
    List<TrackProcess> same = byPid.get(parent);
    gone(pid);
    if (same != null) {
      put(pid, same);
    }
  }

  /** A process is no more. */
  void gone(int pid) {
    List<TrackProcess> before = byPid.remove(pid);
    if (before != null) {
      before.forEach(tracker -> counts.merge(tracker.name(), -1, Integer::sum));
    }
  }

  private void put(int pid, List<TrackProcess> trackers) {
    if (!trackers.isEmpty()) {
      byPid.put(pid, trackers);
      trackers.forEach(tracker -> counts.merge(tracker.name(), 1, Integer::sum));
    }
  }

  /** How many run. */
  int count(String tracker) {
    return counts.getOrDefault(tracker, 0);
  }
}
