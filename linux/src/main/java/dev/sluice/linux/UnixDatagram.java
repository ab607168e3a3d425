package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sends datagrams to a Unix socket, which NIO does not do. */
final class UnixDatagram implements AutoCloseable {
  private final int fd;
  private final String to;

  /**
   * @param to a path, or an abstract name with a leading {@code @}
   */
  UnixDatagram(String to) {
    this.to = to;
    fd = Sockets.open(Sockaddr.AF_UNIX, Sockets.SOCK_DGRAM, 0, "open a socket to send to " + to);
  }

  /** Bytes sent, or {@code -errno}; never waits. */
  int send(byte[] message) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.max(1, message.length));
      MemorySegment.copy(message, 0, bytes, JAVA_BYTE, 0, message.length);
      int addressLength = Sockaddr.unix(Scratch.mine().address, to);
      return Sockets.sendTo(fd, bytes, message.length, addressLength);
    }
  }

  @Override
  public void close() {
    Fd.close(fd);
  }
}
