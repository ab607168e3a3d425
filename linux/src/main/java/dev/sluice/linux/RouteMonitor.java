package dev.sluice.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A subscription to the kernel's network changes, in the namespace of the thread that opened it.
 * Non-blocking: watch {@link #fd} and {@link #drain}. Open it before the first dump of {@link
 * RouteNetlink}, and no change falls between the two.
 */
public final class RouteMonitor implements AutoCloseable {
  /** What can be subscribed to; the numbers are masks of the groups of rtnetlink(7). */
  public enum Topic {
    LINKS(0x1),
    NEIGHBOURS(0x4),
    ADDRESSES(0x10 | 0x100),
    ROUTES(0x40 | 0x400),
    RULES(0x80 | 0x4_0000);

    private final int groups;

    Topic(int groups) {
      this.groups = groups;
    }
  }

  /** A burst of changes (a BGP session, a thousand VIPs) must wait without loss. */
  private static final int RECEIVE_BUFFER = 8 << 20;

  private static final int BUFFER = 64 * 1024;

  /** Datagrams read by one {@link #drain}: a flood must not starve the loop. */
  private static final int DATAGRAMS_PER_DRAIN = 256;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment in = arena.allocate(BUFFER, 8);
  private final NetlinkReader reader = new NetlinkReader();
  private final int fd;
  private boolean closed;

  private RouteMonitor(int groups) {
    fd =
        Sockets.open(
            Sockaddr.AF_NETLINK,
            Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK,
            0,
            "open a netlink socket for network changes");
    // FORCE goes beyond net.core.rmem_max but needs CAP_NET_ADMIN.
    if (Sockets.intOption(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, RECEIVE_BUFFER) < 0) {
      int _ = Sockets.intOption(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, RECEIVE_BUFFER);
    }
    int length = Sockaddr.netlink(Scratch.mine().address, groups);
    Sockets.check(Sockets.bind(fd, length), "bind", "subscribe to network changes");
  }

  /** A subscription to everything. */
  public static RouteMonitor open() {
    return open(EnumSet.allOf(Topic.class));
  }

  /** A subscription to some topics: routes can be many where a routing daemon runs. */
  public static RouteMonitor open(Set<Topic> topics) {
    int groups = 0;
    for (Topic topic : topics) {
      groups |= topic.groups;
    }
    return new RouteMonitor(groups);
  }

  /** Room for what waits, in bytes; forced: beyond net.core.rmem_max, with CAP_NET_ADMIN. */
  public void receiveBuffer(long bytes, boolean forced) {
    Sockets.receiveBuffer(fd, bytes, forced);
  }

  /** For {@link EventLoop#watch}. */
  public int fd() {
    return fd;
  }

  /**
   * Tells every change that waits, in order; after very many it returns with the rest unread, and
   * the descriptor stays readable.
   */
  public void drain(Consumer<RouteEvent> to) {
    for (int i = 0; i < DATAGRAMS_PER_DRAIN; i++) {
      int n = Sockets.receiveFrom(fd, in, Sockets.MSG_DONTWAIT | Sockets.MSG_TRUNC);
      if (n == -Errno.EAGAIN) {
        return;
      }
      if (n == -Errno.EINTR) {
        continue;
      }
      if (n == -Errno.ENOBUFS || n > BUFFER) {
        to.accept(new RouteEvent.Overrun());
        continue;
      }
      Sockets.check(n, "recvfrom", "read network changes");
      if (Sockaddr.netlinkPort(Scratch.mine().address) == 0) {
        tell(reader.over(in, n), to);
      }
    }
  }

  /** Tells the events of one datagram. */
  static void tell(NetlinkReader messages, Consumer<RouteEvent> to) {
    while (messages.next()) {
      RouteEvent event = RouteCodec.event(messages);
      if (event != null) {
        to.accept(event);
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Fd.close(fd);
      arena.close();
    }
  }
}
