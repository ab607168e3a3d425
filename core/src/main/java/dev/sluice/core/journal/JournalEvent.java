package dev.sluice.core.journal;

import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.pool.PoolEvent;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpSnapshot;
import java.time.Duration;

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

  /**
   * A try of a check failed and decided nothing; told under {@code log_all_failures}.
   *
   * @param failures in a row that are being retried; 0: the check is down already
   * @param retry how many are
   */
  record CheckFailed(
      VirtualServer.Key service, RealKey real, String evidence, int failures, int retry)
      implements JournalEvent {}

  /** The plane's table changed. */
  record PlaneChanged(int added, int changed, int removed) implements JournalEvent {}

  /** The plane could not do what it was asked. */
  record PlaneFailed(String reason) implements JournalEvent {}

  /**
   * VRRP has taken over a changed configuration; told where {@code notify_fifo}s want all states.
   */
  record VrrpReloaded(VrrpSnapshot states) implements JournalEvent {}

  /**
   * A notify script ended.
   *
   * @param object what it was told about: "INSTANCE VI_1"
   * @param command with its arguments, separated by blanks
   * @param success exit status 0
   * @param evidence "exit status 1: no such file"
   * @param output the end of what it wrote, at most 1024 characters
   */
  record ScriptEnded(
      String object, String command, boolean success, String evidence, String output, Duration took)
      implements JournalEvent {}

  /** A notification could not be delivered; why, in a sentence. */
  record NotifyFailed(String text) implements JournalEvent {}

  /** A mail was handed to the mail server. */
  record MailSent(String subject, int recipients) implements JournalEvent {}

  /** The daemon was asked to stop. */
  record Stopping(String signal) implements JournalEvent {}
}
