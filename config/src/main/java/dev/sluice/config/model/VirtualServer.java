package dev.sluice.config.model;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code virtual_server ADDRESS PORT}.
 *
 * @param scheduler keepalived's name of it: {@code rr}, {@code wrr}, …
 * @param persistenceTimeout zero: no persistence
 * @param alpha real servers start down until their first success
 * @param omega quorum and real-server scripts run at stop, too
 * @param quorum the least sum of alive weights that keeps the service up
 * @param sorryServer null: none
 * @param sorryServerInhibit weight 0 instead of removal when the sorry server leaves
 * @param haSuspend do not check while the address is not on this machine
 */
public record VirtualServer(
    InetAddress address,
    int port,
    Protocol protocol,
    String scheduler,
    ForwardingMethod method,
    Duration persistenceTimeout,
    boolean alpha,
    boolean omega,
    int quorum,
    int hysteresis,
    @Nullable Script quorumUp,
    @Nullable Script quorumDown,
    @Nullable SorryServer sorryServer,
    boolean sorryServerInhibit,
    boolean haSuspend,
    List<RealServer> realServers,
    VirtualServerOptions options) {

  public VirtualServer {
    realServers = List.copyOf(realServers);
  }

  /** A service with nothing further written about it. */
  public VirtualServer(
      InetAddress address,
      int port,
      Protocol protocol,
      String scheduler,
      ForwardingMethod method,
      Duration persistenceTimeout,
      boolean alpha,
      boolean omega,
      int quorum,
      int hysteresis,
      @Nullable Script quorumUp,
      @Nullable Script quorumDown,
      @Nullable SorryServer sorryServer,
      boolean sorryServerInhibit,
      boolean haSuspend,
      List<RealServer> realServers) {
    this(
        address,
        port,
        protocol,
        scheduler,
        method,
        persistenceTimeout,
        alpha,
        omega,
        quorum,
        hysteresis,
        quorumUp,
        quorumDown,
        sorryServer,
        sorryServerInhibit,
        haSuspend,
        realServers,
        VirtualServerOptions.none());
  }

  /** {@code sorry_server}: takes all traffic while the service has no quorum. */
  public record SorryServer(InetAddress address, int port, ForwardingMethod method) {}

  /** What identifies the service. */
  public record Key(InetAddress address, int port, Protocol protocol) {
    @Override
    public String toString() {
      String host = address.getHostAddress();
      return (host.indexOf(':') < 0 ? host : "[" + host + "]")
          + ":"
          + port
          + "/"
          + protocol.name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** What identifies the service. */
  public Key key() {
    return new Key(address, port, protocol);
  }
}
