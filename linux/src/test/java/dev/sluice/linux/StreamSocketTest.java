package dev.sluice.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamSocketTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final EventLoop loop = EventLoop.open("test");
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(256);

  @AfterEach
  void close() {
    loop.close();
    arena.close();
  }

  /** Runs the loop until the descriptor is ready once. */
  private void await(StreamSocket socket, int interest) {
    EventLoop once = EventLoop.open("once");
    EventLoop.Watch _ = once.watch(socket.fd(), interest, _ -> once.stop());
    once.run();
    once.close();
  }

  private static ServerSocket listen(InetAddress address) throws IOException {
    return new ServerSocket(0, 10, address);
  }

  private void conversation(InetAddress address) throws IOException {
    try (ServerSocket server = listen(address);
        StreamSocket socket =
            StreamSocket.connect(address, server.getLocalPort(), StreamSocket.Options.NONE)) {
      await(socket, EventLoop.WRITE);
      assertThat(socket.connectError()).isZero();
      try (Socket peer = server.accept()) {
        assertThat(socket.read(buffer)).isEqualTo(-Errno.EAGAIN);
        MemorySegment.copy("xxhello".getBytes(US_ASCII), 0, buffer, BYTE, 0, 7);
        assertThat(socket.write(buffer, 2, 5)).isEqualTo(5);
        assertThat(peer.getInputStream().readNBytes(5)).asString(US_ASCII).isEqualTo("hello");
        peer.getOutputStream().write("world".getBytes(US_ASCII));
        await(socket, EventLoop.READ);
        assertThat(socket.read(buffer, 10, 100)).isEqualTo(5);
        assertThat(buffer.asSlice(10, 5).toArray(BYTE)).asString(US_ASCII).isEqualTo("world");
        peer.shutdownOutput();
        await(socket, EventLoop.READ);
        assertThat(socket.read(buffer)).isZero();
      }
    }
  }

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  @Test
  void ipv4() throws IOException {
    conversation(LOOPBACK);
  }

  @Test
  void ipv6() throws IOException {
    conversation(InetAddress.ofLiteral("::1"));
  }

  @Test
  void bindsItsOwnSide() throws IOException {
    InetAddress own = InetAddress.ofLiteral("127.0.0.9");
    StreamSocket.Options options = new StreamSocket.Options(own, 0, "lo", 0);
    try (ServerSocket server = listen(LOOPBACK);
        StreamSocket socket = StreamSocket.connect(LOOPBACK, server.getLocalPort(), options)) {
      await(socket, EventLoop.WRITE);
      if (Capabilities.has(Capability.NET_RAW)) {
        assertThat(socket.connectError()).isZero();
        try (Socket peer = server.accept()) {
          assertThat(peer.getInetAddress()).isEqualTo(own);
        }
      }
    }
  }

  @Test
  void aRefusalIsAnAnswer() throws IOException {
    int port;
    try (ServerSocket server = listen(LOOPBACK)) {
      port = server.getLocalPort();
    }
    try (StreamSocket socket = StreamSocket.connect(LOOPBACK, port, StreamSocket.Options.NONE)) {
      await(socket, EventLoop.WRITE);
      assertThat(socket.connectError()).isEqualTo(Errno.ECONNREFUSED);
    }
  }

  @Test
  void aFailureAtTheStartIsAnAnswerOfTheSameKind() {
    StreamSocket.Options options =
        new StreamSocket.Options(InetAddress.ofLiteral("192.0.2.77"), 0, null, 0);
    try (StreamSocket socket = StreamSocket.connect(LOOPBACK, 9, options)) {
      await(socket, EventLoop.WRITE);
      assertThat(socket.connectError()).isEqualTo(Errno.EADDRNOTAVAIL);
      assertThat(socket.failedCall()).isEqualTo("bind");
    }
    StreamSocket.Options wrongFamily =
        new StreamSocket.Options(InetAddress.ofLiteral("::1"), 0, null, 0);
    try (StreamSocket socket = StreamSocket.connect(LOOPBACK, 9, wrongFamily)) {
      assertThat(socket.connectError()).isEqualTo(Errno.EINVAL);
    }
    StreamSocket.Options noDevice = new StreamSocket.Options(null, 0, "slc-no-such", 0);
    try (StreamSocket socket = StreamSocket.connect(LOOPBACK, 9, noDevice)) {
      assertThat(socket.connectError()).isIn(Errno.ENODEV, Errno.EPERM);
    }
  }

  @Test
  void aResetReachesThePeerAsOne() throws IOException {
    try (ServerSocket server = listen(LOOPBACK)) {
      StreamSocket socket =
          StreamSocket.connect(LOOPBACK, server.getLocalPort(), StreamSocket.Options.NONE);
      await(socket, EventLoop.WRITE);
      try (Socket peer = server.accept()) {
        socket.reset();
        assertThatThrownBy(() -> peer.getInputStream().read())
            .isInstanceOf(SocketException.class)
            .hasMessageContaining("reset");
      }
      socket.close();
    }
  }
}
