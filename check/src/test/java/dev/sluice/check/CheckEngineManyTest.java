package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many checks in one loop, and what is left when it closes. */
class CheckEngineManyTest {
  private static final int CHECKS = 500;
  private static final Duration PATIENT = Duration.ofSeconds(60);

  /** Half the URLs pass; TCP among them. */
  private static List<CheckTarget> targets(int port) {
    Checker.Pace pace = Checks.pace(Duration.ofMillis(300), 1, Duration.ofMillis(100), false);
    var targets = new ArrayList<CheckTarget>();
    for (int i = 0; i < CHECKS; i++) {
      Checker checker =
          i % 5 == 0
              ? new Checker.Tcp(Checks.to(port, PATIENT), pace)
              : Checks.http(
                  Checks.to(port, PATIENT), pace, Checks.url(i % 2 == 0 ? "/good" : "/bad", null));
      targets.add(new CheckTarget(Checks.id(1000 + i, 0), checker));
    }
    return targets;
  }

  private static LoopbackServer server() {
    return new LoopbackServer(c -> {
      boolean good = LoopbackServer.head(c).startsWith("GET /good");
      c.getOutputStream()
          .write(
              ("HTTP/1.0 " + (good ? 200 : 500) + " x\r\n\r\nbody")
                  .getBytes(StandardCharsets.US_ASCII));
    });
  }

  @Test
  void fiveHundredChecksInOneThread() {
    var recorder = new Recorder();
    try (var server = server();
        var engine = CheckEngine.start(recorder)) {
      engine.apply(targets(server.port()));
      Set<CheckId> decided = new HashSet<>();
      recorder.await(r -> {
        if (r.decided()) {
          int i = r.id().port() - 1000;
          assertThat(r.up()).as(r.id() + " " + r.evidence()).isEqualTo(i % 5 == 0 || i % 2 == 0);
          decided.add(r.id());
        }
        return decided.size() == CHECKS;
      });
      assertThat(engine.snapshot()).hasSize(CHECKS).allMatch(s -> s.runs() > 0);
      assertThat(
              Thread.getAllStackTraces().keySet().stream()
                  .filter(t -> t.getName().equals("check") && t.isAlive())
                  .count())
          .isEqualTo(1);
    }
  }

  /** Sockets of connections to a port that are open in this process. */
  private static long descriptors() throws IOException {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.count();
    }
  }

  @Test
  void nothingIsLeftOpen() throws Exception {
    // Once before counting, so that classes, selectors and the like are there.
    round();
    long before = descriptors();
    for (int i = 0; i < 3; i++) {
      round();
    }
    long deadline = System.nanoTime() + PATIENT.toNanos();
    long after = descriptors();
    // The test's own server closes its ends in its own time.
    while (after > before + 8 && System.nanoTime() - deadline < 0) {
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
      after = descriptors();
    }
    assertThat(after).isLessThanOrEqualTo(before + 8);
  }

  private static void round() {
    var recorder = new Recorder();
    try (var silent = new LoopbackServer(LoopbackServer::waitForEnd);
        var server = server();
        var engine = CheckEngine.start(recorder)) {
      var targets = new ArrayList<>(targets(server.port()).subList(0, 60));
      // Tries that are under way when the engine closes.
      for (int i = 0; i < 60; i++) {
        Checker.Connection to = Checks.to(silent.port(), PATIENT);
        boolean tls = i % 2 == 0;
        targets.add(
            new CheckTarget(
                Checks.id(5000 + i, 0),
                new Checker.Http(
                    to,
                    Checks.quick(),
                    tls,
                    false,
                    null,
                    Checker.HttpVersion.HTTP_1_0,
                    false,
                    List.of(Checks.url("/", null)))));
      }
      engine.apply(targets);
      Set<CheckId> heard = new HashSet<>();
      recorder.await(r -> {
        if (r.decided()) {
          heard.add(r.id());
        }
        return heard.size() == 60;
      });
      assertThat(engine.snapshot()).anyMatch(CheckSnapshot::running);
    }
  }
}
