package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Addresses as the programs have them: 16 bytes, of which an IPv4 address fills the first four. */
final class Addresses {
  private Addresses() {}

  /** As {@code FAMILY_IPV4} or {@code FAMILY_IPV6}. */
  static int family(InetAddress address) {
    return address instanceof Inet6Address ? Layout.FAMILY_IPV6 : Layout.FAMILY_IPV4;
  }

  /** Fills the 16 bytes there. */
  static void write(MemorySegment at, long offset, InetAddress address) {
    MemorySegment field = at.asSlice(offset, Layout.ADDRESS_BYTES).fill((byte) 0);
    byte[] bytes = address.getAddress();
    MemorySegment.copy(bytes, 0, field, JAVA_BYTE, 0, bytes.length);
  }

  static InetAddress read(MemorySegment at, long offset, int family) {
    byte[] bytes = new byte[family == Layout.FAMILY_IPV6 ? 16 : 4];
    MemorySegment.copy(at, JAVA_BYTE, offset, bytes, 0, bytes.length);
    return of(bytes);
  }

  /** An IPv4 address that lies in memory as this little-endian number. */
  static InetAddress ofInt(int raw) {
    return of(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(raw).array());
  }

  private static InetAddress of(byte[] bytes) {
    try {
      return bytes.length == 16
          ? Inet6Address.getByAddress(null, bytes, -1)
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("four or sixteen bytes are an address", e);
    }
  }

  /** The address's words as little-endian numbers; IPv4 has one. */
  private static ByteBuffer words(byte[] address) {
    return ByteBuffer.wrap(address).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** An IPv6 address in the key of a service or server: {@code address_hash} of service.h. */
  static int endpointHash(byte[] address) {
    ByteBuffer words = words(address);
    long hash = words.getLong() * 0x9e3779b97f4a7c15L;
    hash ^= hash >>> 32;
    hash += words.getLong();
    hash *= 0x9e3779b97f4a7c15L;
    return (int) (hash >>> 32);
  }

  /** An IPv6 client in the key of a connection: {@code client_hash} of table.h. */
  static int clientHash(byte[] address, long seed) {
    ByteBuffer words = words(address);
    long hash = mix(words.getLong() ^ seed);
    hash = mix(hash ^ words.getLong());
    return (int) hash == 0 ? 1 : (int) hash;
  }

  /** Leaves the first bits of an address. */
  static byte[] prefix(byte[] address, int bits) {
    byte[] kept = address.clone();
    for (int i = 0; i < kept.length; i++) {
      int here = Math.clamp(bits - i * 8L, 0, 8);
      kept[i] = (byte) (kept[i] & 0xff00 >> here);
    }
    return kept;
  }

  private static long mix(long value) {
    long v = value * 0x9e3779b97f4a7c15L;
    v ^= v >>> 32;
    v *= 0xd6e8feb86659fd93L;
    return v ^ v >>> 32;
  }
}
