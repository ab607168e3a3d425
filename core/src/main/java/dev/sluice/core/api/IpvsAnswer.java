package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import java.util.List;

/** The answer to {@code ipvs-change}: one outcome per change, in order. */
@Json(naming = Json.Naming.LowerUnderscore)
public record IpvsAnswer(List<IpvsOutcome> outcomes) {}
