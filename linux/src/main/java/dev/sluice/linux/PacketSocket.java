package dev.sluice.linux;

import java.lang.foreign.MemorySegment;

/**
 * A packet socket (packet(7)): whole Ethernet frames, out of any interface, and, when opened for an
 * EtherType, in from one. Non-blocking. Needs CAP_NET_RAW. Used from one thread at a time.
 */
public final class PacketSocket implements AutoCloseable {
  /** Every EtherType. */
  public static final int ALL = 3;

  private final int fd;
  private boolean closed;

  private PacketSocket(int fd) {
    this.fd = fd;
  }

  /** A socket that only sends: the kernel queues no frame for it. */
  public static PacketSocket open() {
    return new PacketSocket(
        Sockets.open(
            Sockaddr.AF_PACKET,
            Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK,
            0,
            "open a packet socket (needs CAP_NET_RAW)"));
  }

  /** A socket that also receives the frames of an EtherType ({@link #ALL} for all) on a device. */
  public static PacketSocket listen(int ifindex, int etherType) {
    PacketSocket socket = open();
    int length = Sockaddr.packet(Scratch.mine().address, ifindex, etherType);
    int result = Sockets.bind(socket.fd, length);
    if (result < 0) {
      socket.close();
      throw new SyscallException("bind", -result, "listen to frames on interface " + ifindex);
    }
    return socket;
  }

  /** For {@link EventLoop#watch}. */
  public int fd() {
    return fd;
  }

  /** Sends a frame with its Ethernet header: its length, or {@code -errno}. */
  public int send(int ifindex, MemorySegment frame, int length) {
    int addressLength = Sockaddr.packet(Scratch.mine().address, ifindex, 0);
    return Sockets.sendTo(fd, frame, length, addressLength);
  }

  /** One frame with its Ethernet header: its length, or {@code -errno}. */
  public int receive(MemorySegment into) {
    return Sockets.receive(fd, into, Sockets.MSG_DONTWAIT);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Fd.close(fd);
    }
  }
}
