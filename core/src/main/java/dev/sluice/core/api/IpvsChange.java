package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * One change of the table. The operation says which of the others are there.
 *
 * @param key all but FLUSH, ZERO_ALL, SET_TIMEOUTS
 * @param service ADD_SERVICE, EDIT_SERVICE
 * @param server ADD_SERVER, EDIT_SERVER; of DELETE_SERVER address and port count
 * @param timeouts SET_TIMEOUTS
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record IpvsChange(
    Operation operation,
    @Nullable IpvsKey key,
    @Nullable IpvsService service,
    @Nullable IpvsServer server,
    @Nullable Timeouts timeouts) {
  /** What to do. */
  public enum Operation {
    ADD_SERVICE,
    EDIT_SERVICE,
    DELETE_SERVICE,
    FLUSH,
    ADD_SERVER,
    EDIT_SERVER,
    DELETE_SERVER,
    ZERO,
    ZERO_ALL,
    SET_TIMEOUTS
  }

  /** Of connections: established TCP, TCP after FIN, UDP; 0 in a change: leave it. */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Timeouts(long tcpSeconds, long tcpFinSeconds, long udpSeconds) {
    /** The kernel's defaults. */
    public static final Timeouts DEFAULT = new Timeouts(900, 120, 300);

    /** These, where not 0; else the others. */
    public Timeouts over(Timeouts before) {
      return new Timeouts(
          tcpSeconds == 0 ? before.tcpSeconds : tcpSeconds,
          tcpFinSeconds == 0 ? before.tcpFinSeconds : tcpFinSeconds,
          udpSeconds == 0 ? before.udpSeconds : udpSeconds);
    }
  }

  /** {@code -A}, {@code -E}. */
  public static IpvsChange ofService(Operation operation, IpvsService service) {
    return new IpvsChange(operation, service.key(), service, null, null);
  }

  /** {@code -D}, {@code -Z} of one. */
  public static IpvsChange ofKey(Operation operation, IpvsKey key) {
    return new IpvsChange(operation, key, null, null, null);
  }

  /** {@code -a}, {@code -e}, {@code -d}. */
  public static IpvsChange ofServer(Operation operation, IpvsKey key, IpvsServer server) {
    return new IpvsChange(operation, key, null, server, null);
  }

  /** {@code -C}, {@code -Z} of all. */
  public static IpvsChange ofAll(Operation operation) {
    return new IpvsChange(operation, null, null, null, null);
  }

  /** {@code --set}. */
  public static IpvsChange ofTimeouts(Timeouts timeouts) {
    return new IpvsChange(Operation.SET_TIMEOUTS, null, null, null, timeouts);
  }
}
