package dev.sluice.core.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A mail server that takes everything and keeps what was said. */
final class SmtpSink implements AutoCloseable {
  private final ServerSocket server;
  private final Queue<Mail> mails = new ConcurrentLinkedQueue<>();
  private volatile boolean refuse;

  record Mail(List<String> commands, List<String> lines) {}

  private SmtpSink(ServerSocket server) {
    this.server = server;
  }

  static SmtpSink open() throws IOException {
    SmtpSink sink = new SmtpSink(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread _ = Thread.ofPlatform().name("smtp-sink").daemon().start(sink::serve);
    return sink;
  }

  int port() {
    return server.getLocalPort();
  }

  Queue<Mail> mails() {
    return mails;
  }

  /** The next connection is turned away. */
  void refuseNext() {
    refuse = true;
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        talk(client);
      } catch (IOException e) {
        // The client has gone, or the sink is closed.
      }
    }
  }

  private void talk(Socket client) throws IOException {
    var in =
        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
    OutputStream out = client.getOutputStream();
    if (refuse) {
      refuse = false;
      say(out, "554 go away");
      return;
    }
    say(out, "220 sink");
    List<String> commands = new ArrayList<>();
    String line;
    while ((line = in.readLine()) != null) {
      if (line.equals("QUIT")) {
        say(out, "221 bye");
        return;
      }
      commands.add(line);
      if (line.equals("DATA")) {
        say(out, "354 go on");
        List<String> lines = new ArrayList<>();
        while ((line = in.readLine()) != null && !line.equals(".")) {
          lines.add(line);
        }
        mails.add(new Mail(List.copyOf(commands), lines));
      }
      say(out, "250 ok");
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
