package dev.sluice.core.dump;

import dev.sluice.config.model.RouteSpec;
import dev.sluice.config.model.RuleSpec;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VirtualMac;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.Accounts;
import dev.sluice.linux.Addresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Single values as keepalived writes them; its forms were measured with 2.2.7. */
final class Words {
  private static final long MICROS = 1_000_000;
  private static final DateTimeFormatter CALENDAR =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss.SSSSSS yyyy", Locale.ROOT);

  private Words() {}

  static String enabled(boolean on) {
    return on ? "enabled" : "disabled";
  }

  static String yes(boolean on) {
    return on ? "yes" : "no";
  }

  /** {@code 1795462394.304035}. */
  static String epoch(Instant at) {
    return String.format(Locale.ROOT, "%d.%06d", at.getEpochSecond(), at.getNano() / 1000);
  }

  /** {@code 1795462394.304035 (Mon Nov 23 19:33:14.304035 2026)}. */
  static String moment(Instant at, ZoneId zone) {
    return epoch(at) + " (" + CALENDAR.format(at.atZone(zone)) + ")";
  }

  /** Seconds with six decimals. */
  static String seconds(Duration span) {
    long micros = span.toNanos() / 1000;
    return String.format(Locale.ROOT, "%d.%06d", micros / MICROS, micros % MICROS);
  }

  /** {@code 10.255.1.50/24}; a host's own prefix length is left out. */
  static String prefix(InetAddress address, int length) {
    int whole = address instanceof Inet4Address ? 32 : 128;
    return Addresses.text(address) + (length == whole ? "" : "/" + length);
  }

  /** {@code 10.255.1.50/24 brd 10.255.1.255 dev eth0 scope global label eth0:vip set}. */
  static String address(VirtualAddress a, @Nullable String device, boolean present) {
    StringBuilder text = new StringBuilder(prefix(a.address(), a.prefixLength()));
    InetAddress peer = a.options().peer();
    if (peer != null) {
      text.append(" peer ").append(prefix(peer, a.options().peerPrefixLength()));
    }
    InetAddress broadcast = a.broadcast();
    if (broadcast != null) {
      text.append(" brd ").append(Addresses.text(broadcast));
    }
    if (device != null) {
      text.append(" dev ").append(device);
    }
    text.append(" scope ").append(scope(a.scope()));
    if (a.label() != null) {
      text.append(" label ").append(a.label());
    }
    if (!(a.address() instanceof Inet4Address)) {
      Duration preferred = a.options().preferredLifetime();
      boolean deprecated = preferred == null ? a.prefixLength() == 128 : preferred.isZero();
      text.append(deprecated ? " deprecated" : " preferred_lft forever");
    }
    if (a.noPrefixRoute()) {
      text.append(" noprefixroute");
    }
    if (!a.tracked()) {
      text.append(" no_track");
    }
    return present ? text.append(" set").toString() : text.toString();
  }

  private static String scope(int scope) {
    return switch (scope) {
      case 0 -> "global";
      case 200 -> "site";
      case 253 -> "link";
      case 254 -> "host";
      case 255 -> "nowhere";
      default -> Integer.toString(scope);
    };
  }

  /** The device that an instance's addresses are on: {@code vrrp.53@eth0} with one of its own. */
  static @Nullable String addressDevice(VrrpInstance i, VirtualAddress a) {
    if (a.device() != null) {
      return a.device();
    }
    String own = vmacName(i);
    return own.isEmpty() ? i.interfaceName() : own + "@" + i.interfaceName();
  }

  /** The name of the instance's own device; empty: it has none. */
  static String vmacName(VrrpInstance i) {
    VirtualMac vmac = i.options().vmac();
    if (vmac == null) {
      return "";
    }
    return vmac.name() == null ? "vrrp." + i.virtualRouterId() : vmac.name();
  }

  /** The device that the instance speaks on. */
  static String device(VrrpInstance i) {
    String own = vmacName(i);
    String base = i.interfaceName() == null ? "" : i.interfaceName();
    return own.isEmpty() ? base : own;
  }

  /** {@code prepend 10.99.0.0/16 via inet 10.255.1.9 dev eth0 proto 18}. */
  static String route(RouteSpec r) {
    StringBuilder text = new StringBuilder(r.insertion());
    if (!r.type().equals("unicast")) {
      text.append(' ').append(r.type());
    }
    InetAddress to = r.destination();
    text.append(' ')
        .append(to == null ? (r.ipVersion() == 4 ? "0.0.0.0" : "::") : Addresses.text(to))
        .append('/')
        .append(r.prefixLength());
    InetAddress source = r.source();
    if (source != null) {
      text.append(" src ").append(Addresses.text(source));
    }
    if (r.nextHops().size() == 1) {
      text.append(hop(r.nextHops().getFirst()));
    }
    if (r.table() != 254 && r.table() != 0) {
      text.append(" table ").append(r.table());
    }
    text.append(" proto ").append(r.protocol());
    if (r.metric() != null) {
      text.append(" metric ").append(r.metric());
    }
    if (r.nextHops().size() > 1) {
      for (RouteSpec.NextHop hop : r.nextHops()) {
        text.append(" nexthop").append(hop(hop)).append(" weight ").append(hop.weight());
      }
    }
    return r.tracked() ? text.toString() : text.append(" no_track").toString();
  }

  private static String hop(RouteSpec.NextHop hop) {
    InetAddress gateway = hop.gateway();
    return (gateway == null
            ? ""
            : " via inet"
                + (gateway instanceof Inet4Address ? " " : "6 ")
                + Addresses.text(gateway))
        + (hop.device() == null ? "" : " dev " + hop.device())
        + (hop.onLink() ? " onlink" : "");
  }

  /** {@code from 10.255.1.50 priority 200 tos 0x0 protocol 18 lookup 77}. */
  static String rule(RuleSpec r) {
    StringBuilder text = new StringBuilder(r.not() ? "not " : "");
    text.append("from ").append(r.from() == null ? "all" : range(r.from()));
    if (r.to() != null) {
      text.append(" to ").append(range(r.to()));
    }
    text.append(" priority ").append(r.preference());
    text.append(" tos 0x").append(Integer.toHexString(r.tos() == null ? 0 : r.tos()));
    if (r.fwmark() != null) {
      text.append(" fwmark 0x").append(Long.toHexString(r.fwmark()));
    }
    if (r.inInterface() != null) {
      text.append(" iif ").append(r.inInterface());
    }
    if (r.outInterface() != null) {
      text.append(" oif ").append(r.outInterface());
    }
    text.append(" protocol ").append(r.protocol());
    text.append(
        switch (r.action()) {
          case RuleSpec.Action.Table(int number) -> " lookup " + number;
          case RuleSpec.Action.Goto(long preference) -> " goto " + preference;
          case RuleSpec.Action.Plain(String word) -> " type " + word;
        });
    return r.tracked() ? text.toString() : text.append(" no_track").toString();
  }

  private static String range(RuleSpec.Prefix p) {
    return prefix(p.address(), p.length());
  }

  /** {@code '/usr/bin/true' 'a' 'b'}. */
  static String command(Script script) {
    StringBuilder text = new StringBuilder();
    for (String word : script.command()) {
      text.append(text.isEmpty() ? "'" : " '").append(word).append('\'');
    }
    return text.toString();
  }

  /** {@code 0:0}; a user that does not exist is written by name. */
  static String owner(@Nullable ScriptUser of, @Nullable ScriptUser otherwise) {
    ScriptUser user = of == null ? otherwise : of;
    if (user == null) {
      int own = Accounts.effectiveUid();
      return own + ":" + own;
    }
    var account = Accounts.user(user.user());
    if (account.isEmpty()) {
      return user.user() + ":" + (user.group() == null ? user.user() : user.group());
    }
    OptionalInt group = user.group() == null ? OptionalInt.empty() : Accounts.group(user.group());
    return account.get().uid() + ":" + group.orElse(account.get().gid());
  }
}
