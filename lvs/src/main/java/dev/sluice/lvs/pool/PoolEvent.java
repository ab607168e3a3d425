package dev.sluice.lvs.pool;

import dev.sluice.config.model.Script;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.ServiceTable.RealKey;
import org.jspecify.annotations.Nullable;

/** What a pool tells the world. Events of one step are in the order in which scripts shall run. */
public sealed interface PoolEvent {

  /** The service it is about. */
  VirtualServer.Key service();

  /** The command that the configuration wants run now; null: none. */
  @Nullable Script script();

  /** A real server is alive again ({@code notify_up}). */
  record RealUp(VirtualServer.Key service, RealKey real, String cause, @Nullable Script script)
      implements PoolEvent {}

  /** A real server is no longer alive, or its first check failed ({@code notify_down}). */
  record RealDown(VirtualServer.Key service, RealKey real, String cause, @Nullable Script script)
      implements PoolEvent {}

  /** A script changed a real server's weight. */
  record WeightChanged(VirtualServer.Key service, RealKey real, int before, int after)
      implements PoolEvent {
    @Override
    public @Nullable Script script() {
      return null;
    }
  }

  /**
   * The alive weight reaches the quorum ({@code quorum_up}).
   *
   * @param initial at start, not regained
   * @param weight the sum of the alive weights
   * @param threshold what it was compared with: quorum + hysteresis
   */
  record QuorumGained(
      VirtualServer.Key service,
      boolean initial,
      long weight,
      long threshold,
      @Nullable Script script)
      implements PoolEvent {}

  /**
   * The alive weight misses the quorum ({@code quorum_down}).
   *
   * @param threshold what it was compared with: quorum - hysteresis
   * @param cause {@code below quorum}, {@code service removed}, {@code stopping}
   */
  record QuorumLost(
      VirtualServer.Key service,
      boolean initial,
      long weight,
      long threshold,
      String cause,
      @Nullable Script script)
      implements PoolEvent {}

  /** The sorry server takes all traffic. */
  record SorryServerIn(VirtualServer.Key service, RealKey sorry) implements PoolEvent {
    @Override
    public @Nullable Script script() {
      return null;
    }
  }

  /** The sorry server is out, the alive real servers are in. */
  record SorryServerOut(VirtualServer.Key service, RealKey sorry) implements PoolEvent {
    @Override
    public @Nullable Script script() {
      return null;
    }
  }

  /**
   * Too few servers are alive: all of them get traffic.
   *
   * @param alive how many are
   * @param servers how many there are
   * @param below what it was compared with
   */
  record FailOpenBegan(VirtualServer.Key service, int alive, int servers, int below)
      implements PoolEvent {
    @Override
    public @Nullable Script script() {
      return null;
    }
  }

  /** Enough servers are alive again: only they get traffic. */
  record FailOpenEnded(VirtualServer.Key service, int alive, int servers) implements PoolEvent {
    @Override
    public @Nullable Script script() {
      return null;
    }
  }
}
