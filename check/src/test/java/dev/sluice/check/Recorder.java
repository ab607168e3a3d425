package dev.sluice.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Keeps every result and waits for the one that is looked for. */
final class Recorder implements CheckListener {
  private static final long DEADLINE_NANOS = 60_000_000_000L;

  private final List<CheckResult> results = new ArrayList<>();

  @Override
  public synchronized void result(CheckResult result) {
    results.add(result);
    notifyAll();
  }

  /** The first result so far or still to come that fits. */
  synchronized CheckResult await(Predicate<CheckResult> fits) {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    int seen = 0;
    while (true) {
      for (; seen < results.size(); seen++) {
        if (fits.test(results.get(seen))) {
          return results.get(seen);
        }
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("nothing fitting among " + told());
      }
      try {
        wait(Math.max(1, left / 1_000_000));
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }
  }

  /** The first result of a try. */
  CheckResult first() {
    return await(r -> r.outcome() != null);
  }

  synchronized List<CheckResult> all() {
    return List.copyOf(results);
  }

  synchronized void forget() {
    results.clear();
  }

  private String told() {
    return results.stream()
        .map(r -> r.phase().word() + (r.changed() ? "! " : " ") + r.evidence())
        .collect(Collectors.joining("\n"));
  }
}
