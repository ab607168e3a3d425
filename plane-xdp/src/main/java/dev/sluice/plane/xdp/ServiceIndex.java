package dev.sluice.plane.xdp;

import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.PlaneException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A table in which programs find a service, or a NAT server, by address, port and protocol: buckets
 * of four, two candidate buckets by two hashes. The first bucket is preferred, so one cache line
 * answers.
 */
final class ServiceIndex {
  /** Keys of firewall marks: protocol 0, and for IPv6 this bit. */
  static final long MARK6 = 1L << 63;

  private final MemorySegment table;
  private final int mask;

  ServiceIndex(MemorySegment table) {
    this.table = table;
    this.mask = (int) (table.byteSize() / Layout.BUCKET_BYTES) - 1;
  }

  /** Buckets for so many services: at most a quarter full, so that two candidates suffice. */
  static int bucketsFor(int services) {
    return Math.max(16, Integer.highestOneBit(Math.max(1, services - 1)) * 2);
  }

  /** The key as programs compute it; IPv4 only. */
  static long key(VirtualServer.Key service) {
    if (service.mark() != 0) {
      return service.mark() | (service.ipv6() ? MARK6 : 0);
    }
    return key(service.address(), service.port(), service.protocol());
  }

  /** The key of an address and port; IPv4 only. */
  static long key(InetAddress address, int port, Protocol protocol) {
    return (address(address) & 0xffffffffL)
        | (port(port) & 0xffffL) << 32
        | (long) protocol.number() << 48;
  }

  /** An IPv4 address as it lies in memory, read as a little-endian number. */
  static int address(InetAddress address) {
    return ByteBuffer.wrap(address.getAddress()).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  /** An address in 32 bits as the hash schedulers see it: IPv4 as a number, IPv6's words xor-ed. */
  static int fold(InetAddress address) {
    ByteBuffer words = ByteBuffer.wrap(address.getAddress());
    int folded = 0;
    while (words.hasRemaining()) {
      folded ^= words.getInt();
    }
    return folded;
  }

  /** A port in network order, read as a little-endian number. */
  static int port(int port) {
    return (port & 0xff) << 8 | port >>> 8;
  }

  /** The same function as in stages/service.h: the upper half of a product. */
  static long hash(long key) {
    return key * 0x9e3779b97f4a7c15L;
  }

  private long first(long hash) {
    return (long) ((int) (hash >>> 48) & mask) * Layout.BUCKET_BYTES;
  }

  private long second(long hash) {
    return (long) ((int) (hash >>> 32) & mask) * Layout.BUCKET_BYTES;
  }

  /**
   * Makes programs find the service.
   *
   * @throws PlaneException when both buckets are full
   */
  void put(long key, int service) {
    long hash = hash(key);
    if (find(key) >= 0
        || putInto(first(hash), key, service)
        || putInto(second(hash), key, service)) {
      return;
    }
    throw new PlaneException(
        "no room in the service table for one more service with this address; a plane with more"
            + " room for services is needed");
  }

  private boolean putInto(long bucket, long key, int service) {
    for (int i = 0; i < Layout.WAYS; i++) {
      long way = bucket + (long) i * Layout.WAY_BYTES;
      if (table.get(ValueLayout.JAVA_LONG, way + Layout.WAY_KEY) == 0) {
        Memory.putInt(table, way + Layout.WAY_SERVICE, service);
        Memory.putLong(table, way + Layout.WAY_KEY, key);
        return true;
      }
    }
    return false;
  }

  /** Makes programs forget the service. */
  void remove(long key) {
    long way = find(key);
    if (way >= 0) {
      Memory.putLong(table, way + Layout.WAY_KEY, 0);
    }
  }

  /** What the key leads to; 0: it is not there. */
  int get(long key) {
    long way = find(key);
    return way < 0 ? 0 : table.get(ValueLayout.JAVA_INT, way + Layout.WAY_SERVICE);
  }

  /** Makes a key that is there lead elsewhere. */
  void replace(long key, int number) {
    Memory.putInt(table, find(key) + Layout.WAY_SERVICE, number);
  }

  private long find(long key) {
    long hash = hash(key);
    long way = findIn(first(hash), key);
    return way >= 0 ? way : findIn(second(hash), key);
  }

  private long findIn(long bucket, long key) {
    for (int i = 0; i < Layout.WAYS; i++) {
      long way = bucket + (long) i * Layout.WAY_BYTES;
      if (table.get(ValueLayout.JAVA_LONG, way + Layout.WAY_KEY) == key) {
        return way;
      }
    }
    return -1;
  }
}
