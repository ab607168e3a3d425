package dev.sluice.core.journal;

/** Everything worth knowing about the daemon's life. */
public sealed interface JournalEvent {
  /** The daemon runs. */
  record Started(String version, long pid) implements JournalEvent {}

  /** A configuration was read and is being made true. */
  record ConfigurationAccepted(long generation, String file, int diagnostics)
      implements JournalEvent {}

  /** A configuration was refused; what ran before goes on. */
  record ConfigurationRejected(String file, String reason) implements JournalEvent {}

  /** The plane's table changed. */
  record PlaneChanged(int added, int changed, int removed) implements JournalEvent {}

  /** The plane could not do what it was asked. */
  record PlaneFailed(String reason) implements JournalEvent {}

  /** The daemon was asked to stop. */
  record Stopping(String signal) implements JournalEvent {}

  /** A notify script ended, or could not run. */
  record ScriptEnded(String command, String why, boolean success, String evidence)
      implements JournalEvent {}
}
