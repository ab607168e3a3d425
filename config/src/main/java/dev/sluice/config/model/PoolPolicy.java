package dev.sluice.config.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a service does beyond keepalived when its servers come and go.
 *
 * @param slowStart over how long a recovered server's weight grows; zero: it comes back at once
 * @param failOpen null: servers that are down never get traffic
 */
public record PoolPolicy(Duration slowStart, @Nullable FailOpen failOpen) {
  private static final PoolPolicy NONE = new PoolPolicy(Duration.ZERO, null);

  /** As keepalived. */
  public static PoolPolicy none() {
    return NONE;
  }

  /**
   * {@code fail_open}: with too few servers alive, all are used, as their checks are more likely
   * wrong than all of them dead.
   *
   * @param below it begins when fewer than this are alive
   * @param until it ends when so many are alive
   */
  public record FailOpen(Share below, Share until) {}

  /**
   * How many servers.
   *
   * @param percent of all the service has, instead of a number
   */
  public record Share(int value, boolean percent) {
    /** Of so many servers; at least one, at most all. */
    public int of(int servers) {
      long count = percent ? ((long) servers * value + 99) / 100 : value;
      return Math.clamp(count, 1, Math.max(1, servers));
    }

    @Override
    public String toString() {
      return percent ? value + "%" : Integer.toString(value);
    }
  }
}
