package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code ipvs-table} and {@code ipvs-connections}: what the daemon forwards, as IPVS
 * would list it.
 *
 * @param size of the connection table, in entries
 * @param services in the order they were made
 * @param connections empty unless asked for
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record IpvsTable(
    long size, IpvsChange.Timeouts timeouts, List<Service> services, List<Connection> connections) {
  public IpvsTable {
    services = List.copyOf(services);
    connections = List.copyOf(connections);
  }

  /**
   * A virtual service.
   *
   * @param byHand added by ipvsadm, not by the configuration
   * @param servers in the order they were added
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Service(
      IpvsService service, boolean byHand, Statistics statistics, List<Server> servers) {
    public Service {
      servers = List.copyOf(servers);
    }
  }

  /**
   * A real server.
   *
   * @param active connections that count as active
   * @param persistent templates that lead to it
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Server(
      IpvsServer server, long active, long inactive, long persistent, Statistics statistics) {}

  /** Since the last zero, and per second. */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Statistics(
      long connections,
      long inPackets,
      long outPackets,
      long inBytes,
      long outBytes,
      long connectionsPerSecond,
      long inPacketsPerSecond,
      long outPacketsPerSecond,
      long inBytesPerSecond,
      long outBytesPerSecond) {
    /** Nothing happened. */
    public static final Statistics ZERO = new Statistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * An entry of the connection table.
   *
   * @param protocol {@code TCP}, {@code UDP}, {@code SCTP}; {@code IP}: template of a mark
   * @param engineData what the persistence engine knows the client by; null: nothing
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Connection(
      String protocol,
      long expiresInSeconds,
      String state,
      String client,
      int clientPort,
      String virtual,
      int virtualPort,
      String server,
      int serverPort,
      @Nullable String engine,
      @Nullable String engineData) {}
}
