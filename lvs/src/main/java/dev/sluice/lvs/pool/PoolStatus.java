package dev.sluice.lvs.pool;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.ServiceTable.RealKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service for people.
 *
 * @param sinceNanos when the state was entered, on the clock of the steps' {@code now}
 * @param aliveWeight the sum that is compared with the quorum
 * @param sorry the configured sorry server; null: none
 * @param sorryActive whether it takes the traffic now
 */
public record PoolStatus(
    VirtualServer.Key key,
    ServiceState state,
    long sinceNanos,
    boolean quorumUp,
    long aliveWeight,
    int quorum,
    int hysteresis,
    @Nullable RealKey sorry,
    boolean sorryActive,
    List<Real> reals) {

  public PoolStatus {
    reals = List.copyOf(reals);
  }

  /**
   * A configured real server, alive or not.
   *
   * @param weight in the table now; 0 also when it is not in the table
   * @param effectiveWeight configured, as changed by scripts
   * @param inTable whether the plane has it
   * @param evidence of the checker that decides, in words; empty: nothing known
   */
  public record Real(
      RealKey key,
      RealState state,
      long sinceNanos,
      boolean alive,
      int weight,
      int effectiveWeight,
      int configuredWeight,
      ForwardingMethod method,
      boolean inTable,
      String evidence) {}
}
