package dev.sluice.vrrp.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A cluster and what befalls it.
 *
 * @param settleNanos how long after the last step everything has settled
 */
record Scenario(
    long seed, ClusterSpec spec, Conditions conditions, List<Step> steps, long settleNanos) {

  /** What happens at a moment. */
  record Timed(long atNanos, Happening happening) {}

  /** What belongs together: a failure and its end. */
  record Step(List<Timed> timed) {
    Step {
      timed = List.copyOf(timed);
    }

    long end() {
      return timed.stream().mapToLong(Timed::atNanos).max().orElse(0);
    }
  }

  Scenario {
    steps = List.copyOf(steps);
  }

  /** Runs it under the judge's eyes; null: nothing was wrong. */
  @Nullable String verdict() {
    return run(new Judge(spec, conditions));
  }

  private @Nullable String run(Judge judge) {
    Cluster cluster = new Cluster(spec, conditions, seed, judge);
    judge.watch(cluster);
    long end = 0;
    for (Step step : steps) {
      for (Timed timed : step.timed()) {
        cluster.at(timed.atNanos(), timed.happening());
      }
      end = Math.max(end, step.end());
    }
    try {
      cluster.runUntil(end + settleNanos);
      return null;
    } catch (Judge.Violation violation) {
      return violation.getMessage();
    }
  }

  /** The same without what is not needed for it to fail. */
  Scenario shrunk() {
    Scenario smallest = this;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (int i = smallest.steps.size() - 1; i >= 0; i--) {
        List<Step> fewer = new ArrayList<>(smallest.steps);
        fewer.remove(i);
        Scenario candidate = new Scenario(seed, spec, conditions, fewer, settleNanos);
        if (candidate.verdict() != null) {
          smallest = candidate;
          smaller = true;
        }
      }
    }
    return smallest;
  }

  /** The routers, and all that happens until the judge cries out. */
  String story() {
    StringBuilder text = new StringBuilder();
    for (ClusterSpec.Router router : spec.routers()) {
      text.append(
          String.format(Locale.ROOT, "%s, clock rate %.4f\n", router.name(), router.clockRate()));
      router
          .instances()
          .forEach(i ->
              text.append("    ")
                  .append(i.link())
                  .append(' ')
                  .append(i.address().getHostAddress())
                  .append(' ')
                  .append(i.settings())
                  .append('\n'));
    }
    text.append(new Happening.NetworkIs(conditions).words(spec)).append('\n');
    String verdict =
        run(
            new Judge(spec, conditions) {
              @Override
              boolean telling() {
                return true;
              }

              @Override
              void tell(long at, String what) {
                text.append(String.format(Locale.ROOT, "%12.6f  %s\n", at / 1e9, what));
              }
            });
    return text + "FAILS: " + verdict;
  }
}
