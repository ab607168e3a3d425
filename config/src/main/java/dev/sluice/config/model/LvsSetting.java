package dev.sluice.config.model;

/** A line of {@code lvs_settings}: one of the kernel's {@code net.ipv4.vs.*}, or a timeout. */
public record LvsSetting(String name, int value) {}
