package dev.sluice.core.api;

import io.avaje.jsonb.Json;

/** One line on the control socket. */
@Json
public record Request(String verb) {}
