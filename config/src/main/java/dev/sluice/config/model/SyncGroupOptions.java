package dev.sluice.config.model;

import java.util.List;

/** What else is written about a sync group. */
public record SyncGroupOptions(
    List<TrackedObject> trackFiles,
    List<TrackedObject> trackProcesses,
    List<TrackedObject> trackBfds,
    boolean smtpAlert) {
  private static final SyncGroupOptions NONE =
      new SyncGroupOptions(List.of(), List.of(), List.of(), false);

  public SyncGroupOptions {
    trackFiles = List.copyOf(trackFiles);
    trackProcesses = List.copyOf(trackProcesses);
    trackBfds = List.copyOf(trackBfds);
  }

  /** Nothing is written. */
  public static SyncGroupOptions none() {
    return NONE;
  }
}
