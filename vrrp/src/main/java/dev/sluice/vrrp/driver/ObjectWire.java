package dev.sluice.vrrp.driver;

import dev.sluice.config.model.AddressOptions;
import dev.sluice.config.model.RouteSpec;
import dev.sluice.config.model.RuleSpec;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.linux.Route;
import dev.sluice.linux.RouteBatch;
import dev.sluice.linux.RouteEncapsulation;
import dev.sluice.linux.RouteRequest;
import dev.sluice.linux.RouteRequest.Metric;
import dev.sluice.linux.RuleRequest;
import dev.sluice.vrrp.objects.Lifetime;
import java.net.Inet6Address;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says of addresses, routes and rules, as the kernel is asked for it. What
 * cannot be said throws {@link IllegalArgumentException} with words for the operator.
 */
final class ObjectWire {
  /**
   * Who added an address (IFA_PROTO): ours carry the number of VRRP's IP protocol. A number of our
   * own, because keepalived marks its addresses, too, and may be running beside us.
   */
  static final int MARK = 112;

  private static final Map<String, Integer> TYPES =
      Map.of(
          "unicast", Route.UNICAST,
          "local", Route.LOCAL,
          "broadcast", Route.BROADCAST,
          "anycast", Route.ANYCAST,
          "multicast", Route.MULTICAST,
          "blackhole", Route.BLACKHOLE,
          "unreachable", Route.UNREACHABLE,
          "prohibit", Route.PROHIBIT,
          "throw", Route.THROW);

  private static final Map<String, Integer> PROTOCOLS =
      Map.of(
          "icmp",
          1,
          "tcp",
          6,
          "udp",
          17,
          "dccp",
          33,
          "gre",
          47,
          "esp",
          50,
          "ah",
          51,
          "ipv6-icmp",
          58,
          "icmpv6",
          58,
          "sctp",
          132);

  private ObjectWire() {}

  /** An address. IPv6 ones are usable at once: another holder has just left (V-83). */
  static InterfaceAddress address(VirtualAddress va, int ifindex, Lifetime lifetime) {
    boolean v6 = va.address() instanceof Inet6Address;
    AddressOptions options = va.options();
    int flags = va.noPrefixRoute() ? InterfaceAddress.NOPREFIXROUTE : 0;
    if (v6) {
      flags |= InterfaceAddress.NODAD;
      flags |= options.home() ? InterfaceAddress.HOME : 0;
      flags |= options.manageTemporary() ? InterfaceAddress.MANAGE_TEMPORARY : 0;
    }
    flags |= options.autoJoin() ? InterfaceAddress.AUTO_JOIN : 0;
    return new InterfaceAddress(
        ifindex,
        va.address(),
        options.peer() == null ? va.prefixLength() : options.peerPrefixLength(),
        v6 ? null : va.label(),
        v6 ? null : va.broadcast(),
        va.scope(),
        flags,
        MARK,
        options.peer(),
        lifetime.preferredSeconds(),
        lifetime.validSeconds());
  }

  /** The length that the kernel tells of the address: that of the peer where there is one. */
  static int length(VirtualAddress va) {
    return va.options().peer() == null ? va.prefixLength() : va.options().peerPrefixLength();
  }

  /** A route; its devices must be there. */
  static RouteRequest route(RouteSpec spec, Interfaces interfaces) {
    boolean ipv6 = spec.ipVersion() == 6;
    Integer type = TYPES.get(spec.type());
    if (type == null) {
      throw new IllegalArgumentException("routes of type " + spec.type() + " are not known");
    }
    RouteRequest.Builder route =
        spec.destination() == null
            ? RouteRequest.toDefault(ipv6)
            : RouteRequest.to(Objects.requireNonNull(spec.destination()), spec.prefixLength());
    route
        .type(type)
        .table(spec.table())
        .protocol(spec.protocol())
        .scope(scope(spec, type, ipv6))
        .tos(spec.tos())
        .source(spec.source())
        .metric(spec.metric() == null ? 0 : spec.metric());
    if (spec.from() != null) {
      route.from(spec.from(), spec.fromPrefixLength());
    }
    spec.metrics().forEach((word, value) -> metric(route, word, value));
    for (RouteSpec.NextHop hop : spec.nextHops()) {
      // A blackhole has no way to go; the configuration gives it an empty one.
      if (hop.gateway() != null || hop.device() != null) {
        route.hop(
            new RouteRequest.Hop(
                hop.gateway(),
                hop.device() == null ? 0 : index(hop.device(), interfaces),
                hop.weight(),
                hop.onLink(),
                realms(hop.realms()),
                hop.encapsulation().isEmpty()
                    ? null
                    : RouteEncapsulation.parse(hop.encapsulation())));
      }
    }
    return route.build();
  }

  /** As ip-route(8): what needs no gateway is on the link, what is local ends here. */
  private static int scope(RouteSpec spec, int type, boolean ipv6) {
    if (ipv6 || spec.scope() != 0) {
      return ipv6 ? 0 : spec.scope();
    }
    if (type == Route.LOCAL) {
      return InterfaceAddress.SCOPE_HOST;
    }
    boolean direct =
        type == Route.UNICAST && spec.nextHops().stream().allMatch(hop -> hop.gateway() == null);
    return direct || type == Route.BROADCAST || type == Route.ANYCAST
        ? InterfaceAddress.SCOPE_LINK
        : 0;
  }

  private static int index(@Nullable String device, Interfaces interfaces) {
    Link link = device == null ? null : interfaces.byName(device).orElse(null);
    if (link == null) {
      throw new IllegalArgumentException(missing(String.valueOf(device)));
    }
    return link.index();
  }

  /** What is said of something on a device that is not there. */
  static String missing(String device) {
    return "interface " + device + " does not exist; it is added when the interface comes";
  }

  private static void metric(RouteRequest.Builder route, String word, String text) {
    boolean lock = text.startsWith("lock ");
    String value = lock ? text.substring(5) : text;
    switch (word) {
      case "congctl" -> route.congestionControl(value, lock);
      case "expires" -> route.expiresSeconds(Long.parseLong(value));
      case "pref" ->
          route.preference(RouteRequest.Preference.valueOf(value.toUpperCase(Locale.ROOT)));
      case "ttl-propagate" -> route.ttlPropagate(value.equals("enabled"));
      case "features" -> route.set(Metric.FEATURES, value.equals("ecn") ? 1 : 0, lock);
      case "rtt" -> route.set(Metric.RTT, time(value, 8), lock);
      case "rttvar" -> route.set(Metric.RTTVAR, time(value, 4), lock);
      case "rto_min" -> route.set(Metric.RTO_MIN, time(value, 1), lock);
      default ->
          route.set(
              Metric.valueOf(word.toUpperCase(Locale.ROOT)), (int) Long.parseLong(value), lock);
    }
  }

  /** "100ms", "2s", or a number in the kernel's unit, of which a millisecond has so many. */
  private static int time(String text, int perMillisecond) {
    if (text.endsWith("ms")) {
      return Integer.parseInt(text.substring(0, text.length() - 2)) * perMillisecond;
    }
    if (text.endsWith("s")) {
      return Integer.parseInt(text.substring(0, text.length() - 1)) * 1000 * perMillisecond;
    }
    return (int) Long.parseLong(text);
  }

  private static int realms(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    int slash = text.indexOf('/');
    return slash < 0
        ? number("realm", text)
        : number("realm", text.substring(0, slash)) << 16
            | number("realm", text.substring(slash + 1));
  }

  private static int number(String what, String text) {
    try {
      return Integer.decode(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(what + " " + text + " is no number; names are unknown", e);
    }
  }

  /** How a route takes its place among its like. */
  static RouteBatch.Insertion insertion(RouteSpec spec) {
    return switch (spec.insertion()) {
      case "add" -> RouteBatch.Insertion.ADD;
      case "append" -> RouteBatch.Insertion.APPEND;
      default -> RouteBatch.Insertion.PREPEND;
    };
  }

  /** A rule; its devices need not be there. */
  static RuleRequest rule(RuleSpec spec) {
    RuleSpec.Prefix from = spec.from();
    RuleSpec.Prefix to = spec.to();
    return new RuleRequest(
        spec.ipVersion() == 6,
        spec.preference(),
        action(spec),
        spec.not(),
        from == null ? null : from.address(),
        from == null ? 0 : from.length(),
        to == null ? null : to.address(),
        to == null ? 0 : to.length(),
        spec.tos() == null ? 0 : spec.tos(),
        spec.fwmark(),
        spec.fwmask(),
        spec.inInterface(),
        spec.outInterface(),
        spec.l3mdev(),
        range("uidrange", spec.uidRange()),
        protocol(spec.ipProtocol()),
        range("port", spec.sourcePorts()),
        range("port", spec.destinationPorts()),
        spec.tunnelId() == null ? 0 : spec.tunnelId(),
        realms(spec.realms()),
        spec.suppressPrefixLength() == null ? -1 : spec.suppressPrefixLength().intValue(),
        group(spec.suppressInterfaceGroup()),
        spec.protocol());
  }

  private static RuleRequest.Action action(RuleSpec spec) {
    return switch (spec.action()) {
      case RuleSpec.Action.Table(int number) ->
          new RuleRequest.Action.Table(spec.l3mdev() ? 0 : number);
      case RuleSpec.Action.Goto(long preference) -> new RuleRequest.Action.Goto(preference);
      case RuleSpec.Action.Plain(String word) ->
          RuleRequest.Action.Plain.valueOf(word.toUpperCase(Locale.ROOT));
    };
  }

  private static RuleRequest.@Nullable Range range(String what, @Nullable String text) {
    if (text == null) {
      return null;
    }
    int dash = text.indexOf('-');
    return dash < 0
        ? new RuleRequest.Range(number(what, text), number(what, text))
        : new RuleRequest.Range(
            number(what, text.substring(0, dash)), number(what, text.substring(dash + 1)));
  }

  private static int protocol(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    Integer known = PROTOCOLS.get(text);
    return known == null ? number("ipproto", text) : known;
  }

  private static int group(@Nullable String text) {
    return text == null ? -1 : text.equals("default") ? 0 : number("group", text);
  }
}
