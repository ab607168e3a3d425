package dev.sluice.lvs.pool;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.ServiceTable;
import org.jspecify.annotations.Nullable;

/** What can happen to a pool. */
public sealed interface PoolInput {

  /** The service begins: the daemon starts, or a reload brought a new service. */
  record Started() implements PoolInput {}

  /**
   * Where a checker stands now. May be told again and again; a verdict about a checker that is not
   * configured (any more) is ignored.
   *
   * @param index the checker's place in {@code RealServer.checkers()}
   * @param checker the definition the verdict was reached with
   * @param decided false: no verdict yet, {@code up} means nothing
   * @param turning up and failing its retries, or down and about to come up
   * @param dynamicWeight the weight a script asks for; null: the configured one
   * @param evidence in words, as "connection refused"
   */
  record Verdict(
      ServiceTable.RealKey real,
      int index,
      Checker checker,
      boolean decided,
      boolean up,
      boolean turning,
      @Nullable Integer dynamicWeight,
      String evidence)
      implements PoolInput {}

  /** Time has passed: weights that grow slowly are looked at. */
  record Tick() implements PoolInput {}

  /** A reload: the same service, other settings or servers. */
  record Reconfigured(VirtualServer desired) implements PoolInput {}

  /** A reload dropped the service. */
  record Removed() implements PoolInput {}

  /** The daemon stops. */
  record Stopping() implements PoolInput {}
}
