package dev.sluice.vrrp.driver;

import dev.sluice.linux.EventLoop;
import dev.sluice.linux.RawIpSocket;
import dev.sluice.vrrp.codec.Advert;
import dev.sluice.vrrp.codec.AdvertEncoder;
import dev.sluice.vrrp.codec.AhAssociation;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A raw socket that the instances of one interface and kind share. */
final class AdvertSocket implements AutoCloseable {
  /**
   * Some two thousand adverts wait here while the thread is held up: two seconds of a thousand
   * instances, of a single one far more than Master_Down_Interval.
   */
  private static final int RECEIVE_BUFFER = 1 << 20;

  /** Where the checksum lies in a VRRP message. */
  private static final int CHECKSUM_OFFSET = 6;

  /**
   * Which instances share a socket.
   *
   * @param ifindex 0: no interface configured (unicast)
   * @param unicastSource null: multicast
   * @param group null: unicast
   * @param sealed whether adverts come as IP protocol 51 (AH)
   */
  record Key(
      RawIpSocket.Family family,
      int ifindex,
      @Nullable String device,
      @Nullable InetAddress unicastSource,
      @Nullable InetAddress group,
      boolean sealed) {}

  final Key key;
  final RawIpSocket socket;
  final List<Running> users = new ArrayList<>();

  /** The only user of a virtual router id; of several the first. */
  private final @Nullable Running[] byId = new Running[256];

  private final int[] usersOfId = new int[256];
  private EventLoop.@Nullable Watch watch;

  private AdvertSocket(Key key, RawIpSocket socket) {
    this.key = key;
    this.socket = socket;
  }

  /**
   * Opens and joins.
   *
   * @param receiveBuffer bytes; 0: the standard
   * @throws dev.sluice.linux.SyscallException no CAP_NET_RAW, no such address
   */
  static AdvertSocket open(Key key, long receiveBuffer) {
    RawIpSocket socket =
        RawIpSocket.open(
            key.family(), key.sealed() ? AhAssociation.IP_PROTOCOL : Advert.IP_PROTOCOL);
    try {
      if (key.family() == RawIpSocket.Family.IPV4) {
        socket.setHeaderIncluded(true);
      } else {
        socket.setChecksumOffset(CHECKSUM_OFFSET);
        // A device with a virtual MAC sends from its base's address, which it does not have.
        socket.setFreebind(true);
      }
      socket.setTos(AdvertEncoder.TOS);
      socket.setPriority(6);
      if (receiveBuffer > 0) {
        socket.setReceiveBuffer((int) Math.min(receiveBuffer, Integer.MAX_VALUE));
      } else {
        socket.forceReceiveBuffer(RECEIVE_BUFFER);
      }
      if (key.device() != null) {
        socket.bindDevice(key.device());
      }
      InetAddress group = key.group();
      if (group != null) {
        socket.setMulticastAll(false);
        socket.setMulticastLoop(false);
        socket.setMulticastTtl(255);
        socket.setMulticastInterface(key.ifindex());
        socket.bind(group);
        socket.joinMulticast(group, key.ifindex());
      } else if (key.unicastSource() != null) {
        socket.bind(key.unicastSource());
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

  void add(Running instance) {
    users.add(instance);
    index(instance.config.virtualRouterId());
  }

  void remove(Running instance) {
    users.remove(instance);
    index(instance.config.virtualRouterId());
  }

  private void index(int id) {
    byId[id] = null;
    usersOfId[id] = 0;
    for (Running user : users) {
      if (user.config.virtualRouterId() == id && usersOfId[id]++ == 0) {
        byId[id] = user;
      }
    }
  }

  /** A user of a virtual router id. */
  @Nullable Running user(int id) {
    return byId[id];
  }

  /** Whether several users share a virtual router id, told apart by their peers. */
  boolean shared(int id) {
    return usersOfId[id] > 1;
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
    socket.close();
  }
}
