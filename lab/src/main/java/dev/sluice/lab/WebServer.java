package dev.sluice.lab;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * The embedded web server of the lab, a program of its own: {@code WebServer NAME PORT BYTES}.
 *
 * <p>It answers every path with its name and the client's address on the first line, padded with
 * blanks to BYTES in all, and logs each request as {@code request CLIENT PATH}. The path {@code
 * /health} answers {@code ok} and is not logged; {@code /drip/N} sends N lines, ten a second: a
 * connection that lasts.
 */
public final class WebServer {
  static final String READY = "ready";
  private static final long DRIP_NANOS = 100_000_000;

  private final String name;
  private final int bytes;

  private WebServer(String name, int bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /** Starts one on {@code host} and waits until it serves. Answers are padded to {@code bytes}. */
  public static LabProcess start(Host host, int port, int bytes) {
    LabProcess process = launch(host, port, bytes);
    awaitReady(process);
    return process;
  }

  /** Starts one and returns at once, so that several can start side by side. */
  static LabProcess launch(Host host, int port, int bytes) {
    List<String> arguments = List.of(host.name(), Integer.toString(port), Integer.toString(bytes));
    return host.start("web", JavaProgram.command(WebServer.class, arguments));
  }

  static void awaitReady(LabProcess process) {
    process.awaitLog(READY, Duration.ofSeconds(60));
  }

  /** Serves until it is killed. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      System.err.println("usage: WebServer NAME PORT BYTES");
      System.exit(2);
    }
    var server = new WebServer(arguments[0], Integer.parseInt(arguments[2]));
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(Integer.parseInt(arguments[1])), 1024);
    } catch (IOException e) {
      System.err.println(
          arguments[0] + " cannot serve on port " + arguments[1] + ": " + e.getMessage());
      System.exit(1);
      throw e;
    }
    http.createContext("/", server::answer);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
    System.out.println(READY);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String client = exchange.getRemoteAddress().getAddress().getHostAddress();
      if (path.equals("/health")) {
        send(exchange, "ok\n".getBytes(StandardCharsets.UTF_8));
        return;
      }
      System.out.println("request " + client + " " + path);
      if (path.startsWith("/drip/")) {
        drip(exchange, Integer.parseInt(path.substring("/drip/".length())));
      } else {
        byte[] body = new byte[Math.max(bytes, 0)];
        Arrays.fill(body, (byte) ' ');
        byte[] head = (name + " " + client + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] whole = body.length < head.length ? head : body;
        System.arraycopy(head, 0, whole, 0, head.length);
        send(exchange, whole);
      }
    }
  }

  private void drip(HttpExchange exchange, int lines) throws IOException {
    byte[] line = (name + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, (long) line.length * lines);
    var to = exchange.getResponseBody();
    for (int i = 0; i < lines; i++) {
      to.write(line);
      to.flush();
      LockSupport.parkNanos(DRIP_NANOS);
    }
  }

  private static void send(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }
}
