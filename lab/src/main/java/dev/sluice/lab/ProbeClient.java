package dev.sluice.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that never stops requesting, a program of its own: {@code ProbeClient ADDRESS PORT PATH
 * INTERVAL-MS TIMEOUT-MS COUNT}.
 *
 * <p>Each request has a fresh TCP connection. With an interval the requests start on a fixed
 * schedule whether or not earlier ones were answered, as those of independent users do; with
 * interval 0 each waits for the one before. COUNT 0 means for ever. One line per finished request:
 *
 * <pre>START-NANOS TOOK-NANOS ok SERVER CLIENT BYTES
 * START-NANOS TOOK-NANOS failed REASON</pre>
 *
 * START is {@link System#nanoTime}, which all JVMs of a machine share.
 */
public final class ProbeClient {
  private final InetSocketAddress to;
  private final byte[] request;
  private final int timeoutMillis;

  private ProbeClient(String address, int port, String path, int timeoutMillis) {
    this.to = new InetSocketAddress(address, port);
    this.timeoutMillis = timeoutMillis;
    this.request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
            .formatted(path, address)
            .getBytes(StandardCharsets.US_ASCII);
  }

  /** Requests until the count is reached or it is killed. */
  public static void main(String[] arguments) throws InterruptedException {
    if (arguments.length != 6) {
      System.err.println("usage: ProbeClient ADDRESS PORT PATH INTERVAL-MS TIMEOUT-MS COUNT");
      System.exit(2);
    }
    var client =
        new ProbeClient(
            arguments[0],
            Integer.parseInt(arguments[1]),
            arguments[2],
            Integer.parseInt(arguments[4]));
    long intervalNanos = Long.parseLong(arguments[3]) * 1_000_000;
    long count = Long.parseLong(arguments[5]);
    long next = System.nanoTime();
    var threads = new java.util.ArrayDeque<Thread>();
    for (long i = 0; count == 0 || i < count; i++) {
      if (intervalNanos == 0) {
        client.once();
        continue;
      }
      while (next - System.nanoTime() > 0) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
      next += intervalNanos;
      threads.add(Thread.startVirtualThread(client::once));
      while (!threads.isEmpty() && !threads.getFirst().isAlive()) {
        threads.removeFirst();
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println("done");
  }

  private void once() {
    long start = System.nanoTime();
    String outcome;
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(to, timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      socket.getOutputStream().write(request);
      outcome = outcome(answer(socket.getInputStream(), start));
    } catch (SocketTimeoutException e) {
      outcome = "failed timeout: " + e.getMessage();
    } catch (ConnectException e) {
      outcome = "failed connect: " + e.getMessage();
    } catch (IOException e) {
      outcome = "failed " + e.getMessage();
    }
    long took = System.nanoTime() - start;
    System.out.println(start + " " + took + " " + outcome);
  }

  /** Everything up to the end of the stream; the whole request has one deadline, not each read. */
  private byte[] answer(InputStream from, long start) throws IOException {
    var all = new ByteArrayOutputStream();
    byte[] part = new byte[16384];
    int n;
    while ((n = from.read(part)) >= 0) {
      all.write(part, 0, n);
      if (System.nanoTime() - start > 10_000_000L * timeoutMillis) {
        throw new SocketTimeoutException("answer too slow");
      }
    }
    return all.toByteArray();
  }

  private static String outcome(byte[] answer) {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return "failed closed before an answer";
    }
    String head = text.substring(0, end);
    String body = text.substring(end + 4);
    if (!head.startsWith("HTTP/1.1 200")) {
      return "failed " + head.lines().findFirst().orElse("");
    }
    long announced =
        head.lines()
            .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
            .mapToLong(line -> Long.parseLong(line.substring(15).strip()))
            .findFirst()
            .orElse(body.length());
    if (body.length() < announced) {
      return "failed answer cut after %d of %d bytes".formatted(body.length(), announced);
    }
    String first = body.lines().findFirst().orElse("").strip();
    String[] words = first.split(" ", -1);
    return "ok %s %s %d"
        .formatted(
            words[0].isEmpty() ? "?" : words[0], words.length > 1 ? words[1] : "?", answer.length);
  }
}
