package dev.sluice.config.model;

/** A {@code track_interface} line; weight 0: the interface's failure is a FAULT. */
public record TrackedInterface(String interfaceName, int weight, boolean reverse) {}
