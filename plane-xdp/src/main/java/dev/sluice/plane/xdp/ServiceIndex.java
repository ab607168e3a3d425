package dev.sluice.plane.xdp;

import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.PlaneException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntFunction;

/**
 * A table in which programs find a service, or a NAT server, by address, port and protocol: buckets
 * of four, two candidate buckets by two hashes. The first bucket is preferred, so one cache line
 * answers. Keys of IPv6 have a hash of the address: two may be equal, and what they lead to
 * decides.
 */
final class ServiceIndex {
  /** Keys of firewall marks: protocol 0, and for IPv6 this bit. */
  static final long MARK6 = 1L << 63;

  private final MemorySegment table;
  private final int mask;
  private final IntFunction<InetAddress> addressOf;

  /** Where something is found. */
  record Endpoint(InetAddress address, int port, Protocol protocol) {
    static Endpoint of(VirtualServer.Key service) {
      return new Endpoint(service.address(), service.port(), service.protocol());
    }

    /** As programs compute it. */
    long key() {
      return ServiceIndex.key(address, port, protocol);
    }
  }

  /** What stands for a service: by address as programs compute it, or its mark. */
  static long key(VirtualServer.Key service) {
    if (service.mark() != 0) {
      return service.mark() | (service.ipv6() ? MARK6 : 0);
    }
    return Endpoint.of(service).key();
  }

  /**
   * @param addressOf the address of what a number in the table names
   */
  ServiceIndex(MemorySegment table, IntFunction<InetAddress> addressOf) {
    this.table = table;
    this.addressOf = addressOf;
    this.mask = (int) (table.byteSize() / Layout.BUCKET_BYTES) - 1;
  }

  /** Buckets for so many services: at most a quarter full, so that two candidates suffice. */
  static int bucketsFor(int services) {
    return Math.max(16, Integer.highestOneBit(Math.max(1, services - 1)) * 2);
  }

  /** The key of an address and port. */
  static long key(InetAddress address, int port, Protocol protocol) {
    boolean ipv6 = address instanceof Inet6Address;
    int name = ipv6 ? Addresses.endpointHash(address.getAddress()) : address(address);
    return (name & 0xffffffffL)
        | (ipv6 ? Layout.WAY_IPV6 : 0)
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
  void put(Endpoint endpoint, int service) {
    long key = endpoint.key();
    long hash = hash(key);
    if (find(endpoint) >= 0
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
  void remove(Endpoint endpoint) {
    long way = find(endpoint);
    if (way >= 0) {
      Memory.putLong(table, way + Layout.WAY_KEY, 0);
    }
  }

  /** What the key leads to; 0: it is not there. */
  int get(Endpoint endpoint) {
    long way = find(endpoint);
    return way < 0 ? 0 : table.get(ValueLayout.JAVA_INT, way + Layout.WAY_SERVICE);
  }

  /** Makes a key that is there lead elsewhere. */
  void replace(Endpoint endpoint, int number) {
    Memory.putInt(table, find(endpoint) + Layout.WAY_SERVICE, number);
  }

  private long find(Endpoint endpoint) {
    long hash = hash(endpoint.key());
    long way = findIn(first(hash), endpoint);
    return way >= 0 ? way : findIn(second(hash), endpoint);
  }

  private long findIn(long bucket, Endpoint endpoint) {
    long key = endpoint.key();
    for (int i = 0; i < Layout.WAYS; i++) {
      long way = bucket + (long) i * Layout.WAY_BYTES;
      if (table.get(ValueLayout.JAVA_LONG, way + Layout.WAY_KEY) == key
          && addressOf
              .apply(table.get(ValueLayout.JAVA_INT, way + Layout.WAY_SERVICE))
              .equals(endpoint.address())) {
        return way;
      }
    }
    return -1;
  }
}
