package dev.sluice.linux;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Between addresses and their bytes; nothing here asks a name server. */
final class Addresses {
  private Addresses() {}

  /** The 32 bits of an IPv4 address: 10.0.0.1 is 0x0a000001. */
  static int bits(Inet4Address address) {
    byte[] b = address.getAddress();
    return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
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

  /** As people write it: no host name, no scope. */
  static String text(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }
}
