package dev.sluice.linux;

import java.net.InetAddress;

/** Binds and connects a fresh non-blocking socket as {@link StreamSocket.Options} say. */
final class Outgoing {
  private Outgoing() {}

  /**
   * How far it came.
   *
   * @param errno 0: connected, or on the way
   * @param step the last call that was made, for messages
   */
  record Started(int errno, String step) {}

  static Started connect(int fd, InetAddress address, int port, StreamSocket.Options options) {
    String step = "setsockopt";
    int result = 0;
    if (options.mark() != 0) {
      step = "setsockopt(SO_MARK " + options.mark() + ")";
      result = Sockets.intOption(fd, Sockets.SOL_SOCKET, Sockets.SO_MARK, options.mark());
    }
    String device = options.bindDevice();
    if (result >= 0 && device != null) {
      step = "setsockopt(SO_BINDTODEVICE " + device + ")";
      result = Sockets.bindDevice(fd, device);
    }
    if (result >= 0 && (options.bindAddress() != null || options.bindPort() != 0)) {
      step = "bind";
      result = bind(fd, address, options);
    }
    if (result >= 0) {
      step = "connect";
      result = Sockets.connect(fd, Sockaddr.internet(Scratch.mine().address, address, port));
    }
    boolean failed = result < 0 && result != -Errno.EINPROGRESS;
    return new Started(failed ? -result : 0, step);
  }

  private static int bind(int fd, InetAddress address, StreamSocket.Options options) {
    InetAddress own = options.bindAddress();
    if (own == null) {
      own = Addresses.of(new byte[Addresses.width(address) / 8]);
    }
    if (Addresses.family(own) != Addresses.family(address)) {
      return -Errno.EINVAL;
    }
    return Sockets.bind(fd, Sockaddr.internet(Scratch.mine().address, own, options.bindPort()));
  }
}
