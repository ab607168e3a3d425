package dev.sluice.config.model;

import org.jspecify.annotations.Nullable;

/**
 * Whom a script runs as.
 *
 * @param group null: the user's own group
 */
public record ScriptUser(String user, @Nullable String group) {}
