package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import java.io.File;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** More tries than places for them. */
class CheckEngineLimitTest {
  private static final int CHECKS = 300;

  /** Servers that never answer: the kernel takes the connections, nobody reads them. */
  static List<CheckTarget> silent(int port) {
    Checker.Pace pace = Checks.pace(Duration.ofMillis(100), 0, Duration.ofMillis(100), false);
    var targets = new ArrayList<CheckTarget>();
    for (int i = 0; i < CHECKS; i++) {
      // Each has a path of its own, or they would all be one check.
      Checker checker =
          Checks.http(Checks.to(port, Duration.ofMillis(200)), pace, Checks.url("/" + i, null));
      targets.add(new CheckTarget(Checks.id(1000 + i, 0), checker));
    }
    return targets;
  }

  static void everyOneIsJudged(Recorder recorder) {
    Set<CheckId> down = new HashSet<>();
    recorder.await(r -> {
      if (r.decided() && r.id().port() >= 1000) {
        assertThat(r.evidence()).isEqualTo("no answer within 0.2 s");
        down.add(r.id());
      }
      return down.size() == CHECKS;
    });
  }

  @Test
  void notMoreThanTheLimitAreUnderWayAndAllHaveTheirTurn() throws Exception {
    var recorder = new Recorder();
    try (var socket = new ServerSocket(0, 4096, Checks.LOOPBACK);
        var engine = CheckEngine.start(new CheckLimits(40, 1000, 1, 1), recorder)) {
      engine.apply(silent(socket.getLocalPort()));
      everyOneIsJudged(recorder);
      assertThat(engine.load().peak()).isEqualTo(40);
      assertThat(engine.load().wants()).isZero();
    }
  }

  @Test
  void toOneTargetNotMoreThanItsLimit() throws Exception {
    var recorder = new Recorder();
    try (var socket = new ServerSocket(0, 4096, Checks.LOOPBACK);
        var other = new LoopbackServer(LoopbackServer::waitForEnd);
        var engine = CheckEngine.start(new CheckLimits(1000, 30, 1, 1), recorder)) {
      List<CheckTarget> targets = silent(socket.getLocalPort());
      targets.add(new CheckTarget(Checks.id(80, 0), Checks.tcp(other.port(), Checks.quick())));
      engine.apply(targets);
      everyOneIsJudged(recorder);
      assertThat(engine.load().peak()).isBetween(30, 31);
      assertThat(recorder.await(r -> r.id().port() == 80 && r.decided()).up()).isTrue();
    }
  }

  /** The limits say a thousand, the kernel says fewer: checks wait, and none fails for it. */
  @Test
  void withoutDescriptorsChecksWait() throws Exception {
    // In a process of its own: without descriptors not even classes can be loaded.
    String path =
        System.getProperty("jdk.module.path", "")
            + File.pathSeparator
            + System.getProperty("java.class.path")
            + File.pathSeparator
            + Path.of(
                CheckEngineLimitTest.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI())
            + File.pathSeparator
            + Path.of(
                CheckEngine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                path,
                "dev.sluice.check.ScarceDescriptors")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("wants: ");
  }
}
