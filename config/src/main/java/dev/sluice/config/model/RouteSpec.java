package dev.sluice.config.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code virtual_routes} or {@code static_routes}.
 *
 * @param type iproute2's word: {@code unicast}, {@code blackhole}
 * @param ipVersion 4 or 6
 * @param destination null: the default route
 * @param table the kernel's number
 * @param insertion {@code add}, {@code prepend} or {@code append}
 * @param metrics iproute2's words and values: mtu, advmss …; "lock" stands before a locked value
 * @param tracked false with {@code no_track}: its removal by others is ignored
 * @param trackGroup of a static route; null: all instances
 */
public record RouteSpec(
    String type,
    int ipVersion,
    @Nullable InetAddress destination,
    int prefixLength,
    @Nullable InetAddress source,
    @Nullable InetAddress from,
    int fromPrefixLength,
    List<NextHop> nextHops,
    int table,
    int protocol,
    int scope,
    @Nullable Long metric,
    int tos,
    Map<String, String> metrics,
    String insertion,
    boolean tracked,
    @Nullable String trackGroup) {
  public RouteSpec {
    nextHops = List.copyOf(nextHops);
    metrics = Map.copyOf(metrics);
  }

  /**
   * One way to go.
   *
   * @param gateway null: directly
   * @param device null: the kernel's choice
   * @param encapsulation iproute2's words behind encap; empty: none
   */
  public record NextHop(
      @Nullable InetAddress gateway,
      @Nullable String device,
      int weight,
      boolean onLink,
      @Nullable String realms,
      String encapsulation) {}
}
