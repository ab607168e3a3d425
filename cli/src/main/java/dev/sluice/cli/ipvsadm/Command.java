package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsKey;
import org.jspecify.annotations.Nullable;

/** What a line asks for. */
sealed interface Command {
  /** Any change of the table. */
  record Change(IpvsChange change) implements Command {}

  /** What {@code -L} shows. */
  enum Subject {
    TABLE,
    CONNECTIONS,
    TIMEOUTS,
    DAEMONS
  }

  /** The columns of a server; of several asked for, the first of this order wins. */
  enum Columns {
    STATISTICS,
    RATES,
    THRESHOLDS,
    PERSISTENT,
    TUNNELS,
    PLAIN
  }

  /**
   * {@code -L}, and a line without a word.
   *
   * @param only null: all services
   * @param engines connections: with the persistence engine's columns
   * @param numeric no names
   * @param exact numbers whole
   */
  record List(
      Subject subject,
      @Nullable IpvsKey only,
      Columns columns,
      boolean engines,
      boolean numeric,
      boolean sorted,
      boolean exact)
      implements Command {}

  /**
   * {@code -S}.
   *
   * @param full our own: thresholds, order, whole marks
   */
  record Save(boolean numeric, boolean full) implements Command {}

  /** {@code -R}. */
  record Restore() implements Command {}

  /** {@code --start-daemon}. */
  record StartDaemon(boolean master, String interfaceName, int syncId) implements Command {}

  /** {@code --stop-daemon}. */
  record StopDaemon(boolean master) implements Command {}

  /** {@code -h}. */
  record Help() implements Command {}

  /** {@code -v}. */
  record Version() implements Command {}
}
