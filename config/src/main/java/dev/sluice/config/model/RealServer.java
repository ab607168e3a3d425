package dev.sluice.config.model;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code real_server ADDRESS PORT}.
 *
 * @param inhibitOnFailure weight 0 instead of removal while it is down
 * @param alpha starts down until its first success
 */
public record RealServer(
    InetAddress address,
    int port,
    int weight,
    ForwardingMethod method,
    boolean inhibitOnFailure,
    boolean alpha,
    @Nullable Script notifyUp,
    @Nullable Script notifyDown,
    List<Checker> checkers,
    RealServerOptions options) {

  public RealServer {
    checkers = List.copyOf(checkers);
  }

  /** The same at another port. */
  RealServer at(int otherPort) {
    return new RealServer(
        address,
        otherPort,
        weight,
        method,
        inhibitOnFailure,
        alpha,
        notifyUp,
        notifyDown,
        checkers,
        options);
  }

  /** A real server with nothing further written about it. */
  public RealServer(
      InetAddress address,
      int port,
      int weight,
      ForwardingMethod method,
      boolean inhibitOnFailure,
      boolean alpha,
      @Nullable Script notifyUp,
      @Nullable Script notifyDown,
      List<Checker> checkers) {
    this(
        address,
        port,
        weight,
        method,
        inhibitOnFailure,
        alpha,
        notifyUp,
        notifyDown,
        checkers,
        RealServerOptions.none());
  }
}
