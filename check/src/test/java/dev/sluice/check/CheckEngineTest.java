package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.model.Checker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The engine against servers on the loopback address that behave and misbehave. */
class CheckEngineTest {
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(150);

  private final Recorder recorder = new Recorder();
  private final CheckEngine engine = CheckEngine.start(recorder);

  @AfterEach
  void close() {
    engine.close();
  }

  private void run(Checker... checkers) {
    var targets = new java.util.ArrayList<CheckTarget>();
    for (int i = 0; i < checkers.length; i++) {
      targets.add(new CheckTarget(Checks.id(80, i), checkers[i]));
    }
    engine.apply(targets);
  }

  private static Checker.Http get(int port, Duration timeout, Checker.Url... urls) {
    return Checks.http(Checks.to(port, timeout), Checks.quick(), urls);
  }

  /** One that was free a moment ago: connections to it are refused. */
  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, Checks.LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private static CheckOutcome outcome(CheckResult result) {
    return java.util.Objects.requireNonNull(result.outcome());
  }

  private static String md5(byte[] body) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(body));
  }

  @Test
  void tcpConnects() {
    try (var server = new LoopbackServer(LoopbackServer::waitForEnd)) {
      run(Checks.tcp(server.port(), Checks.quick()));
      CheckResult result = recorder.first();
      assertThat(result.up()).isTrue();
      assertThat(result.changed()).isTrue();
      assertThat(result.evidence()).isEqualTo("connected");
      assertThat(outcome(result).connectNanos()).isBetween(1L, result.durationNanos());
      assertThat(outcome(result).firstByteNanos()).isEqualTo(-1);
    }
  }

  @Test
  void tcpIsRefusedThenServedThenRefused() throws Exception {
    int port = closedPort();
    run(Checks.tcp(port, Checks.quick()));
    CheckResult down = recorder.await(r -> r.changed() && !r.up());
    assertThat(down.evidence()).isEqualTo("connection refused");
    assertThat(down.phase()).isEqualTo(CheckPhase.DOWN);
    assertThat(recorder.first().phase()).isEqualTo(CheckPhase.GOING_DOWN);
    try (var server = new ServerSocket()) {
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(Checks.LOOPBACK, port), 1024);
      recorder.await(r -> r.changed() && r.up());
      recorder.forget();
    }
    recorder.await(r -> r.changed() && !r.up());
  }

  @Test
  void tcpThatNobodyAnswersTimesOut() throws Exception {
    // A full accept queue: the kernel drops further SYNs, as a dead host would.
    try (var server = new ServerSocket(0, 1, Checks.LOOPBACK);
        var first = new Socket();
        var second = new Socket()) {
      var to = new InetSocketAddress(Checks.LOOPBACK, server.getLocalPort());
      first.connect(to);
      second.connect(to);
      run(new Checker.Tcp(Checks.to(server.getLocalPort(), SHORT), Checks.quick()));
      CheckResult down = recorder.await(r -> r.changed() && !r.up());
      assertThat(down.evidence()).isEqualTo("no connection within 0.15 s");
      assertThat(down.durationNanos()).isGreaterThanOrEqualTo(SHORT.toNanos());
    }
  }

  @Test
  void bindingAndInterface() throws Exception {
    var from = new ConcurrentLinkedQueue<InetAddress>();
    try (var server = new LoopbackServer(c -> from.add(c.getInetAddress()))) {
      InetAddress own = InetAddress.ofLiteral("127.0.0.7");
      var bound = new Checker.Connection(Checks.LOOPBACK, server.port(), own, 0, "lo", 0, PATIENT);
      run(new Checker.Tcp(bound, Checks.quick()));
      assertThat(recorder.first().up()).isTrue();
    }
    recorder.forget();
    InetAddress foreign = InetAddress.ofLiteral("192.0.2.77");
    run(
        new Checker.Tcp(
            new Checker.Connection(Checks.LOOPBACK, 9, foreign, 0, null, 0, PATIENT),
            Checks.quick()));
    CheckResult down = recorder.await(r -> r.changed() && !r.up());
    assertThat(down.evidence()).isEqualTo("bind: cannot assign requested address");
  }

  /** ~ stands for CR LF. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | HTTP/1.0 200 OK~~hello                    | HTTP 200
          true  | HTTP/1.1 204 No Content~~                 | HTTP 204
          false | HTTP/1.0 503 Service Unavailable~~        | HTTP 503, expected 200-299
          false | HTTP/1.0 301 Moved~Location: /other~~     | HTTP 301, expected 200-299
          true  | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~0~~ | HTTP 200
          false | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~zz~hello~0~~ | HTTP 200, bad chunk size
          false | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~9~hell | HTTP 200, the answer ended inside a chunked body
          true  | HTTP/1.1 200 OK~Content-Length: 9~~hello  | HTTP 200, body ended after 5 of 9 bytes
          false | SSH-2.0-OpenSSH_9.2p1~                    | not an HTTP answer
          false | HTTP/1.0 200 OK~Serv                      | the answer ended in its head
          false | ''                                        | closed without an answer
          """)
  void httpAnswers(boolean up, String answer, String evidence) {
    try (var server = new LoopbackServer(LoopbackServer.answering(answer))) {
      run(get(server.port(), PATIENT, Checks.url("/", null)));
      CheckResult result = recorder.await(CheckResult::changed);
      assertThat(result.evidence()).isEqualTo(evidence);
      assertThat(result.up()).isEqualTo(up);
    }
  }

  @Test
  void httpEndsAtItsContentLengthWithoutWaitingForTheClose() {
    try (var server =
        new LoopbackServer(c -> {
          LoopbackServer.answering("HTTP/1.1 200 OK~Content-Length: 2~~hi").serve(c);
          LoopbackServer.waitForEnd(c);
        })) {
      run(get(server.port(), PATIENT, Checks.url("/", null)));
      CheckResult result = recorder.first();
      assertThat(result.up()).isTrue();
      assertThat(result.durationNanos()).isLessThan(PATIENT.toNanos());
      assertThat(outcome(result).firstByteNanos())
          .isBetween(outcome(result).connectNanos(), result.durationNanos());
    }
  }

  @Test
  void httpThatStaysSilentTimesOut() {
    try (var server = new LoopbackServer(LoopbackServer::waitForEnd)) {
      run(get(server.port(), SHORT, Checks.url("/", null)));
      assertThat(recorder.await(r -> !r.up()).evidence()).isEqualTo("no answer within 0.15 s");
    }
  }

  @Test
  void httpThatStopsInTheMiddleTimesOut() {
    try (var server =
        new LoopbackServer(c -> {
          LoopbackServer.answering("HTTP/1.1 200 OK~Content-Length: 9~~half").serve(c);
          LoopbackServer.waitForEnd(c);
        })) {
      run(get(server.port(), SHORT, Checks.url("/", null)));
      assertThat(recorder.await(r -> !r.up()).evidence())
          .isEqualTo("the answer stopped for 0.15 s");
    }
  }

  @Test
  void httpThatDripsForEverIsCutOff() {
    try (var server =
        new LoopbackServer(c -> {
          LoopbackServer.answering("HTTP/1.1 200 OK~~").serve(c);
          c.setSoTimeout(20);
          while (true) {
            c.getOutputStream().write('x');
            try {
              int _ = c.getInputStream().read();
            } catch (java.net.SocketTimeoutException e) {
              // once more
            }
          }
        })) {
      Duration timeout = Duration.ofMillis(400);
      run(get(server.port(), timeout, Checks.url("/", null)));
      // A machine that stalls may make the drip look like silence; either way it ends.
      assertThat(recorder.await(r -> !r.up()).evidence())
          .matches("the answer (was not complete within 1.6 s|stopped for 0.4 s)");
    }
  }

  @Test
  void hugeBodiesAreHashedWithoutBeingKept() throws Exception {
    byte[] body = new byte[24 << 20];
    new java.util.Random(1).nextBytes(body);
    LoopbackServer.Handler handler =
        c -> {
          String _ = LoopbackServer.head(c);
          c.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          c.getOutputStream().write(body);
        };
    try (var server = new LoopbackServer(handler)) {
      run(get(server.port(), PATIENT, Checks.url("/", md5(body))));
      assertThat(recorder.first().evidence()).isEqualTo("HTTP 200, digest matches");
      recorder.forget();
      run(get(server.port(), PATIENT, Checks.url("/", "0".repeat(32))));
      assertThat(recorder.await(r -> !r.up()).evidence())
          .startsWith("HTTP 200, digest differs: " + md5(body));
      recorder.forget();
      // Without a digest a check does not read megabytes.
      run(get(server.port(), PATIENT, Checks.url("/", null)));
      assertThat(recorder.await(r -> r.changed() && r.up()).evidence()).isEqualTo("HTTP 200");
    }
  }

  @Test
  void severalUrlsOnePerLoopAndTheFailedOneFirst() {
    var asked = new ConcurrentLinkedQueue<String>();
    var broken = new AtomicBoolean();
    LoopbackServer.Handler handler =
        c -> {
          String head = LoopbackServer.head(c);
          String path = head.substring(4, head.indexOf(' ', 4));
          asked.add(path);
          boolean fail = broken.get() && path.equals("/b");
          c.getOutputStream()
              .write(
                  ("HTTP/1.0 " + (fail ? 500 : 200) + " x\r\n\r\n")
                      .getBytes(StandardCharsets.US_ASCII));
        };
    try (var server = new LoopbackServer(handler)) {
      run(get(server.port(), PATIENT, Checks.url("/a", null), Checks.url("/b", null)));
      recorder.await(r -> r.changed() && r.up());
      assertThat(asked).startsWith("/a", "/b");
      broken.set(true);
      recorder.await(r -> r.changed() && !r.up());
      asked.clear();
      broken.set(false);
      recorder.forget();
      recorder.await(r -> r.changed() && r.up());
      assertThat(String.join(" ", asked)).matches("(/b )+/a /b.*");
      assertThat(recorder.all()).anyMatch(r -> r.phase() == CheckPhase.GOING_UP);
    }
  }

  @Test
  void theHostHeaderNamesTheVirtualHost() {
    var heads = new ConcurrentLinkedQueue<String>();
    LoopbackServer.Handler handler =
        c -> {
          heads.add(LoopbackServer.head(c));
          c.getOutputStream().write("HTTP/1.1 200 x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        };
    try (var server = new LoopbackServer(handler)) {
      run(
          new Checker.Http(
              Checks.to(server.port(), PATIENT),
              Checks.quick(),
              false,
              false,
              "www.example.com",
              Checker.HttpVersion.HTTP_1_1,
              false,
              List.of(Checks.url("/", null))));
      assertThat(recorder.first().up()).isTrue();
      assertThat(heads.peek())
          .startsWith("GET / HTTP/1.1\r\n")
          .contains("Connection: close\r\n")
          .contains("Host: www.example.com\r\n");
    }
  }

  @Test
  void aReloadKeepsUnchangedChecksAndRestartsChangedOnesInTheirVerdict() throws Exception {
    var hits = new AtomicInteger();
    int refused = closedPort();
    Checker.Pace slow = Checks.pace(Duration.ofHours(1), 0, Duration.ofHours(1), false);
    try (var server = new LoopbackServer(_ -> hits.incrementAndGet())) {
      Checker good = Checks.tcp(server.port(), slow);
      run(good, Checks.tcp(refused, slow));
      recorder.await(r -> r.changed() && r.up());
      recorder.await(r -> r.changed() && !r.up());
      recorder.forget();
      // The good one moves to another place; the bad one gets a definition that never finishes.
      Checker other =
          new Checker.Tcp(
              Checks.to(refused, PATIENT),
              new Checker.Pace(
                  Duration.ofHours(1), 5, Duration.ofHours(1), Duration.ofHours(9), false));
      run(other, good);
      CheckResult moved = recorder.await(r -> r.id().index() == 1);
      assertThat(moved.up()).isTrue();
      assertThat(moved.decided()).isTrue();
      assertThat(moved.checker()).isEqualTo(good);
      CheckResult restarted = recorder.await(r -> r.id().index() == 0);
      assertThat(restarted.up()).isFalse();
      assertThat(restarted.phase()).isEqualTo(CheckPhase.GOING_UP);
      assertThat(restarted.checker()).isEqualTo(other);
      assertThat(engine.snapshot()).hasSize(2);
      assertThat(engine.snapshot().get(1).runs()).isEqualTo(1);
    }
  }

  @Test
  void aDroppedCheckIsNeverHeardOfAgain() {
    try (var server = new LoopbackServer(LoopbackServer::waitForEnd)) {
      run(Checks.tcp(server.port(), Checks.quick()));
      recorder.first();
      engine.apply(List.of());
      // A second set tells of its own check only after the first is gone.
      engine.apply(
          List.of(new CheckTarget(Checks.id(81, 0), Checks.tcp(server.port(), Checks.quick()))));
      recorder.await(r -> r.id().port() == 81 && r.outcome() != null);
      recorder.forget();
      recorder.await(r -> r.id().port() == 81);
      assertThat(recorder.all()).allMatch(r -> r.id().port() == 81);
      assertThat(engine.snapshot()).singleElement().matches(s -> s.id().port() == 81);
    }
  }

  @Test
  void oneIdTwiceIsRefused() {
    var target = new CheckTarget(Checks.id(1, 0), Checks.tcp(1, Checks.quick()));
    assertThatThrownBy(() -> engine.apply(List.of(target, target)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("twice");
  }
}
