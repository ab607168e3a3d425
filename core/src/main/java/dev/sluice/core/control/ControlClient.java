package dev.sluice.core.control;

import dev.sluice.core.RuntimeDir;
import dev.sluice.core.api.Api;
import dev.sluice.core.api.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/** A command's side of the control socket. */
public final class ControlClient {
  private ControlClient() {}

  /** No answer from a daemon; the message says why and what to do. */
  public static final class NoDaemonException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean forbidden;

    NoDaemonException(String message, boolean forbidden) {
      super(message);
      this.forbidden = forbidden;
    }

    /** Whether there is one, and the caller may not talk to it. */
    public boolean forbidden() {
      return forbidden;
    }
  }

  /**
   * Asks the daemon of this runtime directory.
   *
   * @return its answer, one line of JSON
   */
  public static String request(RuntimeDir runtime, String verb) throws NoDaemonException {
    return request(runtime, new Request(verb));
  }

  /**
   * Asks the daemon of this runtime directory.
   *
   * @return its answer, one line of JSON
   */
  public static String request(RuntimeDir runtime, Request request) throws NoDaemonException {
    var path = runtime.controlSocket();
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      byte[] line = (Api.toJson(request) + "\n").getBytes(StandardCharsets.UTF_8);
      ByteBuffer out = ByteBuffer.wrap(line);
      while (out.hasRemaining()) {
        channel.write(out);
      }
      var in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8), 1 << 16);
      String answer = in.readLine();
      if (answer == null) {
        throw new NoDaemonException(
            "the daemon closed " + path + " without an answer: it is stopping, or look at its log",
            false);
      }
      return answer;
    } catch (IOException e) {
      throw new NoDaemonException(explain(runtime, e), forbidden(e));
    }
  }

  private static boolean forbidden(IOException e) {
    return String.valueOf(e.getMessage()).contains("Permission denied")
        || e instanceof AccessDeniedException;
  }

  private static String explain(RuntimeDir runtime, IOException e) {
    var path = runtime.controlSocket();
    String text = String.valueOf(e.getMessage());
    if (forbidden(e)) {
      return "no permission for "
          + path
          + ": run as root or as a member of the group that owns the socket";
    }
    if (e instanceof ConnectException
        || e instanceof NoSuchFileException
        || text.contains("No such file")
        || !Files.exists(path)) {
      return "no daemon answers at "
          + path
          + ": start one with 'sluice run -f FILE', or name another with --runtime-dir DIR";
    }
    return "cannot talk to the daemon at " + path + ": " + text;
  }
}
