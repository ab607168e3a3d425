package dev.sluice.config.build;

import dev.sluice.config.model.TrackFile;
import dev.sluice.config.text.At;
import org.jspecify.annotations.Nullable;

/** {@code track_file} while it is read. */
final class TrackFileBuilder {
  final String name;
  final At at;
  @Nullable String file;
  int weight = 1;
  boolean reverse;
  @Nullable Integer initialValue;
  boolean overwrite;
  boolean used;

  TrackFileBuilder(String name, At at) {
    this.name = name;
    this.at = at;
  }

  TrackFile build() {
    return new TrackFile(name, file == null ? "" : file, weight, reverse, initialValue, overwrite);
  }
}
