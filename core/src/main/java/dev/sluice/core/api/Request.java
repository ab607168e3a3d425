package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line on the control socket.
 *
 * @param verb {@code status}, {@code ipvs-table}, {@code ipvs-connections}, {@code ipvs-change}
 * @param changes of {@code ipvs-change}; else null
 */
@Json
public record Request(String verb, @Nullable List<IpvsChange> changes) {
  /** A question without more words. */
  public Request(String verb) {
    this(verb, null);
  }
}
