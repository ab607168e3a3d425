package dev.sluice.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server on the loopback address that does whatever the test says with each connection. */
final class LoopbackServer implements AutoCloseable {

  /** What happens with a connection; it is closed afterwards. */
  @FunctionalInterface
  interface Handler {
    void serve(Socket connection) throws IOException;
  }

  private final ServerSocket socket;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  LoopbackServer(Handler handler) {
    try {
      socket = new ServerSocket();
      socket.bind(new InetSocketAddress(Checks.LOOPBACK, 0), 1024);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread _ = Thread.ofVirtual().start(() -> accept(handler));
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept(Handler handler) {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        open.add(connection);
        Thread _ = Thread.ofVirtual().start(() -> serve(handler, connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Handler handler, Socket connection) {
    try (connection) {
      handler.serve(connection);
    } catch (IOException e) {
      // The checker has hung up: part of what is tested.
    } finally {
      open.remove(connection);
    }
  }

  /** A handler that reads the request's head and answers; {@code ~} stands for CR LF. */
  static Handler answering(String answer) {
    return connection -> {
      String _ = head(connection);
      connection
          .getOutputStream()
          .write(answer.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    };
  }

  /** The request's head, with its empty line. */
  static String head(Socket connection) throws IOException {
    InputStream in = connection.getInputStream();
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("the client hung up");
      }
      head.append((char) b);
    }
    return head.toString();
  }

  /** Waits until the client hangs up. */
  static void waitForEnd(Socket connection) throws IOException {
    long _ = connection.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket s : open) {
        s.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
