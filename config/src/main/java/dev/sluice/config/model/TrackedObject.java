package dev.sluice.config.model;

/**
 * A line of {@code track_file}, {@code track_process} or {@code track_bfd}, its weight resolved.
 */
public record TrackedObject(String name, int weight, boolean reverse) {}
