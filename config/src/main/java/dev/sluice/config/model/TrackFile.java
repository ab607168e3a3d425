package dev.sluice.config.model;

import org.jspecify.annotations.Nullable;

/**
 * {@code track_file}: a number in a file moves a priority.
 *
 * @param initialValue written into the file at the start; null: the file is left as it is
 * @param overwrite also when it exists
 */
public record TrackFile(
    String name,
    String file,
    int weight,
    boolean reverse,
    @Nullable Integer initialValue,
    boolean overwrite) {}
