package dev.sluice.linux;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A route in full, as it is asked for and as a dump tells it (rtnetlink(7), ip-route(8)).
 *
 * @param type RTN_…: constants of {@link Route}
 * @param table 254 main
 * @param protocol RTPROT_…; 18 is keepalived
 * @param scope RT_SCOPE_…; IPv6 knows 0 only
 * @param destination null: the default route
 * @param from IPv6 only: for packets of these senders; null: all
 * @param source the address to send from, null: the kernel's choice
 * @param metric 0: none given (IPv6 makes 1024 of it)
 * @param preference IPv6 router preference, null: medium
 * @param expiresSeconds IPv6 only; 0: never
 * @param ttlPropagate MPLS; null: the system's
 * @param hops empty for a blackhole and its like
 */
public record RouteRequest(
    boolean ipv6,
    int type,
    int table,
    int protocol,
    int scope,
    int tos,
    @Nullable InetAddress destination,
    int prefixLength,
    @Nullable InetAddress from,
    int fromPrefixLength,
    @Nullable InetAddress source,
    long metric,
    @Nullable Preference preference,
    long expiresSeconds,
    @Nullable Boolean ttlPropagate,
    Metrics metrics,
    List<Hop> hops) {

  public RouteRequest {
    hops = List.copyOf(hops);
  }

  /** What tells one route from another: two of the same identity cannot be both. */
  public record Identity(
      boolean ipv6,
      int table,
      @Nullable InetAddress destination,
      int prefixLength,
      @Nullable InetAddress from,
      int fromPrefixLength,
      int tos,
      long metric) {}

  /** This route's; of IPv6 a missing metric is what the kernel makes of it. */
  public Identity identity() {
    return new Identity(
        ipv6,
        table,
        destination,
        prefixLength,
        from,
        fromPrefixLength,
        tos,
        ipv6 && metric == 0 ? 1024 : metric);
  }

  /** As {@code ip route} writes it, shortened: "10.0.0.0/8 via 192.0.2.1 table 254". */
  public String text() {
    StringBuilder text =
        new StringBuilder(
            destination == null
                ? (ipv6 ? "inet6 default" : "default")
                : Addresses.text(destination) + "/" + prefixLength);
    for (Hop hop : hops) {
      if (hop.gateway() != null) {
        text.append(" via ").append(Addresses.text(hop.gateway()));
      }
      if (hop.ifindex() != 0) {
        text.append(" dev number ").append(hop.ifindex());
      }
    }
    if (metric != 0) {
      text.append(" metric ").append(metric);
    }
    return text.append(" table ").append(table).toString();
  }

  /** RFC 4191; the kernel's ICMPV6_ROUTER_PREF_…. */
  public enum Preference {
    MEDIUM(0),
    HIGH(1),
    LOW(3);

    final int number;

    Preference(int number) {
      this.number = number;
    }

    static @Nullable Preference of(int number) {
      return switch (number) {
        case 1 -> HIGH;
        case 3 -> LOW;
        default -> null;
      };
    }
  }

  /**
   * One way to go.
   *
   * @param gateway null: the destination is on the link; of IPv6 for an IPv4 route too
   * @param ifindex 0: the kernel's choice by the gateway
   * @param weight 1 to 256, of several hops
   * @param onLink the gateway is on the link even if no address says so
   * @param realms upper 16 bits the source's, lower the destination's; 0: none. IPv4 only
   * @param encapsulation null: none
   */
  public record Hop(
      @Nullable InetAddress gateway,
      int ifindex,
      int weight,
      boolean onLink,
      int realms,
      @Nullable RouteEncapsulation encapsulation) {
    /** A plain one. */
    public static Hop of(@Nullable InetAddress gateway, int ifindex) {
      return new Hop(gateway, ifindex, 1, false, 0, null);
    }
  }

  /** A number that the kernel keeps with a route (RTAX_…); times are in the kernel's units. */
  public enum Metric {
    MTU(2),
    WINDOW(3),
    /** Eighths of a millisecond. */
    RTT(4),
    /** Quarters of a millisecond. */
    RTTVAR(5),
    SSTHRESH(6),
    CWND(7),
    ADVMSS(8),
    REORDERING(9),
    HOPLIMIT(10),
    INITCWND(11),
    /** Bit 0: ECN. */
    FEATURES(12),
    /** Milliseconds. */
    RTO_MIN(13),
    INITRWND(14),
    QUICKACK(15),
    FASTOPEN_NO_COOKIE(17);

    private static final Metric[] ALL = values();
    final int number;

    Metric(int number) {
      this.number = number;
    }

    static @Nullable Metric of(int number) {
      for (Metric metric : ALL) {
        if (metric.number == number) {
          return metric;
        }
      }
      return null;
    }
  }

  /**
   * Metrics of a route.
   *
   * @param locked those that the kernel must not learn better (path MTU discovery …)
   * @param congestionControl null: the system's
   */
  public record Metrics(
      Map<Metric, Integer> values,
      Set<Metric> locked,
      @Nullable String congestionControl,
      boolean congestionControlLocked) {
    /** None. */
    public static final Metrics NONE = new Metrics(Map.of(), Set.of(), null, false);

    public Metrics {
      values = Map.copyOf(values);
      locked = Set.copyOf(locked);
    }

    boolean empty() {
      return values.isEmpty() && congestionControl == null;
    }
  }

  /** A route to be described step by step; a unicast one of the main table by protocol 18. */
  public static Builder to(InetAddress destination, int prefixLength) {
    return new Builder(destination instanceof Inet6Address, destination, prefixLength);
  }

  /** A default route. */
  public static Builder toDefault(boolean ipv6) {
    return new Builder(ipv6, null, 0);
  }

  /** See {@link #to}. */
  public static final class Builder {
    private final boolean ipv6;
    private final @Nullable InetAddress destination;
    private final int prefixLength;
    private int type = Route.UNICAST;
    private int table = 254;
    private int protocol = InterfaceAddress.PROTOCOL_KEEPALIVED;
    private int scope;
    private int tos;
    private @Nullable InetAddress from;
    private int fromPrefixLength;
    private @Nullable InetAddress source;
    private long metric;
    private @Nullable Preference preference;
    private long expiresSeconds;
    private @Nullable Boolean ttlPropagate;
    private final Map<Metric, Integer> metrics = new EnumMap<>(Metric.class);
    private final Set<Metric> locked = EnumSet.noneOf(Metric.class);
    private @Nullable String congestionControl;
    private boolean congestionControlLocked;
    private final List<Hop> hops = new ArrayList<>();

    private Builder(boolean ipv6, @Nullable InetAddress destination, int prefixLength) {
      this.ipv6 = ipv6;
      this.destination = prefixLength == 0 ? null : destination;
      this.prefixLength = prefixLength;
    }

    public Builder type(int value) {
      type = value;
      return this;
    }

    public Builder table(int value) {
      table = value;
      return this;
    }

    public Builder protocol(int value) {
      protocol = value;
      return this;
    }

    public Builder scope(int value) {
      scope = value;
      return this;
    }

    public Builder tos(int value) {
      tos = value;
      return this;
    }

    public Builder from(@Nullable InetAddress address, int length) {
      from = address;
      fromPrefixLength = length;
      return this;
    }

    public Builder source(@Nullable InetAddress address) {
      source = address;
      return this;
    }

    public Builder metric(long value) {
      metric = value;
      return this;
    }

    public Builder preference(@Nullable Preference value) {
      preference = value == Preference.MEDIUM ? null : value;
      return this;
    }

    public Builder expiresSeconds(long value) {
      expiresSeconds = value;
      return this;
    }

    public Builder ttlPropagate(@Nullable Boolean value) {
      ttlPropagate = value;
      return this;
    }

    public Builder set(Metric what, int value, boolean lock) {
      metrics.put(what, value);
      if (lock) {
        locked.add(what);
      }
      return this;
    }

    public Builder congestionControl(String name, boolean lock) {
      congestionControl = name;
      congestionControlLocked = lock;
      return this;
    }

    public Builder hop(Hop hop) {
      hops.add(hop);
      return this;
    }

    public RouteRequest build() {
      return build(new Metrics(metrics, locked, congestionControl, congestionControlLocked));
    }

    RouteRequest build(Metrics given) {
      return new RouteRequest(
          ipv6,
          type,
          table,
          protocol,
          scope,
          tos,
          destination,
          prefixLength,
          from,
          fromPrefixLength,
          source,
          metric,
          preference,
          expiresSeconds,
          ttlPropagate,
          given,
          hops);
    }
  }
}
