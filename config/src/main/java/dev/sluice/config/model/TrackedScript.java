package dev.sluice.config.model;

/** A {@code track_script} line, its weight resolved (the line's, else the script's own). */
public record TrackedScript(String script, int weight, boolean reverse) {}
