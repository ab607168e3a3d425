package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The building blocks, on a client and two web servers. */
@Tag("netns")
@ExtendWith(LabExtension.class)
class LabTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @Test
  void clientReachesAServerAndTheCountersSeeIt(Lab lab) {
    Segment segment = lab.segment("lan");
    Host client = segment.join(lab.host("client"), "10.77.0.9/24");
    Host web = segment.join(lab.host("web01"), "10.77.0.1/24");
    WebServer.start(web, 80, 5_000);
    Counters before = web.counters("eth0");
    Counters atSwitch = segment.counters(web);

    Probe.Summary all = Probe.sequence(client, "10.77.0.1", 80, 20);

    assertThat(all.perServer()).containsExactly(java.util.Map.entry("web01", 20));
    assertThat(all.failed()).isZero();
    Counters passed = web.counters("eth0").since(before);
    assertThat(passed.txBytes()).isGreaterThan(20 * 5_000);
    assertThat(passed.rxBytes()).isBetween(20 * 60L, 20 * 5_000L);
    assertThat(segment.counters(web).since(atSwitch).txBytes()).isGreaterThanOrEqualTo(20 * 5_000);
  }

  @Test
  void aHiddenVipIsServedButNotAnswered(Lab lab) {
    Segment segment = lab.segment("lan");
    Host client = segment.join(lab.host("client"), "10.77.0.9/24");
    Host web = segment.join(lab.host("web01"), "10.77.0.1/24").hideVip("10.77.0.100");
    WebServer.start(web, 80, 0);

    Probe hidden = Probe.start(client, new Probe.Plan("10.77.0.100", 80, "/", 0, 500, 1));
    hidden.awaitDone(DEADLINE);
    assertThat(hidden.samples(Long.MIN_VALUE)).singleElement().matches(sample -> !sample.ok());

    // Told where the VIP is, the client reaches it: only ARP was silent.
    String mac =
        Json.parse(web.ip("-j", "link", "show", "dev", "eth0"))
            .items()
            .getFirst()
            .get("address")
            .text();
    client.ip("neigh", "replace", "10.77.0.100", "lladdr", mac, "dev", "eth0");
    assertThat(Probe.sequence(client, "10.77.0.100", 80, 3).failed()).isZero();
  }

  @Test
  void cutAndIsolatedHostsDifferByTheirCarrier(Lab lab) {
    Segment segment = lab.segment("lan");
    Host client = segment.join(lab.host("client"), "10.77.0.9/24");
    Host web = segment.join(lab.host("web01"), "10.77.0.1/24");
    WebServer.start(web, 80, 0);
    Probe probe = Probe.start(client, new Probe.Plan("10.77.0.1", 80, "/", 20, 300, 0));
    probe.awaitAnswers(3, DEADLINE);

    segment.isolate(web);
    assertThat(web.ip("link", "show", "dev", "eth0")).contains("LOWER_UP");
    awaitFailure(probe);
    segment.readmit(web);
    probe.awaitAnswers(3, DEADLINE);

    segment.cut(web);
    assertThat(web.ip("link", "show", "dev", "eth0")).contains("NO-CARRIER");
    awaitFailure(probe);
    segment.mend(web);
    probe.awaitAnswers(3, DEADLINE);
  }

  @Test
  void nothingIsLeftBehind() {
    Needs.root();
    long pid;
    String prefix;
    java.nio.file.Path folder;
    try (Lab lab = Lab.open()) {
      prefix = lab.prefix();
      folder = lab.folder("x");
      Host host = lab.segment("lan").join(lab.host("a"), "10.77.0.1/24");
      // Deaf to SIGTERM, and with a child: both must go.
      LabProcess deaf =
          host.start("deaf", List.of("sh", "-c", "trap '' TERM; echo up; sleep 1000; sleep 1000"));
      deaf.awaitLog("up", DEADLINE);
      pid = deaf.pid();
    }
    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(Command.run(List.of("ip", "netns", "list")).out()).doesNotContain(prefix);
    assertThat(Files.exists(folder)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void nothingIsLeftBehindWhenInterrupted(String signal, Lab lab) {
    Host host = lab.host("runner");
    LabProcess program =
        host.start("interrupted", JavaProgram.command(InterruptedLab.class, List.of()));
    program.awaitLog("lab slc", DEADLINE);
    String[] words =
        program
            .log()
            .lines()
            .filter(line -> line.startsWith("lab slc"))
            .findFirst()
            .orElse("")
            .split(" ", -1);

    program.signal(signal);

    Await.until("the interrupted program to end", DEADLINE, () -> !program.alive());
    assertThat(Command.run(List.of("ip", "netns", "list")).out()).doesNotContain(words[1] + "-");
    assertThat(Files.exists(java.nio.file.Path.of(words[2]))).isFalse();
    assertThat(ProcessHandle.of(Long.parseLong(words[3]))).isEmpty();
  }

  @Test
  void aProcessThatEndsEarlyIsReportedWithItsWords(Lab lab) {
    Host host = lab.host("a");
    LabProcess process = host.start("false", List.of("sh", "-c", "echo no such thing; exit 3"));
    assertThatThrownBy(() -> process.awaitLog("ready", DEADLINE))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("ended with 3")
        .hasMessageContaining("no such thing");
  }

  private static void awaitFailure(Probe probe) {
    long now = System.nanoTime();
    Await.until(
        "a failed request",
        DEADLINE,
        () -> probe.samples(now).stream().anyMatch(sample -> !sample.ok()));
  }
}
