package dev.sluice.core.control;

import dev.sluice.core.RuntimeDir;
import dev.sluice.core.api.Api;
import dev.sluice.core.api.Failure;
import dev.sluice.core.api.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;

/**
 * The daemon's side of the control socket: mode 0660, group {@code sluice} where it exists. One
 * virtual thread per connection; requests are answered in order until the client closes.
 */
public final class ControlServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ControlServer.class.getName());
  private static final String GROUP = "sluice";
  private static final int LONGEST_REQUEST = 64 * 1024;

  private final ServerSocketChannel server;
  private final Path path;
  private final Function<Request, String> answer;

  private ControlServer(ServerSocketChannel server, Path path, Function<Request, String> answer) {
    this.server = server;
    this.path = path;
    this.answer = answer;
  }

  /**
   * Binds the socket; a socket file that nobody serves is replaced.
   *
   * @param answer from a request to one line of JSON; called on a virtual thread
   * @throws IOException when another daemon serves this directory, or it cannot be written
   */
  public static ControlServer open(RuntimeDir runtime, Function<Request, String> answer)
      throws IOException {
    Path path = runtime.controlSocket();
    Files.createDirectories(runtime.directory());
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      if (served(path)) {
        throw new IOException(
            "another sluice serves " + path + ": stop it, or give this one its own --runtime-dir");
      }
      Files.delete(path);
    }
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
      protect(path);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    var result = new ControlServer(server, path, answer);
    Thread.ofPlatform().name("sluice-control").daemon().start(result::accept);
    return result;
  }

  private static boolean served(Path path) {
    try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return false;
    }
  }

  private static void protect(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    try {
      GroupPrincipal group =
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(GROUP);
      Files.getFileAttributeView(path, PosixFileAttributeView.class).setGroup(group);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "control socket stays with our own group: {0}", e);
    }
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel client = server.accept();
        Thread.ofVirtual().name("sluice-control-client").start(() -> serve(client));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "control socket: {0}", e.getMessage());
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        var in =
            new BufferedReader(new Bounded(Channels.newReader(client, StandardCharsets.UTF_8)))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        byte[] text = (answerTo(line) + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.wrap(text);
        while (out.hasRemaining()) {
          client.write(out);
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a control client left: {0}", e.getMessage());
    }
  }

  private String answerTo(String line) {
    Request request;
    try {
      request = Api.requestFrom(line);
    } catch (RuntimeException e) {
      return Api.toJson(
          new Failure("not a request: expected one line of JSON such as {\"verb\":\"status\"}"));
    }
    try {
      return answer.apply(request);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "control request '" + request.verb() + "' failed", e);
      return Api.toJson(
          new Failure("the daemon failed to answer '" + request.verb() + "': see its log"));
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }

  /** Ends a connection that sends without a newline for too long. */
  private static final class Bounded extends Reader {
    private final Reader in;
    private int sinceNewline;

    Bounded(Reader in) {
      this.in = in;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      for (int i = offset; i < offset + n; i++) {
        sinceNewline = buffer[i] == '\n' ? 0 : sinceNewline + 1;
      }
      if (sinceNewline > LONGEST_REQUEST) {
        throw new IOException("request longer than " + LONGEST_REQUEST + " characters");
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
