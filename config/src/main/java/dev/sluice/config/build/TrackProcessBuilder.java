package dev.sluice.config.build;

import dev.sluice.config.model.TrackProcess;
import dev.sluice.config.text.At;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code vrrp_track_process} while it is read. */
final class TrackProcessBuilder {
  final String name;
  final At at;
  List<String> command = List.of();
  TrackProcess.@Nullable Match match;
  boolean fullCommand;
  int weight;
  boolean reverse;
  int quorum = 1;
  int quorumMax = Integer.MAX_VALUE;
  Duration terminateDelay = Duration.ZERO;
  Duration forkDelay = Duration.ZERO;
  boolean used;

  TrackProcessBuilder(String name, At at) {
    this.name = name;
    this.at = at;
  }

  TrackProcess build() {
    TrackProcess.Match matching =
        match != null
            ? match
            : command.size() > 1 ? TrackProcess.Match.EXACT : TrackProcess.Match.NONE;
    return new TrackProcess(
        name,
        command,
        matching,
        fullCommand,
        weight,
        reverse,
        quorum,
        quorumMax,
        terminateDelay,
        forkDelay);
  }
}
