package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsKey;
import dev.sluice.core.api.IpvsServer;
import dev.sluice.core.api.IpvsServer.Checksum;
import dev.sluice.core.api.IpvsServer.Method;
import dev.sluice.core.api.IpvsServer.Tunnel;
import dev.sluice.core.api.IpvsServer.TunnelType;
import dev.sluice.core.api.IpvsService;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of one line with their values; each is looked at as it comes, as ipvsadm does. */
final class Values {
  /** 31 days, the longest timeout. */
  static final int MOST_SECONDS = 2_678_400;

  private static final int PERSISTENT_DEFAULT = 360;
  private static final long MOST_MARK = 0xffff_ffffL;

  private final Names names;
  private final Set<String> called = new java.util.HashSet<>();
  private final Set<Option> given = EnumSet.noneOf(Option.class);
  private final Map<Option, String> texts = new EnumMap<>(Option.class);
  private final Map<Option, Integer> numbers = new EnumMap<>(Option.class);
  private @Nullable IpvsKey key;
  private @Nullable Place server;
  private Method method = Method.ROUTE;
  private TunnelType tunnel = TunnelType.IPIP;

  Values(Names names) {
    this.names = names;
  }

  /** Every option but the service's. */
  Set<Option> given() {
    return given;
  }

  boolean has(Option option) {
    return given.contains(option);
  }

  @Nullable String text(Option option) {
    return texts.get(option);
  }

  @Nullable IpvsKey key() {
    return key;
  }

  private int number(Option option, int otherwise) {
    return numbers.getOrDefault(option, otherwise);
  }

  /** Takes in the option that the words are at. */
  void take(Option option, Words words) throws UsageError {
    if (!called.add(option.called())) {
      throw UsageError.usage("multiple '" + option.called() + "' options specified");
    }
    switch (option) {
      case TCP_SERVICE -> key = address(words.value(), IpvsKey.Kind.TCP);
      case UDP_SERVICE -> key = address(words.value(), IpvsKey.Kind.UDP);
      case SCTP_SERVICE -> key = address(words.value(), IpvsKey.Kind.SCTP);
      case FWMARK_SERVICE -> key = mark(words.value());
      default -> {
        given.add(option);
        if (option.argument() != Option.Argument.NONE) {
          texts.put(option, words.value());
        }
        look(option, words);
      }
    }
  }

  private void look(Option option, Words words) throws UsageError {
    switch (option) {
      case IPV6 -> {
        IpvsKey before = key;
        if (before == null || before.kind() != IpvsKey.Kind.FWM) {
          throw UsageError.usage("-6 used before -f\n");
        }
        key = IpvsKey.ofMark(before.mark(), true);
      }
      case PERSISTENT -> numbers.put(option, persistence(words.optionalValue()));
      case NETMASK -> numbers.put(option, netmask(words.value()));
      case REAL_SERVER -> server = real(words.value());
      case GATEWAYING -> method = Method.ROUTE;
      case TUNNELING -> method = Method.TUNNEL;
      case MASQUERADING -> method = Method.MASQ;
      case WEIGHT -> limited(option, words, "illegal weight specified");
      case UPPER_THRESHOLD -> limited(option, words, "illegal u_threshold specified");
      case LOWER_THRESHOLD -> limited(option, words, "illegal l_threshold specified");
      case SCHEDULER_FLAGS -> {
        for (String flag : flags(words.value())) {
          if (flagBits(flag) == 0) {
            throw UsageError.usage("invalid scheduler flag `" + flag + "'");
          }
        }
      }
      case TUNNEL_TYPE -> tunnel = tunnelType(words.value());
      case TUNNEL_PORT -> {
        OptionalInt port = Place.number(words.value(), 1, 65535);
        if (port.isEmpty()) {
          throw UsageError.usage("illegal tunnel port specified");
        }
        numbers.put(option, port.getAsInt());
      }
      default -> {
        // Its presence, or its text, is all there is.
      }
    }
  }

  private void limited(Option option, Words words, String complaint) throws UsageError {
    OptionalInt n = Place.number(words.value(), 0, Integer.MAX_VALUE);
    if (n.isEmpty()) {
      throw UsageError.usage(complaint);
    }
    numbers.put(option, n.getAsInt());
  }

  private IpvsKey address(String text, IpvsKey.Kind kind) throws UsageError {
    Place place =
        Place.parse(text, kind, names)
            .orElseThrow(() -> UsageError.usage("illegal virtual server address[:port] specified"));
    return IpvsKey.of(kind, place.address(), place.port().orElse(0));
  }

  private static IpvsKey mark(String text) throws UsageError {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    long mark = digits && text.length() <= 10 ? Long.parseLong(text) : 0;
    if (mark < 1 || mark > MOST_MARK) {
      throw UsageError.usage("invalid fwmark value `" + text + "' specified");
    }
    return IpvsKey.ofMark(mark, false);
  }

  private static int persistence(@Nullable String text) throws UsageError {
    if (text == null) {
      return PERSISTENT_DEFAULT;
    }
    OptionalInt seconds = Place.number(text, 1, MOST_SECONDS);
    if (seconds.isEmpty()) {
      throw UsageError.usage("invalid timeout value `" + text + "' specified");
    }
    return seconds.getAsInt();
  }

  private int netmask(String text) throws UsageError {
    IpvsKey of = key;
    if (of == null) {
      throw UsageError.usage("-M used before the service (-t, -u, --sctp-service or -f)");
    }
    if (of.ipv6()) {
      OptionalInt bits = Place.number(text, 1, 128);
      if (bits.isEmpty()) {
        throw UsageError.usage("illegal ipv6 netmask specified");
      }
      return bits.getAsInt();
    }
    int bits = dottedBits(text);
    if (bits < 1) {
      throw UsageError.usage("illegal netmask specified");
    }
    return bits;
  }

  /** The length of a netmask without holes; 0: it is none. */
  private static int dottedBits(String text) {
    int mask = 0;
    try {
      byte[] bytes = InetAddress.ofLiteral(text).getAddress();
      if (bytes.length != 4) {
        return 0;
      }
      for (byte b : bytes) {
        mask = mask << 8 | (b & 0xff);
      }
    } catch (IllegalArgumentException e) {
      return 0;
    }
    int bits = Integer.bitCount(mask);
    return bits > 0 && mask == -1 << (32 - bits) ? bits : 0;
  }

  private Place real(String text) throws UsageError {
    IpvsKey of = key;
    if (of == null) {
      throw UsageError.usage("-r used before the service (-t, -u, --sctp-service or -f)");
    }
    return Place.parse(text, of.kind(), names)
        .orElseThrow(() -> UsageError.usage("illegal real server address[:port] specified"));
  }

  private static TunnelType tunnelType(String text) throws UsageError {
    return switch (text) {
      case "ipip" -> TunnelType.IPIP;
      case "gue" -> TunnelType.GUE;
      case "gre" -> TunnelType.GRE;
      default -> throw UsageError.usage("illegal tunnel type specified");
    };
  }

  private static List<String> flags(@Nullable String text) {
    var flags = new ArrayList<String>();
    if (text != null) {
      for (String flag : text.split(",", -1)) {
        if (!flag.isEmpty()) {
          flags.add(flag);
        }
      }
    }
    return flags;
  }

  private static int flagBits(String flag) {
    return switch (flag) {
      case "sh-fallback", "mh-fallback", "flag-1" -> IpvsService.FALLBACK;
      case "sh-port", "mh-port", "flag-2" -> IpvsService.PORT;
      case "flag-3" -> IpvsService.THIRD;
      default -> 0;
    };
  }

  /** The service with its settings. */
  IpvsService service(IpvsKey of) throws UsageError {
    String scheduler = texts.getOrDefault(Option.SCHEDULER, "wlc");
    int flags = 0;
    for (String flag : flags(texts.get(Option.SCHEDULER_FLAGS))) {
      if (!flag.startsWith("flag-") && !flag.startsWith(scheduler + "-")) {
        throw UsageError.usage("incompatible scheduler flag `" + flag + "'");
      }
      flags |= flagBits(flag);
    }
    int persistent = number(Option.PERSISTENT, 0);
    if (of.kind() != IpvsKey.Kind.FWM && of.port() == 0 && persistent == 0) {
      throw UsageError.usage("Zero port specified for non-persistent service");
    }
    boolean stream = of.kind() == IpvsKey.Kind.TCP || of.kind() == IpvsKey.Kind.SCTP;
    if (has(Option.ONE_PACKET) && stream) {
      throw UsageError.usage("One-Packet Scheduling is only for UDP virtual services");
    }
    return new IpvsService(
        of,
        scheduler,
        flags,
        persistent,
        number(Option.NETMASK, of.ipv6() ? 128 : 32),
        text(Option.ENGINE),
        has(Option.ONE_PACKET));
  }

  /** Complains when there is no real server. */
  Place needServer(String command) throws UsageError {
    Place place = server;
    if (place == null) {
      throw UsageError.usage(
          "You need to supply the 'real-server' option for the '" + command + "' command");
    }
    return place;
  }

  /** The real server with its settings. */
  IpvsServer server(IpvsKey of, String command) throws UsageError {
    Place place = needServer(command);
    Tunnel outer = tunnel();
    boolean deletes = command.equals(Option.DELETE_SERVER.called());
    if (place.ipv6() != of.ipv6() && method != Method.TUNNEL && !deletes) {
      throw UsageError.usage("Different address family is allowed only for tunneling servers");
    }
    // A router and a tunnel deliver the packet as it came, its port included.
    boolean keeps = method != Method.MASQ && !deletes && of.kind() != IpvsKey.Kind.FWM;
    int port = keeps ? of.port() : place.port().orElse(of.port());
    return new IpvsServer(
        place.address(),
        port,
        method,
        number(Option.WEIGHT, 1),
        number(Option.UPPER_THRESHOLD, 0),
        number(Option.LOWER_THRESHOLD, 0),
        outer);
  }

  private Tunnel tunnel() throws UsageError {
    var checksums = new ArrayList<Option>();
    for (Option o :
        List.of(Option.TUNNEL_NO_CHECKSUM, Option.TUNNEL_CHECKSUM, Option.TUNNEL_REMOTE_CHECKSUM)) {
      if (has(o)) {
        checksums.add(o);
      }
    }
    boolean port = has(Option.TUNNEL_PORT);
    if (method != Method.TUNNEL) {
      if (has(Option.TUNNEL_TYPE) || port || !checksums.isEmpty()) {
        throw UsageError.usage("Tunnel options conflict with forward method");
      }
      return Tunnel.IPIP;
    }
    String type = tunnel.name().toLowerCase(java.util.Locale.ROOT);
    if (tunnel == TunnelType.GUE && !port) {
      throw UsageError.usage("You need to supply the 'tun-port' option for the 'gue' tunnel type");
    }
    if (tunnel != TunnelType.GUE && port) {
      throw illegal(Option.TUNNEL_PORT, type);
    }
    for (Option o : checksums) {
      if (tunnel == TunnelType.IPIP
          || (tunnel == TunnelType.GRE && o == Option.TUNNEL_REMOTE_CHECKSUM)) {
        throw illegal(o, type);
      }
    }
    if (checksums.size() > 1) {
      throw UsageError.usage(
          "The option '"
              + checksums.get(1).word()
              + "' conflicts with the '"
              + checksums.get(0).word()
              + "' option in the '"
              + type
              + "' tunnel type");
    }
    Checksum checksum =
        has(Option.TUNNEL_CHECKSUM)
            ? Checksum.FULL
            : has(Option.TUNNEL_REMOTE_CHECKSUM) ? Checksum.REMOTE : Checksum.NONE;
    return new Tunnel(tunnel, number(Option.TUNNEL_PORT, 0), checksum);
  }

  private static UsageError illegal(Option option, String type) {
    return UsageError.usage(
        "Illegal '" + option.word() + "' option with the '" + type + "' tunnel type");
  }
}
