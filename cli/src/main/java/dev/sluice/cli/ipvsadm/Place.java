package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsKey;
import dev.sluice.linux.Addresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * An address with a port as ipvsadm reads it: {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code
 * name:http}, {@code [2001:db8::1]:80}, or an IPv6 address alone. Brackets without a port are
 * wrong.
 *
 * @param address numeric
 * @param port empty: none written
 */
record Place(String address, boolean ipv6, OptionalInt port) {
  private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern COLONS = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /** The place that is written here; empty: nothing that makes sense. */
  static Optional<Place> parse(String text, IpvsKey.Kind kind, Names names) {
    if (text.startsWith("[")) {
      int end = text.indexOf("]:");
      return end < 0
          ? Optional.empty()
          : withPort(literal6(text.substring(1, end)), text.substring(end + 2), kind, names);
    }
    int first = text.indexOf(':');
    if (first >= 0 && text.indexOf(':', first + 1) >= 0) {
      return literal6(text).map(a -> new Place(Addresses.text(a), true, OptionalInt.empty()));
    }
    if (first < 0) {
      return host4(text, names).map(a -> new Place(Addresses.text(a), false, OptionalInt.empty()));
    }
    return withPort(host4(text.substring(0, first), names), text.substring(first + 1), kind, names);
  }

  private static Optional<Place> withPort(
      Optional<InetAddress> address, String port, IpvsKey.Kind kind, Names names) {
    if (address.isEmpty()) {
      return Optional.empty();
    }
    OptionalInt number = number(port, 0, 65535);
    if (number.isEmpty()) {
      number = isNumber(port) ? OptionalInt.empty() : names.port(port, kind);
    }
    return number.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Place(
                Addresses.text(address.get()), address.get() instanceof Inet6Address, number));
  }

  private static Optional<InetAddress> literal6(String text) {
    if (!COLONS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text)).filter(a -> a instanceof Inet6Address);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<InetAddress> host4(String text, Names names) {
    if (DOTTED.matcher(text).matches()) {
      try {
        return Optional.of(InetAddress.ofLiteral(text));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return text.isEmpty() || text.contains("..") ? Optional.empty() : names.address(text);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** A decimal number within bounds. */
  static OptionalInt number(String text, int least, int most) {
    if (!isNumber(text) || text.length() > 10) {
      return OptionalInt.empty();
    }
    long n = Long.parseLong(text);
    return n < least || n > most ? OptionalInt.empty() : OptionalInt.of((int) n);
  }
}
