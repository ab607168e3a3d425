package dev.sluice.vrrp.codec;

import static dev.sluice.vrrp.codec.InternetChecksum.INT;
import static dev.sluice.vrrp.codec.InternetChecksum.LONG;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Addresses as two longs in network order: of IPv6 the upper and lower 64 bits, of IPv4 0 and the
 * 32 bits. So the receive path compares addresses without making objects.
 */
public final class AddressBits {
  private AddressBits() {}

  /** Whether an address is of IPv4. */
  public static boolean ipv4(InetAddress address) {
    return address instanceof Inet4Address;
  }

  /** The upper half; 0 of IPv4. */
  public static long high(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? 0 : bits(bytes, 0, 8);
  }

  /** The lower half, or the whole IPv4 address. */
  public static long low(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? bits(bytes, 0, 4) : bits(bytes, 8, 16);
  }

  private static long bits(byte[] bytes, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }

  /** The address of these bits; an object each call. */
  public static InetAddress of(boolean ipv4, long high, long low) {
    if (ipv4) {
      return Ipv4.of((int) low);
    }
    byte[] bytes = new byte[16];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    segment.set(LONG, 0, high);
    segment.set(LONG, 8, low);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("sixteen bytes are an address", e);
    }
  }

  /** Whether they are of a group: 224.0.0.0/4, ff00::/8. */
  public static boolean multicast(boolean ipv4, long high, long low) {
    return ipv4 ? (int) low >>> 28 == 0xe : high >>> 56 == 0xff;
  }

  /** Whether they are an IPv6 link-local address, fe80::/10. */
  public static boolean linkLocal6(long high) {
    return high >>> 54 == 0xfe80 >>> 6;
  }

  /** Writes an address as the wire has it; the bytes it took. */
  static int write(InetAddress address, MemorySegment out, long at) {
    if (ipv4(address)) {
      out.set(INT, at, (int) low(address));
      return 4;
    }
    out.set(LONG, at, high(address));
    out.set(LONG, at + 8, low(address));
    return 16;
  }
}
