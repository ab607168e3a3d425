package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * A virtual service as ipvsadm sets it.
 *
 * @param scheduler {@code none}: nothing is scheduled
 * @param flags of the scheduler: 1 {@code flag-1} (fallback), 2 {@code flag-2} (port), 4 {@code
 *     flag-3}
 * @param persistentSeconds 0: not persistent
 * @param clientPrefix clients that agree in so many leading bits count as one
 * @param engine of persistence; null: the client's address
 * @param onePacket every datagram is scheduled anew
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record IpvsService(
    IpvsKey key,
    String scheduler,
    int flags,
    long persistentSeconds,
    int clientPrefix,
    @Nullable String engine,
    boolean onePacket) {
  /** {@code flag-1}: another server instead of a refusal. */
  public static final int FALLBACK = 1;

  /** {@code flag-2}: the client's port counts. */
  public static final int PORT = 2;

  /** {@code flag-3}. */
  public static final int THIRD = 4;
}
