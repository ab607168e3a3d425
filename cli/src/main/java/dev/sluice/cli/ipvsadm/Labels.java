package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsKey;
import dev.sluice.core.api.IpvsService;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What listings and saves have in common: places as text, flags, the order. */
final class Labels {
  private Labels() {}

  /** {@code 192.0.2.1:80}, {@code vip.example.com:http}, {@code [2001:db8::1]:80}. */
  static String place(String address, int port, IpvsKey.Kind kind, Names names) {
    String host = names.hostName(address).orElse(address);
    String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
    // A mark says nothing of the protocol, and without one a port has no name.
    boolean named = port != 0 && kind != IpvsKey.Kind.FWM;
    String number = Integer.toString(port);
    return shown + ":" + (named ? names.portName(port, kind).orElse(number) : number);
  }

  /** A mark as IPVS's tools print it: signed. */
  static String signedMark(long mark) {
    return Integer.toString((int) mark);
  }

  /** {@code sh-fallback}, {@code flag-3}; with sh and mh the first two have names. */
  static List<String> flags(IpvsService service) {
    var words = new ArrayList<String>();
    String own = service.scheduler();
    boolean named = own.equals("sh") || own.equals("mh");
    if ((service.flags() & IpvsService.FALLBACK) != 0) {
      words.add(named ? own + "-fallback" : "flag-1");
    }
    if ((service.flags() & IpvsService.PORT) != 0) {
      words.add(named ? own + "-port" : "flag-2");
    }
    if ((service.flags() & IpvsService.THIRD) != 0) {
      words.add("flag-3");
    }
    return words;
  }

  /** Whether clients are taken together by less than their whole address. */
  static boolean masked(IpvsService service) {
    return service.clientPrefix() != (service.key().ipv6() ? 128 : 32);
  }

  /** The netmask as {@code -M} takes it: dotted, or a length for IPv6. */
  static String netmask(IpvsService service) {
    if (service.key().ipv6()) {
      return Integer.toString(service.clientPrefix());
    }
    int mask = service.clientPrefix() == 0 ? 0 : -1 << (32 - service.clientPrefix());
    return (mask >>> 24)
        + "."
        + (mask >>> 16 & 255)
        + "."
        + (mask >>> 8 & 255)
        + "."
        + (mask & 255);
  }

  /** By mark (signed), family, protocol, address, port. */
  static Comparator<IpvsKey> byKey() {
    return Comparator.<IpvsKey>comparingInt(k -> (int) k.mark())
        .thenComparing(IpvsKey::ipv6)
        .thenComparing(IpvsKey::kind)
        .thenComparing(IpvsKey::address, Labels::compareAddresses)
        .thenComparingInt(IpvsKey::port);
  }

  /** IPv4 first, then by the bytes. */
  static int compareAddresses(String a, String b) {
    byte[] left = bytes(a);
    byte[] right = bytes(b);
    return left.length == right.length
        ? java.util.Arrays.compareUnsigned(left, right)
        : Integer.compare(left.length, right.length);
  }

  private static byte[] bytes(String address) {
    return address.isEmpty() ? new byte[4] : InetAddress.ofLiteral(address).getAddress();
  }
}
