package dev.sluice.config.model;

import java.net.Inet6Address;
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

  /**
   * What identifies the service.
   *
   * @param mark 0, or the firewall mark that selects it; then the address is the any-address of its
   *     family, the port 0, and the protocol means nothing
   */
  public record Key(InetAddress address, int port, Protocol protocol, long mark) {
    private static final InetAddress ANY4 = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress ANY6 = InetAddress.ofLiteral("::");

    public Key {
      if (mark < 0 || mark > 0xffffffffL) {
        throw new IllegalArgumentException("a firewall mark is 1 to 4294967295, not " + mark);
      }
    }

    /** Of an address, a port (0: all of them) and a protocol. */
    public Key(InetAddress address, int port, Protocol protocol) {
      this(address, port, protocol, 0);
    }

    /**
     * Of a firewall mark.
     *
     * @param ipVersion 4 or 6
     */
    public static Key ofMark(long mark, int ipVersion) {
      return new Key(ipVersion == 6 ? ANY6 : ANY4, 0, Protocol.TCP, mark);
    }

    /** Whether its packets have IPv6. */
    public boolean ipv6() {
      return address instanceof Inet6Address;
    }

    @Override
    public String toString() {
      if (mark != 0) {
        return "fwmark " + mark + (ipv6() ? " inet6" : "");
      }
      String host = address.getHostAddress();
      return (host.indexOf(':') < 0 ? host : "[" + host + "]")
          + ":"
          + port
          + "/"
          + protocol.name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * The same under another key: a member of a group. Servers without a port have the key's.
   *
   * @param key with the protocol of this
   */
  public VirtualServer as(Key key) {
    return new VirtualServer(
        key.address(),
        key.port(),
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
        sorryServer == null || sorryServer.port() != 0
            ? sorryServer
            : new SorryServer(sorryServer.address(), key.port(), sorryServer.method()),
        sorryServerInhibit,
        haSuspend,
        realServers.stream().map(r -> r.port() == 0 ? r.at(key.port()) : r).toList(),
        options.of(key.mark()));
  }

  /** What identifies the service. */
  public Key key() {
    long mark = options.mark();
    return mark == 0
        ? new Key(address, port, protocol)
        : Key.ofMark(mark, address instanceof Inet6Address ? 6 : 4);
  }
}
