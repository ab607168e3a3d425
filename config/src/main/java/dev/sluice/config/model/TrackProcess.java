package dev.sluice.config.model;

import java.time.Duration;
import java.util.List;

/**
 * {@code vrrp_track_process}: running processes move a priority.
 *
 * @param command name, then arguments that must match
 * @param quorum the least number that counts as up
 * @param quorumMax the largest; {@link Integer#MAX_VALUE}: no limit
 */
public record TrackProcess(
    String name,
    List<String> command,
    Match match,
    boolean fullCommand,
    int weight,
    boolean reverse,
    int quorum,
    int quorumMax,
    Duration terminateDelay,
    Duration forkDelay) {
  public TrackProcess {
    command = List.copyOf(command);
  }

  /** How arguments are compared. */
  public enum Match {
    NONE,
    EXACT,
    INITIAL,
    PARTIAL
  }
}
