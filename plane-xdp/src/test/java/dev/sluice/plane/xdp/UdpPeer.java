package dev.sluice.plane.xdp;

import dev.sluice.lab.Host;
import dev.sluice.linux.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * UDP of a lab host, from a thread of this process: sockets stay in the namespace they began in.
 */
final class UdpPeer {
  private UdpPeer() {}

  /** Runs something in a host's network. */
  static <T> T in(Host host, Callable<T> task) {
    FutureTask<T> result =
        new FutureTask<>(() -> {
          NetworkNamespace.enter(host.namespaceFile());
          return task.call();
        });
    var _ = Thread.ofPlatform().daemon().start(result);
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Echoes until closed; what it sends back begins with this byte. */
  static DatagramSocket echo(Host host, String address, int port, byte name) {
    DatagramSocket socket =
        in(host, () -> new DatagramSocket(new InetSocketAddress(address, port)));
    var _ =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);
              while (!socket.isClosed()) {
                try {
                  packet.setLength(65536);
                  socket.receive(packet);
                  packet.getData()[0] = name;
                  socket.send(packet);
                } catch (IOException _) {
                  // Closed, or the client is gone.
                }
              }
            });
    return socket;
  }

  /** A connected socket. */
  static DatagramSocket connect(Host host, String address, int port) {
    return in(
        host,
        () -> {
          DatagramSocket socket = new DatagramSocket();
          socket.connect(new InetSocketAddress(address, port));
          return socket;
        });
  }

  /**
   * Asks once; the answer.
   *
   * @throws IOException no answer in time, or {@link java.net.PortUnreachableException}
   */
  static byte[] ask(DatagramSocket socket, byte[] question, int timeoutMillis) throws IOException {
    socket.setSoTimeout(timeoutMillis);
    socket.send(new DatagramPacket(question, question.length));
    DatagramPacket answer = new DatagramPacket(new byte[65536], 65536);
    socket.receive(answer);
    return Arrays.copyOf(answer.getData(), answer.getLength());
  }
}
