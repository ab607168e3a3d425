package dev.sluice.vrrp.objects;

import dev.sluice.config.model.RouteSpec;
import dev.sluice.config.model.RuleSpec;
import dev.sluice.config.model.VirtualAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something in the kernel that exists because an instance is MASTER, or because we run. */
public sealed interface KernelObject {

  /** Which one it is: the kernel holds at most one of each key. */
  Key key();

  /** Whether it is put back when someone else takes it away; not with {@code no_track}. */
  boolean tracked();

  /** In iproute2's words: "address 10.0.0.1/24 on eth0". */
  String words();

  /**
   * An address.
   *
   * @param device by name; empty: none is configured
   */
  record Address(String device, VirtualAddress config) implements KernelObject {
    @Override
    public Key key() {
      return new Key.OfAddress(
          device, config.address(), config.prefixLength(), config.options().peer());
    }

    @Override
    public boolean tracked() {
      return config.tracked();
    }

    @Override
    public String words() {
      return "address " + text(config.address()) + "/" + config.prefixLength() + " on " + device;
    }
  }

  /** A route. */
  record Route(RouteSpec spec) implements KernelObject {
    /** The kernel's metric of an IPv6 route without one. */
    private static final long METRIC_V6 = 1024;

    @Override
    public Key key() {
      Long metric = spec.metric();
      boolean several = !spec.insertion().equals("add");
      return new Key.OfRoute(
          spec.ipVersion(),
          spec.table(),
          spec.destination(),
          spec.prefixLength(),
          spec.from(),
          spec.fromPrefixLength(),
          spec.tos(),
          metric != null ? metric : spec.ipVersion() == 6 ? METRIC_V6 : 0,
          several ? spec.nextHops() : List.of());
    }

    @Override
    public boolean tracked() {
      return spec.tracked();
    }

    @Override
    public String words() {
      StringBuilder text = new StringBuilder("route ");
      if (!spec.type().equals("unicast")) {
        text.append(spec.type()).append(' ');
      }
      InetAddress destination = spec.destination();
      text.append(destination == null ? "default" : text(destination) + "/" + spec.prefixLength());
      for (RouteSpec.NextHop hop : spec.nextHops()) {
        if (hop.gateway() != null) {
          text.append(" via ").append(text(Objects.requireNonNull(hop.gateway())));
        }
        if (hop.device() != null) {
          text.append(" dev ").append(hop.device());
        }
      }
      if (spec.table() != MAIN_TABLE) {
        text.append(" table ").append(spec.table());
      }
      return text.toString();
    }
  }

  /** A rule. */
  record Rule(RuleSpec spec) implements KernelObject {
    @Override
    public Key key() {
      return new Key.OfRule(
          new RuleSpec(
              spec.ipVersion(),
              spec.not(),
              spec.from(),
              spec.to(),
              spec.tos(),
              spec.fwmark(),
              spec.fwmask(),
              spec.inInterface(),
              spec.outInterface(),
              spec.l3mdev(),
              spec.uidRange(),
              spec.ipProtocol(),
              spec.sourcePorts(),
              spec.destinationPorts(),
              spec.tunnelId(),
              spec.protocol(),
              spec.preference(),
              spec.action(),
              spec.realms(),
              spec.suppressPrefixLength(),
              spec.suppressInterfaceGroup(),
              true,
              null));
    }

    @Override
    public boolean tracked() {
      return spec.tracked();
    }

    @Override
    public String words() {
      StringBuilder text = new StringBuilder("rule ").append(spec.preference()).append(':');
      RuleSpec.Prefix from = spec.from();
      RuleSpec.Prefix to = spec.to();
      text.append(" from ")
          .append(from == null ? "all" : text(from.address()) + "/" + from.length());
      if (to != null) {
        text.append(" to ").append(text(to.address())).append('/').append(to.length());
      }
      if (spec.fwmark() != null) {
        text.append(" fwmark ").append(spec.fwmark());
      }
      if (spec.inInterface() != null) {
        text.append(" iif ").append(spec.inInterface());
      }
      if (spec.outInterface() != null) {
        text.append(" oif ").append(spec.outInterface());
      }
      switch (spec.action()) {
        case RuleSpec.Action.Table(int number) -> text.append(" lookup ").append(number);
        case RuleSpec.Action.Goto(long preference) -> text.append(" goto ").append(preference);
        case RuleSpec.Action.Plain(String word) -> text.append(' ').append(word);
      }
      return text.toString();
    }
  }

  /** What tells objects apart. */
  sealed interface Key {
    /** The kernel tells addresses of an interface apart by these. */
    record OfAddress(
        String device, InetAddress address, int prefixLength, @Nullable InetAddress peer)
        implements Key {}

    /**
     * The kernel tells routes apart by these.
     *
     * @param hops empty: only one route may be there
     */
    record OfRoute(
        int ipVersion,
        int table,
        @Nullable InetAddress destination,
        int prefixLength,
        @Nullable InetAddress from,
        int fromPrefixLength,
        int tos,
        long metric,
        List<RouteSpec.NextHop> hops)
        implements Key {}

    /** A rule is what it says. */
    record OfRule(RuleSpec spec) implements Key {}
  }

  /** RT_TABLE_MAIN. */
  int MAIN_TABLE = 254;

  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }
}
