package dev.sluice.linux;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A non-blocking datagram socket that talks to one peer: UDP, or ICMP echo without privilege. ICMP
 * errors that answer our datagrams come as the errno of {@link #read} or {@link #pendingError}, as
 * IP_RECVERR asks for all of them, not only for "port unreachable" (ip(7)).
 */
public final class ConnectedDatagram implements AutoCloseable {
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IP_RECVERR = 11;
  private static final int IPV6_RECVERR = 25;
  private static final int IPPROTO_ICMP = 1;
  private static final int IPPROTO_ICMPV6 = 58;

  private final int fd;
  private final Outgoing.Started started;
  private boolean closed;

  private ConnectedDatagram(int fd, Outgoing.Started started) {
    this.fd = fd;
    this.started = started;
  }

  /**
   * A UDP socket.
   *
   * @throws SyscallException when there is no descriptor left
   */
  public static ConnectedDatagram udp(InetAddress address, int port, StreamSocket.Options options) {
    return open(address, port, options, 0, "open a UDP socket");
  }

  /**
   * An echo socket (icmp(7)): what is sent begins with the ICMP header, whose identifier and
   * checksum the kernel fills in; only answers to it are read, ICMP header first.
   *
   * @throws SyscallException EACCES when our group is outside {@code net.ipv4.ping_group_range}
   */
  public static ConnectedDatagram echo(InetAddress address, StreamSocket.Options options) {
    int protocol = address instanceof Inet4Address ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    return open(address, 0, options, protocol, "open an ICMP echo socket");
  }

  private static ConnectedDatagram open(
      InetAddress address, int port, StreamSocket.Options options, int protocol, String attempt) {
    int fd =
        Sockets.open(
            Addresses.family(address),
            Sockets.SOCK_DGRAM | Sockets.SOCK_NONBLOCK,
            protocol,
            attempt);
    int _ =
        address instanceof Inet4Address
            ? Sockets.intOption(fd, IPPROTO_IP, IP_RECVERR, 1)
            : Sockets.intOption(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
    return new ConnectedDatagram(fd, Outgoing.connect(fd, address, port, options));
  }

  /** For {@link EventLoop#watch}. */
  public int fd() {
    return fd;
  }

  /** The errno with which binding or connecting failed; 0: it did not. */
  public int startError() {
    return started.errno();
  }

  /** The call that {@link #startError} came from. */
  public String failedCall() {
    return started.step();
  }

  /** The errno of an ICMP error that has come, 0 for none. The kernel tells it once. */
  public int pendingError() {
    return Math.abs(Sockets.intOption(fd, Sockets.SOL_SOCKET, Sockets.SO_ERROR));
  }

  /** A datagram's length, or {@code -errno}; {@code -EAGAIN} when none waits. */
  public int read(MemorySegment into) {
    return Sockets.receive(fd, into, 0);
  }

  /** The bytes that went, or {@code -errno}. */
  public int write(MemorySegment from, long offset, long length) {
    return Sockets.send(fd, from.asSlice(offset, length), length);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Fd.close(fd);
    }
  }
}
