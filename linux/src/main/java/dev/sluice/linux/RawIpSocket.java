package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A raw socket (raw(7), RFC 3542) of IPv4 or IPv6: one IP protocol. What is received begins with
 * the IPv4 header, or with what follows the IPv6 headers. Non-blocking. Needs CAP_NET_RAW. Used
 * from one thread at a time.
 *
 * <p>Protocol 255 (IPPROTO_RAW) gives a socket that only sends, with {@link #setHeaderIncluded} on.
 */
public final class RawIpSocket implements AutoCloseable {
  /** Protocol of a socket that only sends, any protocol, with the caller's own IP header. */
  public static final int SEND_ONLY = 255;

  /** Which Internet protocol a socket speaks. */
  public enum Family {
    IPV4,
    IPV6;

    /** An address's. */
    public static Family of(InetAddress address) {
      return address instanceof Inet4Address ? IPV4 : IPV6;
    }
  }

  static final int SOL_IP = 0;
  static final int SOL_IPV6 = 41;
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
  private static final int IPV6_CHECKSUM = 7;
  private static final int IPV6_UNICAST_HOPS = 16;
  private static final int IPV6_MULTICAST_IF = 17;
  private static final int IPV6_MULTICAST_HOPS = 18;
  private static final int IPV6_MULTICAST_LOOP = 19;
  private static final int IPV6_ADD_MEMBERSHIP = 20;
  private static final int IPV6_DROP_MEMBERSHIP = 21;
  private static final int IPV6_MULTICAST_ALL = 29;
  private static final int IPV6_HDRINCL = 36;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_RECVHOPLIMIT = 51;
  private static final int IPV6_RECVTCLASS = 66;
  private static final int IPV6_FREEBIND = 78;

  private static final ValueLayout.OfInt NET_INT = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);

  /** {@code struct ip_mreqn}: a group, our address, an interface. */
  static final StructLayout MREQN =
      structLayout(
              NET_INT.withName("imr_multiaddr"),
              NET_INT.withName("imr_address"),
              JAVA_INT.withName("imr_ifindex"))
          .withName("ip_mreqn");

  private static final long MREQN_IFINDEX = MREQN.byteOffset(groupElement("imr_ifindex"));

  /** {@code struct ipv6_mreq}: a group and an interface. */
  static final StructLayout MREQ6 =
      structLayout(
              sequenceLayout(16, JAVA_BYTE).withName("ipv6mr_multiaddr"),
              JAVA_INT.withName("ipv6mr_interface"))
          .withName("ipv6_mreq");

  private static final long MREQ6_INTERFACE = MREQ6.byteOffset(groupElement("ipv6mr_interface"));

  private final int fd;
  private final String what;
  private final boolean v4;

  /** When the socket was last seen empty: no waiting packet came before. */
  private long emptyNanos = System.nanoTime();

  private boolean closed;

  private RawIpSocket(int fd, boolean v4, String what) {
    this.fd = fd;
    this.v4 = v4;
    this.what = what;
  }

  /** An IPv4 socket for an IP protocol (112 is VRRP), bound to nothing. */
  public static RawIpSocket open(int ipProtocol) {
    return open(Family.IPV4, ipProtocol);
  }

  /**
   * A socket for an IP protocol, bound to nothing. Of IPv6 the kernel neither computes nor verifies
   * a checksum unless {@link #setChecksumOffset} says where it lies.
   */
  public static RawIpSocket open(Family family, int ipProtocol) {
    boolean v4 = family == Family.IPV4;
    String what = (v4 ? "raw socket" : "raw IPv6 socket") + " of IP protocol " + ipProtocol;
    int fd =
        Sockets.open(
            v4 ? Sockaddr.AF_INET : Sockaddr.AF_INET6,
            Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK,
            ipProtocol,
            "open a " + what + " (needs CAP_NET_RAW)");
    RawIpSocket socket = new RawIpSocket(fd, v4, what);
    try {
      socket.askForMetadata();
    } catch (SyscallException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  private void askForMetadata() {
    Sockets.set(
        fd, Sockets.SOL_SOCKET, Sockets.SO_TIMESTAMPNS, 1, "set SO_TIMESTAMPNS of a " + what);
    Sockets.set(fd, Sockets.SOL_SOCKET, Sockets.SO_RXQ_OVFL, 1, "set SO_RXQ_OVFL of a " + what);
    if (v4) {
      set(PacketBuffer.IP_PKTINFO, 1, "IP_PKTINFO");
    } else {
      set6(IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
      set6(IPV6_RECVHOPLIMIT, 1, "IPV6_RECVHOPLIMIT");
      set6(IPV6_RECVTCLASS, 1, "IPV6_RECVTCLASS");
    }
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

  /**
   * Receives only what is sent to this address or group, and sends from it (from a group not). A
   * link-local IPv6 address needs {@link #bindDevice} before.
   */
  public void bind(InetAddress address) {
    int length = Sockaddr.internet(Scratch.mine().address, address, 0);
    Sockets.check(
        Sockets.bind(fd, length), "bind", "bind a " + what + " to " + Addresses.text(address));
  }

  /** Joins a group on an interface. EADDRINUSE: this socket has joined it there before. */
  public void joinMulticast(InetAddress group, int ifindex) {
    membership(true, group, ifindex);
  }

  /** Leaves a group. EADDRNOTAVAIL: this socket has not joined it there. */
  public void leaveMulticast(InetAddress group, int ifindex) {
    membership(false, group, ifindex);
  }

  private void membership(boolean join, InetAddress group, int ifindex) {
    MemorySegment value = Scratch.mine().option;
    int result;
    if (v4) {
      value.set(NET_INT, 0, Addresses.bits((Inet4Address) group));
      value.set(NET_INT, 4, 0);
      value.set(JAVA_INT, MREQN_IFINDEX, ifindex);
      int option = join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
      result = Sockets.option(fd, SOL_IP, option, (int) MREQN.byteSize());
    } else {
      MemorySegment.copy(group.getAddress(), 0, value, JAVA_BYTE, 0, 16);
      value.set(JAVA_INT, MREQ6_INTERFACE, ifindex);
      int option = join ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP;
      result = Sockets.option(fd, SOL_IPV6, option, (int) MREQ6.byteSize());
    }
    Sockets.check(
        result,
        "setsockopt",
        (join ? "join " : "leave ") + Addresses.text(group) + " on interface number " + ifindex);
  }

  /** The interface that multicast packets leave by. */
  public void setMulticastInterface(int ifindex) {
    if (!v4) {
      set6(IPV6_MULTICAST_IF, ifindex, "IPV6_MULTICAST_IF");
      return;
    }
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
    set(IP_MULTICAST_LOOP, "IP_MULTICAST_LOOP", IPV6_MULTICAST_LOOP, "IPV6_MULTICAST_LOOP", on);
  }

  /**
   * Whether it hears groups that other sockets of the machine have joined; the kernel's default. Of
   * IPv6 it needs Linux 4.20.
   */
  public void setMulticastAll(boolean on) {
    set(IP_MULTICAST_ALL, "IP_MULTICAST_ALL", IPV6_MULTICAST_ALL, "IPV6_MULTICAST_ALL", on);
  }

  /** TTL or hop limit of unicast packets, 1 to 255; -1 for the system's (64). */
  public void setTtl(int ttl) {
    if (v4) {
      set(IP_TTL, ttl, "IP_TTL");
    } else {
      set6(IPV6_UNICAST_HOPS, ttl, "IPV6_UNICAST_HOPS");
    }
  }

  /** TTL or hop limit of multicast packets, 0 to 255. */
  public void setMulticastTtl(int ttl) {
    if (v4) {
      set(IP_MULTICAST_TTL, ttl, "IP_MULTICAST_TTL");
    } else {
      set6(IPV6_MULTICAST_HOPS, ttl, "IPV6_MULTICAST_HOPS");
    }
  }

  /** The TOS or traffic class byte: 0xC0 is internetwork control. */
  public void setTos(int tos) {
    if (v4) {
      set(IP_TOS, tos, "IP_TOS");
    } else {
      set6(PacketBuffer.IPV6_TCLASS, tos, "IPV6_TCLASS");
    }
  }

  /**
   * IPv6 only: where in the message the 16-bit checksum lies. The kernel then fills it in what is
   * sent and drops unseen what does not verify (RFC 3542 section 3.1).
   *
   * @param offset even; -1: no checksum of the kernel's, as a new socket has it
   */
  public void setChecksumOffset(int offset) {
    set6(IPV6_CHECKSUM, offset, "IPV6_CHECKSUM");
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

  /** As {@link #setReceiveBuffer}, beyond net.core.rmem_max where CAP_NET_ADMIN allows it. */
  public void forceReceiveBuffer(int bytes) {
    Sockets.receiveBuffer(fd, bytes, true);
  }

  /**
   * Packets that the kernel has dropped until now because the receive buffer was full (of IPv6 also
   * those with a wrong checksum), as 32 bits that begin again at 0; {@link PacketBuffer#dropped()}
   * is what it was when a packet came. Of use is only whether both differ. Always 0 before Linux
   * 4.12.
   */
  public int dropped() {
    return Sockets.drops(fd);
  }

  /** Whether {@link #bind} takes an address that the machine does not have (yet). */
  public void setFreebind(boolean on) {
    set(IP_FREEBIND, "IP_FREEBIND", IPV6_FREEBIND, "IPV6_FREEBIND", on);
  }

  /** Whether what is sent begins with the caller's own IP header. */
  public void setHeaderIncluded(boolean on) {
    set(IP_HDRINCL, "IP_HDRINCL", IPV6_HDRINCL, "IPV6_HDRINCL", on);
  }

  private void set(int option4, String name4, int option6, String name6, boolean on) {
    if (v4) {
      set(option4, on ? 1 : 0, name4);
    } else {
      set6(option6, on ? 1 : 0, name6);
    }
  }

  private void set(int option, int value, String name) {
    Sockets.set(fd, SOL_IP, option, value, "set " + name + " of a " + what + " to " + value);
  }

  private void set6(int option, int value, String name) {
    Sockets.set(fd, SOL_IPV6, option, value, "set " + name + " of a " + what + " to " + value);
  }

  /**
   * One packet with all that is known of it: its length (no more than fits), or {@code -errno};
   * {@code -EAGAIN} when none waits. Allocates nothing.
   */
  public int receive(PacketBuffer into) {
    int n = into.receive(fd, v4, emptyNanos);
    if (n == -Errno.EAGAIN) {
      emptyNanos = System.nanoTime();
    }
    return n;
  }

  /**
   * Sends the first bytes of a segment: their number, or {@code -errno}. Allocates nothing. The
   * segment must be native memory.
   */
  public int send(MemorySegment packet, int length, PacketTarget target) {
    target.message.data(packet, length);
    return Sockets.sendMessage(fd, target.message.header);
  }

  /**
   * One packet: its length with the IPv4 header (no more than fits), or {@code -errno}; {@code
   * -EAGAIN} when none waits.
   */
  public int receive(MemorySegment into) {
    return Sockets.receive(fd, into, Sockets.MSG_DONTWAIT);
  }

  /**
   * Sends the first bytes of a segment: their number, or {@code -errno}. A link-local destination
   * needs its scope, or a socket that is bound to a device.
   */
  public int send(MemorySegment packet, int length, InetAddress to) {
    int addressLength = Sockaddr.internet(Scratch.mine().address, to, 0);
    return Sockets.sendTo(fd, packet, length, addressLength);
  }

  /** As above to an IPv4 destination as 32 bits, which allocates nothing. */
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
