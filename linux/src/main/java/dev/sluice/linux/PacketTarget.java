package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * To whom, from whom and by which interface a packet is sent, laid out once so that sending
 * allocates nothing. Lives as long as its arena; used from one thread at a time.
 */
public final class PacketTarget {
  private static final int IP_TTL = 2;

  final Message message;
  private final InetAddress to;

  /**
   * A target.
   *
   * @param from our source address; null: the kernel's choice. Without effect where the packet
   *     brings its own IPv4 header
   * @param ifindex the interface it leaves by; 0: the socket's, or by the routing table
   * @param hopLimit 0 to 255, as TTL too; -1: what the socket is set to
   */
  public PacketTarget(
      Arena arena, InetAddress to, @Nullable InetAddress from, int ifindex, int hopLimit) {
    if (from != null && Addresses.family(from) != Addresses.family(to)) {
      throw new IllegalArgumentException(
          Addresses.text(from) + " and " + Addresses.text(to) + " are of different families");
    }
    this.to = to;
    message = new Message(arena, 128);
    boolean v4 = to instanceof Inet4Address;
    MemorySegment control = message.control;
    message.nameLength(
        v4
            ? Sockaddr.ipv4(message.name, Addresses.bits((Inet4Address) to), 0)
            : Sockaddr.ipv6(message.name, to.getAddress(), 0, ifindex));
    long end = 0;
    if (from != null || ifindex != 0) {
      byte[] source = from == null ? new byte[v4 ? 4 : 16] : from.getAddress();
      long at =
          v4
              ? message.beginControl(end, RawIpSocket.SOL_IP, PacketBuffer.IP_PKTINFO, 12)
              : message.beginControl(end, RawIpSocket.SOL_IPV6, PacketBuffer.IPV6_PKTINFO, 20);
      // in_pktinfo: interface, source, destination; in6_pktinfo: source, interface
      MemorySegment.copy(source, 0, control, JAVA_BYTE, v4 ? at + 4 : at, source.length);
      control.set(JAVA_INT_UNALIGNED, v4 ? at : at + 16, ifindex);
      end = Message.align(at + (v4 ? 12 : 20));
    }
    if (hopLimit >= 0) {
      long at =
          v4
              ? message.beginControl(end, RawIpSocket.SOL_IP, IP_TTL, 4)
              : message.beginControl(end, RawIpSocket.SOL_IPV6, PacketBuffer.IPV6_HOPLIMIT, 4);
      control.set(JAVA_INT_UNALIGNED, at, hopLimit);
      end = Message.align(at + 4);
    }
    message.controlLength(end);
  }

  /** To whom. */
  public InetAddress to() {
    return to;
  }
}
