package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which check is whose: across services, and across reloads. */
class CheckEngineSharingTest {
  private static final Checker.Pace ONCE =
      Checks.pace(Duration.ofHours(1), 0, Duration.ofHours(1), false);

  private final Recorder recorder = new Recorder();
  private final CheckEngine engine = CheckEngine.start(recorder);

  @AfterEach
  void close() {
    engine.close();
  }

  private static VirtualServer.Key service(int port) {
    return new VirtualServer.Key(InetAddress.ofLiteral("192.0.2.1"), port, Protocol.TCP);
  }

  private static CheckTarget target(int service, Checker checker) {
    return new CheckTarget(new CheckId(service(service), Checks.LOOPBACK, 80, 0), checker);
  }

  @SuppressWarnings("ReferenceEquality") // another one, even when it tells the same
  private CheckEngine.Applied apply(List<CheckTarget> targets) {
    CheckEngine.Applied before = engine.applied();
    engine.apply(targets);
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (engine.applied() == before) {
      assertThat(System.nanoTime() - deadline).isNegative();
      Thread.onSpinWait();
    }
    return engine.applied();
  }

  @Test
  void oneProbeHasManyReaders() {
    var hits = new AtomicInteger();
    LoopbackServer.Handler handler =
        c -> {
          hits.incrementAndGet();
          LoopbackServer.answering("HTTP/1.0 200 OK~~").serve(c);
        };
    try (var server = new LoopbackServer(handler)) {
      Checker checker =
          Checks.http(
              Checks.to(server.port(), Duration.ofSeconds(60)), ONCE, Checks.url("/", null));
      var targets = new ArrayList<CheckTarget>();
      for (int i = 1; i <= 50; i++) {
        targets.add(target(i, checker));
      }
      assertThat(apply(targets)).isEqualTo(new CheckEngine.Applied(0, 1, 0, 50));
      for (int i = 1; i <= 50; i++) {
        int port = i;
        assertThat(recorder.await(r -> r.changed() && r.id().service().port() == port).up())
            .isTrue();
      }
      assertThat(hits).hasValue(1);
      assertThat(engine.snapshot()).hasSize(50).allMatch(s -> s.runs() == 1 && s.last().up());
      Map<VirtualServer.Key, DurationHistogram> durations = engine.durations();
      assertThat(durations).hasSize(50);
      assertThat(durations.values()).allMatch(d -> d.count() == 1 && d.sumNanos() > 0);

      // A further reader knows at once; one that goes takes nothing away.
      recorder.forget();
      targets.removeFirst();
      targets.add(target(51, checker));
      assertThat(apply(targets)).isEqualTo(new CheckEngine.Applied(1, 0, 0, 1));
      assertThat(recorder.await(r -> r.id().service().port() == 51).up()).isTrue();
      assertThat(hits).hasValue(1);
      assertThat(engine.durations()).hasSize(49);
    }
  }

  @Test
  void oneMoreServerTouchesOne() {
    Checker.Pace slow =
        new Checker.Pace(Duration.ofHours(1), 0, Duration.ofHours(1), Duration.ofHours(1), false);
    var targets = new ArrayList<CheckTarget>();
    for (int i = 0; i < 10_000; i++) {
      targets.add(new CheckTarget(Checks.id(i, 0), Checks.tcp(10_000 + i, slow)));
    }
    assertThat(apply(targets)).isEqualTo(new CheckEngine.Applied(0, 10_000, 0, 10_000));
    recorder.forget();
    targets.add(new CheckTarget(Checks.id(10_000, 0), Checks.tcp(9, slow)));
    assertThat(apply(targets)).isEqualTo(new CheckEngine.Applied(10_000, 1, 0, 1));
    targets.removeFirst();
    assertThat(apply(targets)).isEqualTo(new CheckEngine.Applied(10_000, 0, 1, 0));
    recorder.await(r -> r.id().port() == 10_000);
    assertThat(recorder.all()).hasSize(1);
  }

  /** keepalived's issues 187 and 1720: such a server stayed out until the daemon was restarted. */
  @Test
  void aServerThatAWrongCheckTookOutReturnsWhenTheCheckIsRight() {
    try (var server = new LoopbackServer(LoopbackServer.answering("HTTP/1.0 200 OK~~"))) {
      var to = Checks.to(server.port(), Duration.ofSeconds(60));
      Checker.Pace pace =
          new Checker.Pace(Duration.ofHours(1), 0, Duration.ofHours(1), Duration.ZERO, false);
      var wrong = new Checker.Url("/", null, Checks.codes(404, 404), null);
      engine.apply(List.of(target(1, Checks.http(to, pace, wrong))));
      recorder.await(r -> r.changed() && !r.up());
      recorder.forget();
      // The warmup is for a start of everything; here somebody waits.
      Checker.Pace patient =
          new Checker.Pace(Duration.ofHours(1), 0, Duration.ofHours(1), Duration.ofHours(1), false);
      engine.apply(List.of(target(1, Checks.http(to, patient, Checks.url("/", null)))));
      CheckResult told = recorder.await(_ -> true);
      assertThat(told.phase()).isEqualTo(CheckPhase.GOING_UP);
      assertThat(told.up()).isFalse();
      CheckResult up = recorder.await(CheckResult::changed);
      assertThat(up.up()).isTrue();
      // What it went through before is not forgotten.
      assertThat(engine.snapshot().getFirst().history().changes())
          .extracting(CheckHistory.Change::up)
          .containsExactly(false, true);
    }
  }

  @Test
  void aServerThatAWrongAddressTookOutReturns() throws IOException {
    int closed;
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(Checks.LOOPBACK, 0));
      closed = socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (var server = new LoopbackServer(LoopbackServer::waitForEnd)) {
      engine.apply(List.of(target(1, Checks.tcp(closed, ONCE))));
      recorder.await(r -> r.changed() && !r.up());
      engine.apply(List.of(target(1, Checks.tcp(server.port(), ONCE))));
      recorder.await(r -> r.changed() && r.up());
      // And back again: the result is that of the definition, not of the place.
      engine.apply(List.of(target(1, Checks.tcp(closed, ONCE))));
      recorder.forget();
      recorder.await(r -> r.changed() && !r.up());
    }
  }
}
