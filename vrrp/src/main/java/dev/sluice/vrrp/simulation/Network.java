package dev.sluice.vrrp.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What becomes of packets: which are lost, doubled, late, or kept apart. */
final class Network {
  private static final String ALL = "";

  private final int routers;
  private final Random random;

  /** Per link ("" = all) how many cuts lie between two routers. */
  private final Map<String, int[]> cuts = new HashMap<>();

  /** When the last packet of a pair on a link arrives: none overtakes it. */
  private final Map<String, long[]> lastArrival = new HashMap<>();

  private Conditions conditions;

  Network(int routers, long seed, Conditions conditions) {
    this.routers = routers;
    this.random = new Random(seed);
    this.conditions = conditions;
  }

  void conditions(Conditions next) {
    conditions = next;
  }

  void cut(int from, int to, @Nullable String link, int by) {
    int[] matrix = cuts.computeIfAbsent(link == null ? ALL : link, _ -> new int[routers * routers]);
    int index = from * routers + to;
    matrix[index] = Math.max(0, matrix[index] + by);
  }

  private boolean apart(int from, int to, String link) {
    return !cuts.isEmpty() && (isCut(ALL, from, to) || isCut(link, from, to));
  }

  private boolean isCut(String link, int from, int to) {
    int[] matrix = cuts.get(link);
    return matrix != null && matrix[from * routers + to] > 0;
  }

  /** How many copies of a packet arrive: 0, 1 or 2. */
  int copies(int from, int to, String link) {
    if (apart(from, to, link)
        || (conditions.loss() > 0 && random.nextDouble() < conditions.loss())) {
      return 0;
    }
    return conditions.duplication() > 0 && random.nextDouble() < conditions.duplication() ? 2 : 1;
  }

  /** When a packet sent now arrives. */
  long arrival(long now, int from, int to, String link) {
    long spread = conditions.maxDelayNanos() - conditions.minDelayNanos();
    long arrival =
        now + conditions.minDelayNanos() + (spread == 0 ? 0 : random.nextLong(spread + 1));
    long[] last = lastArrival.computeIfAbsent(link, _ -> new long[routers * routers]);
    int pair = from * routers + to;
    last[pair] = Math.max(last[pair], arrival);
    return last[pair];
  }
}
