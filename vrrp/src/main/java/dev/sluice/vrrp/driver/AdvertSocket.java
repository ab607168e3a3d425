package dev.sluice.vrrp.driver;

import dev.sluice.linux.EventLoop;
import dev.sluice.linux.RawIpSocket;
import dev.sluice.vrrp.codec.Advert;
import dev.sluice.vrrp.codec.AdvertEncoder;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A raw socket that the instances of one interface and kind share. */
final class AdvertSocket implements AutoCloseable {
  /** A few dozen adverts wait here while the thread is held up. */
  private static final int RECEIVE_BUFFER = 1 << 20;

  /**
   * Which instances share a socket.
   *
   * @param ifindex 0: no interface configured (unicast)
   * @param unicastSource null: multicast
   * @param group null: unicast
   */
  record Key(
      int ifindex,
      @Nullable String device,
      @Nullable InetAddress unicastSource,
      @Nullable InetAddress group) {}

  final Key key;
  final RawIpSocket socket;
  final List<Running> users = new ArrayList<>();
  private EventLoop.@Nullable Watch watch;

  private AdvertSocket(Key key, RawIpSocket socket) {
    this.key = key;
    this.socket = socket;
  }

  /** Opens and joins; throws {@code SyscallException}. */
  static AdvertSocket open(Key key) {
    RawIpSocket socket = RawIpSocket.open(Advert.IP_PROTOCOL);
    try {
      socket.setHeaderIncluded(true);
      socket.setTos(AdvertEncoder.TOS);
      socket.setPriority(6);
      socket.setReceiveBuffer(RECEIVE_BUFFER);
      if (key.device() != null) {
        socket.bindDevice(key.device());
      }
      InetAddress group = key.group();
      if (group != null) {
        socket.setMulticastAll(false);
        socket.setMulticastLoop(false);
        socket.setMulticastTtl(255);
        socket.setMulticastInterface(key.ifindex());
        socket.bind((Inet4Address) group);
        socket.joinMulticast((Inet4Address) group, key.ifindex());
      } else if (key.unicastSource() != null) {
        socket.bind((Inet4Address) key.unicastSource());
      }
      return new AdvertSocket(key, socket);
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  void watch(EventLoop loop, EventLoop.FdHandler handler) {
    watch = loop.watch(socket.fd(), EventLoop.READ, handler);
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
    socket.close();
  }
}
