package dev.sluice.core.api;

import io.avaje.jsonb.Json;

/** The answer where there is none: one sentence with the remedy. */
@Json
public record Failure(String error) {}
