package dev.sluice.core.journal;

import dev.sluice.lvs.pool.PoolEvent;
import dev.sluice.vrrp.VrrpEvent;

/** Everything worth knowing about the daemon's life. */
public sealed interface JournalEvent {
  /** The daemon runs. */
  record Started(String version, long pid) implements JournalEvent {}

  /** A configuration was read and is being made true. */
  record ConfigurationAccepted(long generation, String file, int diagnostics)
      implements JournalEvent {}

  /** A configuration was refused; what ran before goes on. */
  record ConfigurationRejected(String file, String reason) implements JournalEvent {}

  /** Something about a VRRP instance. */
  record Vrrp(VrrpEvent event) implements JournalEvent {}

  /** Something about a virtual service. */
  record Pool(PoolEvent event) implements JournalEvent {}

  /** The plane's table changed. */
  record PlaneChanged(int added, int changed, int removed) implements JournalEvent {}

  /** The plane could not do what it was asked. */
  record PlaneFailed(String reason) implements JournalEvent {}

  /** The daemon was asked to stop. */
  record Stopping(String signal) implements JournalEvent {}
}
