package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.config.model.Checker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Servers and scripts that mean harm, or are merely broken: the check fails with its reason, what
 * it reads is bounded, and a good check beside it stays punctual.
 */
class HostileServersTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  /** What a server may get rid of: a megabyte is read, the rest are socket buffers. */
  private static final long MOST_SENT = 32L << 20;

  private static final int GOOD = 1;
  private static final int HOSTILE = 2;

  @TempDir Path dir;

  /** What is asked. */
  enum Kind {
    HTTP,
    HTTP_DIGEST,
    HTTPS,
    SMTP
  }

  private static Arguments play(
      String name, Kind kind, String evidence, LoopbackServer.Handler handler) {
    return arguments(name, kind, evidence, handler);
  }

  private static final AtomicLong SENT = new AtomicLong();

  private static void send(Socket to, String text) throws IOException {
    byte[] bytes = text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    to.getOutputStream().write(bytes);
    long _ = SENT.addAndGet(bytes.length);
  }

  /** The beginning, then the same for ever. */
  private static LoopbackServer.Handler endless(String beginning, String again) {
    String much = again.repeat(1 + 8000 / again.length());
    return c -> {
      String _ = LoopbackServer.head(c);
      send(c, beginning);
      while (true) {
        send(c, much);
      }
    };
  }

  private static LoopbackServer.Handler thenSilence(String beginning) {
    return c -> {
      String _ = LoopbackServer.head(c);
      send(c, beginning);
      LoopbackServer.waitForEnd(c);
    };
  }

  /** A byte at a time. */
  private static LoopbackServer.Handler drip(String beginning, String again) {
    return c -> {
      int _ = c.getInputStream().read();
      send(c, beginning);
      for (int i = 0; ; i++) {
        LockSupport.parkNanos(20_000_000);
        send(c, again.substring(i % again.length(), i % again.length() + 1));
      }
    };
  }

  /** Says so much, then resets. */
  private static LoopbackServer.Handler reset(String said) {
    return c -> {
      if (!said.equals("at once")) {
        String _ = LoopbackServer.head(c);
        send(c, said);
      }
      c.setSoLinger(true, 0);
    };
  }

  private static LoopbackServer.Handler garbage(int seed) {
    var bytes = new byte[5000];
    new Random(seed).nextBytes(bytes);
    return c -> {
      int _ = c.getInputStream().read();
      c.getOutputStream().write(bytes);
      LoopbackServer.waitForEnd(c);
    };
  }

  /** Ten megabytes that are ten kilobytes on the way. */
  private static LoopbackServer.Handler bomb() {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(new byte[10 << 20]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return c -> {
      String _ = LoopbackServer.head(c);
      send(c, "HTTP/1.1 200 OK~Content-Encoding: gzip~Content-Length: " + packed.size() + "~~");
      packed.writeTo(c.getOutputStream());
    };
  }

  static Stream<Arguments> plays() {
    String ok = "HTTP/1.1 200 OK~";
    String slow = "the answer (was not complete within 0.8 s|stopped for 0.2 s)";
    String gone = ".*(connection reset by peer|broken pipe|closed without an answer).*";
    return Stream.of(
        play("endless headers", Kind.HTTP, "the head is longer than .*", endless(ok, "A: b~")),
        play("an endless line", Kind.HTTP, "a line is longer than .*", endless(ok + "A: ", "aaaa")),
        play("an endless status", Kind.HTTP, "a line is longer than .*", endless("HTTP/1.1 ", " ")),
        play(
            "continue for ever",
            Kind.HTTP,
            "the head is longer than .*",
            endless("", "HTTP/1.1 100 Continue~~")),
        play("a head in drips", Kind.HTTP, slow, drip(ok, "A: b\r\n")),
        play("a body in drips", Kind.HTTP_DIGEST, slow, drip(ok + "~", "x")),
        play(
            "an endless body",
            Kind.HTTP,
            "HTTP 500, expected .*",
            endless("HTTP/1.0 500 x~~", "x")),
        play(
            "an endless body to hash",
            Kind.HTTP_DIGEST,
            slow + "|HTTP 200, the body is longer than .*",
            endless(ok + "~", "x".repeat(8192))),
        play("a compressed bomb", Kind.HTTP_DIGEST, "HTTP 200, digest differs.*", bomb()),
        play(
            "a length beyond all numbers",
            Kind.HTTP,
            ".*content-length is not a number",
            thenSilence(ok + "Content-Length: 99999999999999999999~~")),
        play(
            "a negative length",
            Kind.HTTP,
            ".*content-length is not a number",
            thenSilence(ok + "Content-Length: -5~~")),
        play(
            "a length that never comes",
            Kind.HTTP,
            "the answer stopped for 0.2 s",
            thenSilence(ok + "Content-Length: 999999999999999999~~x")),
        play(
            "a chunk that never comes",
            Kind.HTTP,
            "the answer stopped for 0.2 s",
            thenSilence(ok + "Transfer-Encoding: chunked~~FFFFFFFFFFFFFFF~x")),
        play(
            "a chunk longer than it says",
            Kind.HTTP,
            "HTTP 200, a chunk is longer than its size",
            thenSilence(ok + "Transfer-Encoding: chunked~~2~xxxx~0~~")),
        play(
            "an endless chunk size",
            Kind.HTTP,
            "HTTP 200, a line is longer than .*",
            endless(ok + "Transfer-Encoding: chunked~~2;", "aaaa")),
        play(
            "endless trailers",
            Kind.HTTP,
            "HTTP 200, the trailers are longer than .*",
            endless(ok + "Transfer-Encoding: chunked~~0~", "A: b~")),
        play("silence", Kind.HTTP, "no answer within 0.2 s", LoopbackServer::waitForEnd),
        play("garbage", Kind.HTTP, "not an HTTP answer", garbage(1)),
        play("a reset at once", Kind.HTTP, gone, reset("at once")),
        play("a reset instead of an answer", Kind.HTTP, gone, reset("")),
        play("a reset in the head", Kind.HTTP, gone + "|.*ended in its head", reset(ok + "A: ")),
        play(
            "a reset in the body",
            Kind.HTTP,
            gone + "|.*digest differs.*",
            reset(ok + "Content-Length: 9~~x")),
        play("TLS garbage", Kind.HTTPS, "TLS handshake failed: .*", garbage(2)),
        play(
            "TLS silence", Kind.HTTPS, "no TLS handshake within 0.2 s", LoopbackServer::waitForEnd),
        play(
            "TLS that speaks plainly",
            Kind.HTTPS,
            "TLS handshake failed: .*",
            c -> {
              int _ = c.getInputStream().read();
              send(c, "HTTP/1.1 400 Bad Request~~");
              LoopbackServer.waitForEnd(c);
            }),
        play(
            "a TLS record in drips",
            Kind.HTTPS,
            "the TLS handshake was not complete within 0.8 s|no TLS handshake within 0.2 s",
            drip("\u0016\u0003\u0003@\u0000", "\u0002")),
        play(
            "a TLS record that is no handshake",
            Kind.HTTPS,
            "TLS handshake failed: .*",
            c -> {
              int _ = c.getInputStream().read();
              send(c, "\u0016\u0003\u0003\u0000\u0004\u0002\u00ff\u00ff\u00ff");
              while (true) {
                send(c, "\u0016\u0003\u0003\u0010\u0000" + "\u0000".repeat(4096));
              }
            }),
        play(
            "a reset in the TLS handshake",
            Kind.HTTPS,
            ".*",
            c -> {
              int _ = c.getInputStream().read();
              c.setSoLinger(true, 0);
            }),
        play(
            "an endless greeting",
            Kind.SMTP,
            ".*more than 100 lines",
            c -> {
              while (true) {
                send(c, "220-hello~".repeat(500));
              }
            }),
        play(
            "an endless line of greeting",
            Kind.SMTP,
            ".*longer than .* bytes",
            c -> {
              while (true) {
                send(c, "220 aaaa".repeat(500));
              }
            }),
        play("no greeting", Kind.SMTP, "no greeting within 0.2 s", LoopbackServer::waitForEnd));
  }

  private static Checker checker(Kind kind, int port) {
    Checker.Connection to = Checks.to(port, SHORT);
    Checker.Pace pace = Checks.quick();
    return switch (kind) {
      case HTTP -> {
        var codes = Checks.codes(200, 299);
        yield Checks.http(to, pace, new Checker.Url("/", null, codes, null));
      }
      case HTTP_DIGEST -> Checks.http(to, pace, Checks.url("/", "0".repeat(32)));
      case HTTPS ->
          new Checker.Http(
              to,
              pace,
              true,
              false,
              null,
              Checker.HttpVersion.HTTP_1_0,
              false,
              List.of(Checks.url("/", null)));
      case SMTP -> new Checker.Smtp(List.of(to), "test", pace);
    };
  }

  /** The hostile check beside a good one, until it is down. */
  private static void judged(Checker hostile, String evidence) {
    var recorder = new Recorder();
    try (var good = new LoopbackServer(LoopbackServer::waitForEnd);
        var engine = CheckEngine.start(recorder)) {
      var beside = new CheckTarget(Checks.id(GOOD, 0), Checks.tcp(good.port(), Checks.quick()));
      engine.apply(List.of(beside, new CheckTarget(Checks.id(HOSTILE, 0), hostile)));
      CheckResult down = recorder.await(r -> r.id().port() == HOSTILE && r.changed() && !r.up());
      assertThat(down.evidence()).matches(evidence);
      assertThat(down.durationNanos()).isLessThan(20_000_000_000L);
      // From now on: what is loaded and linked in the first try is not the server's doing.
      EngineLoad before = engine.load();
      long runs = engine.snapshot().getFirst().runs();
      recorder.await(_ -> engine.snapshot().getFirst().runs() > runs + 20);
      assertThat(engine.load().latenessNanos(before, 0.5)).isLessThan(50_000_000L);
      assertThat(recorder.all()).noneMatch(r -> r.id().port() == GOOD && !r.up());
      assertThat(engine.load().underWay()).isLessThanOrEqualTo(2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("plays")
  void theCheckFailsWithItsReason(
      String name, Kind kind, String evidence, LoopbackServer.Handler handler) {
    SENT.set(0);
    var connections = new AtomicLong();
    try (var server =
        new LoopbackServer(c -> {
          long _ = connections.incrementAndGet();
          handler.serve(c);
        })) {
      judged(checker(kind, server.port()), evidence);
    }
    if (kind != Kind.HTTP_DIGEST) {
      assertThat(SENT.get() / connections.get()).as(name).isLessThan(MOST_SENT);
    }
  }

  /** Half-open: the kernel takes no more connections, nobody answers a SYN. */
  @Test
  void aFullBacklogIsAnAbsentServer() throws Exception {
    try (var server = new ServerSocket(0, 1, Checks.LOOPBACK);
        var first = new Socket();
        var second = new Socket()) {
      var to = new InetSocketAddress(Checks.LOOPBACK, server.getLocalPort());
      first.connect(to);
      second.connect(to);
      judged(checker(Kind.HTTP, server.getLocalPort()), "no connection within 0.2 s");
    }
  }

  /** What a script has started ends with it. */
  @Test
  void aScriptThatHangsTakesItsChildrenAlong() throws Exception {
    Path pid = dir.resolve("pid");
    Path file = dir.resolve("check.sh");
    Files.writeString(
        file,
        "#!/bin/sh\nsleep 600 &\necho $! > "
            + pid
            + ".new; mv "
            + pid
            + ".new "
            + pid
            + "; wait\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    judged(script(file), "no result within 0.5 s");
    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(child -> gone(child));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sleep 600                                    | no result within 0.5 s
          exec yes                                     | no result within 0.5 s
          yes % head -c 20000000; exit 3               | (exit status 3, expected 0.*!no result within 0.5 s)
          trap '' TERM; while :; do sleep 1; done      | no result within 0.5 s
          kill -SEGV $$                                | killed by signal 11
          """,
      quoteCharacter = '"')
  void scriptsAreBounded(String body, String evidence) throws IOException {
    Path file = dir.resolve("check.sh");
    Files.writeString(file, "#!/bin/sh\n" + body.replace("%", "|") + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    judged(script(file), evidence.replace("!", "|"));
  }

  private static Checker script(Path file) {
    return Checks.misc(
        Checks.pace(Duration.ofMillis(20), 0, Duration.ofMillis(10), false),
        false,
        Duration.ofMillis(500),
        file.toString());
  }

  private static void gone(ProcessHandle process) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (process.isAlive()) {
      assertThat(System.nanoTime() - deadline).isNegative();
      LockSupport.parkNanos(5_000_000);
    }
  }
}
