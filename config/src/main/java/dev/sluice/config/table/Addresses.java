package dev.sluice.config.table;

import dev.sluice.config.text.Word;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Literal addresses. */
public final class Addresses {
  private Addresses() {}

  /** A literal address; null for anything else. Names are never looked up. */
  public static @Nullable InetAddress parse(String text) {
    if (text.indexOf(':') >= 0) {
      if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0 || text.length() > 45) {
        return null;
      }
      try {
        return java.net.Inet6Address.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    int dots = 0;
    int digits = 0;
    int value = 0;
    int bits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (digits == 0) {
          return null;
        }
        bits = (bits << 8) | value;
        dots++;
        digits = 0;
        value = 0;
      } else if (c >= '0' && c <= '9' && digits < 3) {
        if (digits > 0 && value == 0) {
          return null; // A leading zero would mean octal to some and decimal to others.
        }
        value = value * 10 + (c - '0');
        digits++;
        if (value > 255) {
          return null;
        }
      } else {
        return null;
      }
    }
    return dots == 3 && digits > 0 ? ofBytes((bits << 8) | value) : null;
  }

  private static InetAddress ofBytes(int bits) {
    byte[] bytes = {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits};
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** An IPv4 or IPv6 address. */
  record Type() implements ValueType<InetAddress> {
    @Override
    public String syntax() {
      return "ADDRESS";
    }

    @Override
    public @Nullable InetAddress read(Args args) {
      Word word = args.require("an address");
      if (word == null) {
        return null;
      }
      InetAddress address = parse(word.text());
      if (address == null) {
        args.invalid(
            word,
            "not-an-address",
            "'" + word.text() + "' is no IP address",
            "write an IPv4 or IPv6 address, not a name");
      }
      return address;
    }

    @Override
    public List<String> accepted() {
      return List.of("10.0.0.1", "2001:db8::1");
    }

    @Override
    public List<String> refused() {
      return List.of("10.0.0.300", "example", "10.0.0");
    }
  }
}
