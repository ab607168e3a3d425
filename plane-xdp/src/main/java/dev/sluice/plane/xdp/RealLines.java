package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.lvs.PlaneException;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.plane.xdp.NextHops.Hop;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.BitSet;

/** The lines of the real servers, one of 128 bytes each, as the programs read them. */
final class RealLines {
  /** The longest IP packet. */
  private static final int MOST_BYTES = 0xffff;

  private final MemorySegment reals;
  private final BitSet used = new BitSet();
  private final int limit;

  RealLines(MemorySegment reals) {
    this.reals = reals;
    this.limit = (int) (reals.byteSize() / Layout.REAL_BYTES);
    used.set(0); // number 0 stays empty, so that a forgotten number is seen
  }

  private static long line(int real) {
    return (long) real * Layout.REAL_BYTES;
  }

  int limit() {
    return limit;
  }

  int free() {
    return limit - used.cardinality();
  }

  /** A number for a new server, with everything but its flags and hop filled in. */
  int allocate(RealKey key, int service) {
    int real = used.nextClearBit(1);
    if (real >= limit) {
      throw new PlaneException("no room for more than " + (limit - 1) + " real servers");
    }
    used.set(real);
    long at = line(real);
    reals.asSlice(at, Layout.REAL_BYTES).fill((byte) 0);
    Addresses.write(reals, at + Layout.REAL_ADDRESS, key.address());
    reals.set(JAVA_BYTE, at + Layout.REAL_FAMILY, (byte) Addresses.family(key.address()));
    reals.set(JAVA_SHORT, at + Layout.REAL_PORT, (short) ServiceIndex.port(key.port()));
    reals.set(JAVA_INT, at + Layout.REAL_SERVICE, service);
    flags(real, Layout.REAL_USED);
    return real;
  }

  /** How packets reach it. */
  void method(int real, ForwardingMethod method) {
    int number =
        switch (method) {
          case DR -> Layout.METHOD_DR;
          case NAT -> Layout.METHOD_NAT;
          case TUN -> Layout.METHOD_TUN;
          case FULLNAT -> throw new PlaneException("lb_kind " + method + " is not carried");
        };
    reals.set(JAVA_BYTE, line(real) + Layout.REAL_METHOD, (byte) number);
  }

  ForwardingMethod method(int real) {
    return switch (reals.get(JAVA_BYTE, line(real) + Layout.REAL_METHOD)) {
      case Layout.METHOD_NAT -> ForwardingMethod.NAT;
      case Layout.METHOD_TUN -> ForwardingMethod.TUN;
      default -> ForwardingMethod.DR;
    };
  }

  /** Takes the numbers that an adopted plane uses. */
  void adopt(int real) {
    used.set(real);
  }

  void free(int real) {
    reals.asSlice(line(real), Layout.REAL_BYTES).fill((byte) 0);
    used.clear(real);
  }

  int flags(int real) {
    return reals.get(JAVA_BYTE, line(real) + Layout.REAL_FLAGS);
  }

  private void flags(int real, int flags) {
    reals.set(JAVA_BYTE, line(real) + Layout.REAL_FLAGS, (byte) flags);
  }

  int service(int real) {
    return reals.get(JAVA_INT, line(real) + Layout.REAL_SERVICE);
  }

  void weight(int real, int weight) {
    reals.set(JAVA_INT, line(real) + Layout.REAL_WEIGHT, weight);
  }

  int weight(int real) {
    return reals.get(JAVA_INT, line(real) + Layout.REAL_WEIGHT);
  }

  void removed(int real, boolean removed) {
    int flags = flags(real);
    flags(real, removed ? flags | Layout.REAL_REMOVED : flags & ~Layout.REAL_REMOVED);
  }

  RealKey key(int real) {
    long at = line(real);
    return new RealKey(
        Addresses.read(
            reals, at + Layout.REAL_ADDRESS, reals.get(JAVA_BYTE, at + Layout.REAL_FAMILY)),
        ServiceIndex.port(reals.get(JAVA_SHORT, at + Layout.REAL_PORT) & 0xffff));
  }

  /** Writes the hop that programs do not read now, then makes it the one they read. */
  void hop(int real, Hop hop) {
    int flags = flags(real);
    boolean second = (flags & Layout.REAL_HOP) == 0;
    long at = line(real) + Layout.REAL_HOPS + (second ? Layout.HOP_BYTES : 0);
    reals.asSlice(at, Layout.HOP_BYTES).fill((byte) 0);
    int hopFlags = hop.local() ? Layout.HOP_LOCAL : 0;
    var mac = hop.mac();
    var source = hop.source();
    if (mac != null && source != null) {
      hopFlags |= Layout.HOP_RESOLVED;
      for (int i = 0; i < 6; i++) {
        reals.set(JAVA_BYTE, at + Layout.HOP_DST + i, mac.bytes()[i]);
        reals.set(JAVA_BYTE, at + Layout.HOP_SRC + i, source.bytes()[i]);
      }
    }
    InetAddress gateway = hop.gateway();
    if (gateway != null) {
      hopFlags |= gateway instanceof Inet6Address ? Layout.HOP_GATEWAY6 : 0;
      long which = second ? Layout.ADDRESS_BYTES : 0;
      Addresses.write(reals, line(real) + Layout.REAL_GATEWAYS + which, gateway);
      reals.set(JAVA_INT, at + Layout.HOP_IFINDEX, hop.ifindex());
    }
    int room = hop.mtu() == 0 ? MOST_BYTES : Math.min(hop.mtu(), MOST_BYTES);
    reals.set(JAVA_INT, at + Layout.HOP_FLAGS, hopFlags | room << Layout.HOP_ROOM_SHIFT);
    java.lang.invoke.VarHandle.releaseFence();
    flags(real, second ? flags | Layout.REAL_HOP : flags & ~Layout.REAL_HOP);
  }
}
