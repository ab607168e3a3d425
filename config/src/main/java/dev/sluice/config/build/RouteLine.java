package dev.sluice.config.build;

import dev.sluice.config.model.RouteSpec;
import dev.sluice.config.model.RouteSpec.NextHop;
import dev.sluice.config.model.RuleSpec.Prefix;
import dev.sluice.config.table.Addresses;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.Word;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code [TYPE] DESTINATION [options]}: a line of virtual_routes or static_routes. */
final class RouteLine {
  private static final Set<String> TYPES =
      Set.of(
          "unicast",
          "local",
          "nat",
          "broadcast",
          "anycast",
          "multicast",
          "prohibit",
          "unreachable",
          "blackhole",
          "throw",
          "xresolve");
  private static final Set<String> NUMBERS =
      Set.of(
          "mtu",
          "hoplimit",
          "advmss",
          "reordering",
          "window",
          "cwnd",
          "ssthresh",
          "initcwnd",
          "initrwnd",
          "quickack",
          "expires");
  private static final Set<String> TIMES = Set.of("rtt", "rttvar", "rto_min");

  private final Args args;
  private final Plan plan;
  private final boolean fixed;
  private String type = "unicast";
  private int family;
  private @Nullable InetAddress destination;
  private int length;
  private boolean haveDestination;
  private @Nullable InetAddress source;
  private @Nullable Prefix from;
  private final List<NextHop> hops = new ArrayList<>();
  private @Nullable InetAddress gateway;
  private @Nullable String device;
  private boolean onLink;
  private @Nullable String realms;
  private String encapsulation = "";
  private int table = 254;
  private @Nullable Integer protocol;
  private int scope;
  private @Nullable Long metric;
  private int tos;
  private final Map<String, String> metrics = new LinkedHashMap<>();
  private String insertion = "prepend";
  private boolean tracked = true;
  private @Nullable String trackGroup;
  boolean unknownDevice;
  private boolean broken;

  private RouteLine(Plan plan, Args args, boolean fixed) {
    this.plan = plan;
    this.args = args;
    this.fixed = fixed;
  }

  /** A route, and whether it names a device that does not exist. */
  record Parsed(@Nullable RouteSpec route, boolean unknownDevice) {}

  /**
   * Reads one line.
   *
   * @param fixed a static route: track_group may stand there
   */
  static Parsed read(Plan plan, Args args, boolean fixed) {
    RouteLine line = new RouteLine(plan, args, fixed);
    RouteSpec route = line.parse();
    return new Parsed(route, line.unknownDevice);
  }

  private @Nullable RouteSpec parse() {
    Word word;
    while (!broken && (word = args.poll()) != null) {
      if (!option(word)) {
        destinationOrUnknown(word);
      }
    }
    args.rest();
    if (broken) {
      return null;
    }
    if (!haveDestination) {
      args.diagnostics()
          .error(
              args.line(), "no-destination", "the route has no destination", "it is ignored", "");
      return null;
    }
    if (gateway != null || device != null || hops.isEmpty()) {
      hops.add(0, new NextHop(gateway, device, 1, onLink, realms, encapsulation));
    }
    return new RouteSpec(
        type,
        family == 6 ? 6 : 4,
        destination,
        length,
        source,
        from == null ? null : from.address(),
        from == null ? 0 : from.length(),
        hops,
        table,
        protocol == null ? 18 : protocol,
        scope,
        metric,
        tos,
        metrics,
        insertion,
        tracked,
        trackGroup);
  }

  private boolean option(Word word) {
    String text = word.text();
    if (TYPES.contains(text)) {
      type = text;
      return true;
    }
    if (NUMBERS.contains(text) || TIMES.contains(text)) {
      metric(word);
      return true;
    }
    switch (text) {
      case "inet" -> family = 4;
      case "inet6" -> family = 6;
      case "src" -> source = address();
      case "via", "gw" -> {
        if (text.equals("gw")) {
          old(word, "via");
        }
        gateway = viaAddress();
      }
      case "or" -> {
        old(word, "nexthop");
        InetAddress other = viaAddress();
        if (other != null) {
          hops.add(new NextHop(other, null, 1, false, null, ""));
        }
      }
      case "from" -> from = prefix(args.require("an address"));
      case "as" -> {
        args.take("to");
        args.require("an MPLS address");
      }
      case "dev", "oif" -> device = device();
      case "table" -> table = orElse(named(RouteNames::table), table);
      case "protocol" -> protocol = named(RouteNames::protocol);
      case "scope" -> scope = orElse(named(RouteNames::scope), scope);
      case "tos", "dsfield" -> tos = orElse(named(RouteNames::tos), tos);
      case "metric", "priority", "preference" -> metricNumber(word);
      case "realms" -> realms = text(args.require("realms"));
      case "congctl" -> {
        boolean lock = args.take("lock");
        Word name = args.require("a congestion control");
        metrics.put("congctl", (lock ? "lock " : "") + text(name));
      }
      case "pref", "features" -> metrics.put(text, String.valueOf(text(args.require("a value"))));
      case "ttl-propagate" ->
          metrics.put(text, String.valueOf(text(args.require("enabled or disabled"))));
      case "fastopen_no_cookie" -> metrics.put(text, String.valueOf(text(args.require("0 or 1"))));
      case "onlink" -> onLink = true;
      case "encap" -> encapsulation = words();
      case "nexthop" -> nextHops();
      case "add", "prepend", "append" -> insertion = text;
      case "no_track" -> tracked = false;
      case "track_group" -> {
        Word group = args.require("a track_group");
        trackGroup = group == null ? null : TrackGroups.named(plan, args, group, fixed);
      }
      case "vrf" -> args.require("a VRF");
      case "to" -> {
        Word target = args.require("a destination");
        if (target != null) {
          destinationOrUnknown(target);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private interface Named {
    @Nullable Integer of(Args args, Word word);
  }

  private @Nullable Integer named(Named names) {
    Word word = args.require("a name or a number");
    return word == null ? null : names.of(args, word);
  }

  private static int orElse(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }

  private static String text(@Nullable Word word) {
    return word == null ? "" : word.text();
  }

  private void old(Word word, String better) {
    args.diagnostics()
        .warning(
            word.at(),
            "deprecated",
            "'" + word.text() + "' is an old word of a route",
            "it is understood",
            "write '" + better + "'");
  }

  private String words() {
    StringBuilder all = new StringBuilder();
    Word word;
    while ((word = args.peek()) != null && !word.text().equals("nexthop")) {
      args.poll();
      all.append(all.isEmpty() ? "" : " ").append(word.text());
    }
    return all.toString();
  }

  private void metricNumber(Word keyword) {
    Word word = args.require("a number");
    metric =
        word == null
            ? null
            : Types.integer(
                new Args(args.context(), keyword.text(), "", args.words(), 0),
                word,
                0,
                0xffffffffL);
  }

  private void metric(Word keyword) {
    boolean lock = args.take("lock");
    Word word = args.require("a number");
    if (word == null) {
      return;
    }
    String digits = word.text();
    if (TIMES.contains(keyword.text())) {
      digits = digits.replaceFirst("(ms|s)$", "");
    }
    Word number = new Word(digits, word.line(), word.from(), word.to(), false);
    Args named = new Args(args.context(), keyword.text(), "", args.words(), 0);
    if (Types.integer(named, number, 0, 0xffffffffL) != null) {
      metrics.put(keyword.text(), (lock ? "lock " : "") + word.text());
    }
  }

  private @Nullable InetAddress address() {
    Word word = args.require("an address");
    return word == null ? null : address(word);
  }

  private @Nullable InetAddress address(Word word) {
    InetAddress address = Addresses.parse(word.text());
    if (address == null) {
      notAnAddress(word);
    } else if (family == 0) {
      family = address instanceof Inet6Address ? 6 : 4;
    } else if ((family == 6) != address instanceof Inet6Address) {
      args.diagnostics()
          .error(
              word.at(),
              "address-family",
              word.text() + " is not of the family of the route",
              "the route is ignored",
              "");
      broken = true;
    }
    return address;
  }

  private @Nullable InetAddress viaAddress() {
    boolean forced = args.take("inet") || args.take("inet6");
    Word word = args.require("an address behind via");
    if (word == null) {
      return null;
    }
    if (forced) {
      InetAddress address = Addresses.parse(word.text());
      if (address == null) {
        notAnAddress(word);
      }
      return address;
    }
    return address(word);
  }

  private void notAnAddress(Word word) {
    broken = true;
    args.diagnostics()
        .error(
            word.at(),
            "not-an-address",
            "'" + word.text() + "' is no IP address",
            "the route is ignored",
            "");
  }

  private @Nullable Prefix prefix(@Nullable Word word) {
    if (word == null) {
      return null;
    }
    Prefix prefix = prefix(args, word);
    if (prefix == null) {
      notAnAddress(word);
    } else if (family == 0) {
      family = prefix.address() instanceof Inet4Address ? 4 : 6;
    }
    return prefix;
  }

  /**
   * ADDRESS[/LENGTH]; null when it is none. A length out of range is reported, the full one used.
   */
  static @Nullable Prefix prefix(Args args, Word word) {
    String text = word.text();
    int slash = text.indexOf('/');
    InetAddress address = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    int full = address instanceof Inet4Address ? 32 : 128;
    if (slash < 0) {
      return new Prefix(address, full);
    }
    Args named = new Args(args.context(), "prefix length", full + " is used", args.words(), 0);
    Long length =
        Types.integer(
            named,
            new Word(
                text.substring(slash + 1), word.line(), word.from() + slash + 1, word.to(), false),
            0,
            full);
    return new Prefix(address, length == null ? full : length.intValue());
  }

  private @Nullable String device() {
    Word word = args.require("an interface");
    if (word == null) {
      return null;
    }
    unknownDevice |= Interfaces.missing(args.context(), word);
    return word.text();
  }

  private void destinationOrUnknown(Word word) {
    String text = word.text();
    if (!haveDestination && Set.of("default", "any", "all", "default6").contains(text)) {
      if (text.equals("default6")) {
        old(word, "inet6 default");
        family = 6;
      }
      haveDestination = true;
      length = 0;
      return;
    }
    Prefix prefix = haveDestination ? null : prefix(args, word);
    if (prefix == null) {
      broken = true;
      args.diagnostics()
          .error(
              word.at(),
              "unknown-option",
              "'" + text + "' is neither an address nor a word of a route",
              "the route is ignored",
              "DESTINATION via ADDRESS dev INTERFACE …");
      return;
    }
    haveDestination = true;
    if (family == 0) {
      family = prefix.address() instanceof Inet4Address ? 4 : 6;
    }
    destination = prefix.length() == 0 ? null : prefix.address();
    length = prefix.length();
  }

  private void nextHops() {
    InetAddress via = null;
    String hopDevice = null;
    int weight = 1;
    boolean link = false;
    String hopRealms = null;
    String encap = "";
    Word word;
    while ((word = args.peek()) != null && !word.text().equals("nexthop")) {
      args.poll();
      switch (word.text()) {
        case "via" -> via = viaAddress();
        case "dev" -> hopDevice = device();
        case "weight" -> {
          Word number = args.require("a weight 1..256");
          Long value = number == null ? null : Types.integer(args, number, 1, 256);
          weight = value == null ? 1 : value.intValue();
        }
        case "onlink" -> link = true;
        case "realms" -> hopRealms = text(args.require("realms"));
        case "encap" -> encap = words();
        default -> {
          args.diagnostics()
              .error(
                  word.at(),
                  "unknown-option",
                  "unknown word '" + word.text() + "' behind nexthop",
                  "the route is ignored",
                  "via, dev, weight, onlink, realms, encap");
          broken = true;
          return;
        }
      }
    }
    hops.add(new NextHop(via, hopDevice, weight, link, hopRealms, encap));
  }
}
