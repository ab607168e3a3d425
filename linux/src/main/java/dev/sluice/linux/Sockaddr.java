package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * Socket addresses of the families we speak: each writer answers the length that the kernel wants.
 */
final class Sockaddr {
  static final int AF_UNSPEC = 0;
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_NETLINK = 16;
  static final int AF_PACKET = 17;

  private static final ValueLayout.OfShort NET_SHORT = JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
  private static final ValueLayout.OfInt NET_INT = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);

  static final StructLayout IN =
      structLayout(
              JAVA_SHORT_UNALIGNED.withName("sin_family"),
              NET_SHORT.withName("sin_port"),
              NET_INT.withName("sin_addr"),
              sequenceLayout(8, JAVA_BYTE).withName("sin_zero"))
          .withName("sockaddr_in");

  static final StructLayout IN6 =
      structLayout(
              JAVA_SHORT_UNALIGNED.withName("sin6_family"),
              NET_SHORT.withName("sin6_port"),
              NET_INT.withName("sin6_flowinfo"),
              sequenceLayout(16, JAVA_BYTE).withName("sin6_addr"),
              JAVA_INT_UNALIGNED.withName("sin6_scope_id"))
          .withName("sockaddr_in6");

  static final StructLayout LL =
      structLayout(
              JAVA_SHORT_UNALIGNED.withName("sll_family"),
              NET_SHORT.withName("sll_protocol"),
              JAVA_INT_UNALIGNED.withName("sll_ifindex"),
              JAVA_SHORT_UNALIGNED.withName("sll_hatype"),
              JAVA_BYTE.withName("sll_pkttype"),
              JAVA_BYTE.withName("sll_halen"),
              sequenceLayout(8, JAVA_BYTE).withName("sll_addr"))
          .withName("sockaddr_ll");

  static final StructLayout NL =
      structLayout(
              JAVA_SHORT_UNALIGNED.withName("nl_family"),
              JAVA_SHORT_UNALIGNED.withName("nl_pad"),
              JAVA_INT_UNALIGNED.withName("nl_pid"),
              JAVA_INT_UNALIGNED.withName("nl_groups"))
          .withName("sockaddr_nl");

  static final StructLayout UN =
      structLayout(
              JAVA_SHORT_UNALIGNED.withName("sun_family"),
              sequenceLayout(108, JAVA_BYTE).withName("sun_path"))
          .withName("sockaddr_un");

  private static final long IN_PORT = IN.byteOffset(groupElement("sin_port"));
  private static final long IN_ADDR = IN.byteOffset(groupElement("sin_addr"));
  private static final long IN6_PORT = IN6.byteOffset(groupElement("sin6_port"));
  private static final long IN6_ADDR = IN6.byteOffset(groupElement("sin6_addr"));
  private static final long IN6_SCOPE = IN6.byteOffset(groupElement("sin6_scope_id"));
  private static final long LL_PROTOCOL = LL.byteOffset(groupElement("sll_protocol"));
  private static final long LL_IFINDEX = LL.byteOffset(groupElement("sll_ifindex"));
  private static final long NL_PID = NL.byteOffset(groupElement("nl_pid"));
  private static final long NL_GROUPS = NL.byteOffset(groupElement("nl_groups"));
  private static final long UN_PATH = UN.byteOffset(groupElement("sun_path"));

  private Sockaddr() {}

  /** IPv4: the address as its 32 bits. */
  static int ipv4(MemorySegment at, int address, int port) {
    clear(at, IN);
    at.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_INET);
    at.set(NET_SHORT, IN_PORT, (short) port);
    at.set(NET_INT, IN_ADDR, address);
    return (int) IN.byteSize();
  }

  /** IPv4 or IPv6; a link-local address brings its scope along. */
  static int internet(MemorySegment at, InetAddress address, int port) {
    if (address instanceof Inet4Address v4) {
      return ipv4(at, Addresses.bits(v4), port);
    }
    int scope = address instanceof Inet6Address v6 ? v6.getScopeId() : 0;
    return ipv6(at, address.getAddress(), port, scope);
  }

  /** IPv6: 16 bytes, and the interface of a link-local address or group. */
  static int ipv6(MemorySegment at, byte[] address, int port, int scope) {
    clear(at, IN6);
    at.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_INET6);
    at.set(NET_SHORT, IN6_PORT, (short) port);
    MemorySegment.copy(address, 0, at, JAVA_BYTE, IN6_ADDR, 16);
    at.set(JAVA_INT_UNALIGNED, IN6_SCOPE, scope);
    return (int) IN6.byteSize();
  }

  /** A packet socket's: an interface and an EtherType (0 for none). */
  static int packet(MemorySegment at, int ifindex, int etherType) {
    clear(at, LL);
    at.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_PACKET);
    at.set(NET_SHORT, LL_PROTOCOL, (short) etherType);
    at.set(JAVA_INT_UNALIGNED, LL_IFINDEX, ifindex);
    return (int) LL.byteSize();
  }

  /** Netlink: our own port chosen by the kernel, and a mask of the first 32 groups. */
  static int netlink(MemorySegment at, int groups) {
    clear(at, NL);
    at.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_NETLINK);
    at.set(JAVA_INT_UNALIGNED, NL_GROUPS, groups);
    return (int) NL.byteSize();
  }

  /** Who sent a netlink datagram; 0 is the kernel. */
  static int netlinkPort(MemorySegment at) {
    return at.get(JAVA_INT_UNALIGNED, NL_PID);
  }

  /**
   * A Unix socket's: a path, or with a leading {@code @} an abstract name. The length counts no
   * trailing NUL, which an abstract name would otherwise contain.
   */
  static int unix(MemorySegment at, String name) {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    if (path.length >= 108) {
      throw new IllegalArgumentException("a socket name has at most 107 bytes: " + name);
    }
    clear(at, UN);
    at.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_UNIX);
    MemorySegment.copy(path, 0, at, JAVA_BYTE, UN_PATH, path.length);
    if (name.startsWith("@")) {
      at.set(JAVA_BYTE, UN_PATH, (byte) 0);
    }
    return (int) UN_PATH + path.length;
  }

  private static void clear(MemorySegment at, StructLayout layout) {
    MemorySegment _ = at.asSlice(0, layout.byteSize()).fill((byte) 0);
  }
}
