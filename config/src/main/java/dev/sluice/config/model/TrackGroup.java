package dev.sluice.config.model;

import java.util.List;

/** {@code track_group}: the instances that static objects concern. */
public record TrackGroup(String name, List<String> instances) {
  public TrackGroup {
    instances = List.copyOf(instances);
  }
}
