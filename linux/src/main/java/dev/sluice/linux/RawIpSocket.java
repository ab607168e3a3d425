package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;

/**
 * A raw IPv4 socket (raw(7)): one IP protocol, headers included in what is received. Non-blocking.
 * Needs CAP_NET_RAW. Used from one thread at a time.
 *
 * <p>Protocol 255 (IPPROTO_RAW) gives a socket that only sends, with {@link #setHeaderIncluded} on.
 */
public final class RawIpSocket implements AutoCloseable {
  /** Protocol of a socket that only sends, any protocol, with the caller's own IP header. */
  public static final int SEND_ONLY = 255;

  private static final int SOL_IP = 0;
  private static final int IP_TOS = 1;
  private static final int IP_TTL = 2;
  private static final int IP_HDRINCL = 3;
  private static final int IP_FREEBIND = 15;
  private static final int IP_MULTICAST_IF = 32;
  private static final int IP_MULTICAST_TTL = 33;
  private static final int IP_MULTICAST_LOOP = 34;
  private static final int IP_ADD_MEMBERSHIP = 35;
  private static final int IP_DROP_MEMBERSHIP = 36;
  private static final int IP_MULTICAST_ALL = 49;

  private static final ValueLayout.OfInt NET_INT = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);

  /** {@code struct ip_mreqn}: a group, our address, an interface. */
  static final StructLayout MREQN =
      structLayout(
              NET_INT.withName("imr_multiaddr"),
              NET_INT.withName("imr_address"),
              JAVA_INT.withName("imr_ifindex"))
          .withName("ip_mreqn");

  private static final long MREQN_IFINDEX = MREQN.byteOffset(groupElement("imr_ifindex"));

  private final int fd;
  private final String what;
  private boolean closed;

  private RawIpSocket(int fd, String what) {
    this.fd = fd;
    this.what = what;
  }

  /** A socket for an IP protocol (112 is VRRP), bound to nothing. */
  public static RawIpSocket open(int ipProtocol) {
    String what = "raw socket of IP protocol " + ipProtocol;
    int fd =
        Sockets.open(
            Sockaddr.AF_INET,
            Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK,
            ipProtocol,
            "open a " + what + " (needs CAP_NET_RAW)");
    return new RawIpSocket(fd, what);
  }

  /** For {@link EventLoop#watch}. */
  public int fd() {
    return fd;
  }

  /** Sends and receives on this interface only. */
  public void bindDevice(String device) {
    Sockets.check(
        Sockets.bindDevice(fd, device), "setsockopt", "bind a " + what + " to interface " + device);
  }

  /** Receives only what is sent to this address, and sends from it. */
  public void bind(Inet4Address address) {
    int length = Sockaddr.ipv4(Scratch.mine().address, Addresses.bits(address), 0);
    Sockets.check(
        Sockets.bind(fd, length), "bind", "bind a " + what + " to " + Addresses.text(address));
  }

  /** Joins a group on an interface. EADDRINUSE: this socket has joined it there before. */
  public void joinMulticast(Inet4Address group, int ifindex) {
    membership(IP_ADD_MEMBERSHIP, "join ", group, ifindex);
  }

  /** Leaves a group. EADDRNOTAVAIL: this socket has not joined it there. */
  public void leaveMulticast(Inet4Address group, int ifindex) {
    membership(IP_DROP_MEMBERSHIP, "leave ", group, ifindex);
  }

  private void membership(int option, String verb, Inet4Address group, int ifindex) {
    MemorySegment value = Scratch.mine().option;
    value.set(NET_INT, 0, Addresses.bits(group));
    value.set(NET_INT, 4, 0);
    value.set(JAVA_INT, MREQN_IFINDEX, ifindex);
    Sockets.check(
        Sockets.option(fd, SOL_IP, option, (int) MREQN.byteSize()),
        "setsockopt",
        verb + Addresses.text(group) + " on interface number " + ifindex);
  }

  /** The interface that multicast packets leave by. */
  public void setMulticastInterface(int ifindex) {
    MemorySegment value = Scratch.mine().option;
    value.set(NET_INT, 0, 0);
    value.set(NET_INT, 4, 0);
    value.set(JAVA_INT, MREQN_IFINDEX, ifindex);
    Sockets.check(
        Sockets.option(fd, SOL_IP, IP_MULTICAST_IF, (int) MREQN.byteSize()),
        "setsockopt",
        "send multicast by interface number " + ifindex);
  }

  /** Whether this machine hears the multicast packets that this socket sends. */
  public void setMulticastLoop(boolean on) {
    set(IP_MULTICAST_LOOP, on ? 1 : 0, "IP_MULTICAST_LOOP");
  }

  /**
   * Whether it hears groups that other sockets of the machine have joined; the kernel's default.
   */
  public void setMulticastAll(boolean on) {
    set(IP_MULTICAST_ALL, on ? 1 : 0, "IP_MULTICAST_ALL");
  }

  /** TTL of unicast packets, 1 to 255. */
  public void setTtl(int ttl) {
    set(IP_TTL, ttl, "IP_TTL");
  }

  /** TTL of multicast packets, 0 to 255. */
  public void setMulticastTtl(int ttl) {
    set(IP_MULTICAST_TTL, ttl, "IP_MULTICAST_TTL");
  }

  /** The TOS byte: 0xC0 is internetwork control. */
  public void setTos(int tos) {
    set(IP_TOS, tos, "IP_TOS");
  }

  /** The packets' place in the queueing discipline, 0 to 6 (7 with CAP_NET_ADMIN). */
  public void setPriority(int priority) {
    Sockets.set(
        fd,
        Sockets.SOL_SOCKET,
        Sockets.SO_PRIORITY,
        priority,
        "set SO_PRIORITY of a " + what + " to " + priority);
  }

  /** Bytes of packets that may wait; the kernel doubles it and caps it at net.core.rmem_max. */
  public void setReceiveBuffer(int bytes) {
    Sockets.set(
        fd,
        Sockets.SOL_SOCKET,
        Sockets.SO_RCVBUF,
        bytes,
        "set SO_RCVBUF of a " + what + " to " + bytes);
  }

  /** Whether {@link #bind} takes an address that the machine does not have (yet). */
  public void setFreebind(boolean on) {
    set(IP_FREEBIND, on ? 1 : 0, "IP_FREEBIND");
  }

  /** Whether what is sent begins with the caller's own IPv4 header. */
  public void setHeaderIncluded(boolean on) {
    set(IP_HDRINCL, on ? 1 : 0, "IP_HDRINCL");
  }

  private void set(int option, int value, String name) {
    Sockets.set(fd, SOL_IP, option, value, "set " + name + " of a " + what + " to " + value);
  }

  /**
   * One packet: its length with the IPv4 header (no more than fits), or {@code -errno}; {@code
   * -EAGAIN} when none waits.
   */
  public int receive(MemorySegment into) {
    return Sockets.receive(fd, into, Sockets.MSG_DONTWAIT);
  }

  /** Sends the first bytes of a segment: their number, or {@code -errno}. */
  public int send(MemorySegment packet, int length, Inet4Address to) {
    return send(packet, length, Addresses.bits(to));
  }

  /** As above with the destination as 32 bits, which allocates nothing. */
  public int send(MemorySegment packet, int length, int to) {
    int addressLength = Sockaddr.ipv4(Scratch.mine().address, to, 0);
    return Sockets.sendTo(fd, packet, length, addressLength);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Fd.close(fd);
    }
  }
}
