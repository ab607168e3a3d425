package dev.sluice.linux;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Between addresses, their bytes and their text; nothing here asks a name server. */
public final class Addresses {
  private Addresses() {}

  /** The 32 bits of an IPv4 address: 10.0.0.1 is 0x0a000001. */
  static int bits(Inet4Address address) {
    byte[] b = address.getAddress();
    return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
  }

  /** The IPv4 address of 32 bits. */
  static InetAddress ofBits(int bits) {
    return of(
        new byte[] {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits});
  }

  /** The IPv6 address of its upper and lower 64 bits. */
  static InetAddress ofHalves(long high, long low) {
    byte[] bytes = new byte[16];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (high >>> (8 * (7 - i)));
      bytes[8 + i] = (byte) (low >>> (8 * (7 - i)));
    }
    return of(bytes);
  }

  /** The address of 4 or 16 bytes; a mapped one stays IPv6, as the kernel means it. */
  static InetAddress of(byte[] bytes) {
    try {
      return bytes.length == 16
          ? Inet6Address.getByAddress(null, bytes, -1)
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
    }
  }

  /** AF_INET or AF_INET6. */
  static int family(InetAddress address) {
    return address instanceof Inet4Address ? Sockaddr.AF_INET : Sockaddr.AF_INET6;
  }

  /** 32 or 128. */
  static int width(InetAddress address) {
    return address instanceof Inet4Address ? 32 : 128;
  }

  /**
   * As RFC 5952 wants addresses written: {@code 2001:db8::1}, lower case, the longest run of two or
   * more zero groups as {@code ::}; a mapped IPv4 address as {@code ::ffff:10.0.0.1}. No host name,
   * no scope.
   */
  public static String text(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return dotted(bytes, 0);
    }
    int groups = mapped(bytes) ? 6 : 8;
    int start = -1;
    int length = 1;
    for (int i = 0; i < groups; i++) {
      int end = i;
      while (end < groups && group(bytes, end) == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    StringBuilder text = new StringBuilder(40);
    for (int i = 0; i < groups; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(group(bytes, i)));
    }
    if (groups == 6) {
      text.append(':').append(dotted(bytes, 12));
    }
    return text.toString();
  }

  private static boolean mapped(byte[] bytes) {
    for (int i = 0; i < 5; i++) {
      if (group(bytes, i) != 0) {
        return false;
      }
    }
    return group(bytes, 5) == 0xffff;
  }

  private static int group(byte[] bytes, int index) {
    return (bytes[2 * index] & 0xff) << 8 | (bytes[2 * index + 1] & 0xff);
  }

  private static String dotted(byte[] bytes, int from) {
    return (bytes[from] & 0xff)
        + "."
        + (bytes[from + 1] & 0xff)
        + "."
        + (bytes[from + 2] & 0xff)
        + "."
        + (bytes[from + 3] & 0xff);
  }
}
