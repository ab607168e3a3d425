package dev.sluice.check;

import java.util.List;

/**
 * What the engine of checks has done and is doing. Counters begin with the engine.
 *
 * @param checks definitions that are checked; several readers may share one
 * @param underWay tries at this moment
 * @param queued tries that wait for a place
 * @param peak the most tries that were ever under way
 * @param limit so many may be
 * @param started tries that have begun
 * @param wants how often there was no descriptor left
 * @param lateness how many tries began how late, for {@link #latenessNanos}
 */
public record EngineLoad(
    int checks,
    int underWay,
    int queued,
    int peak,
    int limit,
    long started,
    long wants,
    List<Long> lateness) {
  public EngineLoad {
    lateness = List.copyOf(lateness);
  }

  /**
   * How late the tries began after this earlier state.
   *
   * @param part 0.99: that part of them was not later
   * @return nanoseconds, right to 12.5 %
   */
  public long latenessNanos(EngineLoad since, double part) {
    var counts = new long[lateness.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = lateness.get(i) - since.lateness.get(i);
    }
    return Lateness.quantileNanos(counts, part);
  }
}
