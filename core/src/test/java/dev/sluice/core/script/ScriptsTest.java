package dev.sluice.core.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Script;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.core.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptsTest {
  @TempDir Path folder;
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final ScriptRunner runner = new ScriptRunner(timers);

  @AfterEach
  void end() {
    timers.shutdownNow();
  }

  private Script script(String name, String body) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Script(List.of(file.toString()), null);
  }

  private ScriptRunner.Outcome run(Script script, String... more) throws Exception {
    return runner.run(script, List.of(more), Duration.ofSeconds(20)).get(30, TimeUnit.SECONDS);
  }

  @Test
  void successFailureAndArguments() throws Exception {
    assertThat(run(script("good", "exit 0")).success()).isTrue();
    ScriptRunner.Outcome bad = run(script("bad", "echo it is \"$1\"; exit 7"), "quite $HOME bad");
    assertThat(bad.success()).isFalse();
    assertThat(bad.evidence()).isEqualTo("exit status 7: it is quite $HOME bad");
  }

  @Test
  void whatCannotBeStartedIsAnOutcome() throws Exception {
    ScriptRunner.Outcome outcome = run(new Script(List.of("/certainly/not/there"), null));
    assertThat(outcome.success()).isFalse();
    assertThat(outcome.evidence()).isNotEmpty();
  }

  @Test
  void aSlowScriptIsEndedAndFails() throws Exception {
    Path mark = folder.resolve("mark");
    ScriptRunner.Outcome outcome =
        runner
            .run(
                script(
                    "slow",
                    "trap 'echo ended > " + mark + "; exit' TERM\nwhile :; do sleep 0.1; done"),
                List.of(),
                Duration.ofMillis(300))
            .get(30, TimeUnit.SECONDS);
    assertThat(outcome).isInstanceOf(ScriptRunner.Outcome.TimedOut.class);
    Await.until("the script got SIGTERM", () -> Files.exists(mark));
  }

  @Test
  void aSignalIsNoStatus() throws Exception {
    ScriptRunner.Outcome outcome = run(script("dies", "kill -KILL $$"));
    assertThat(outcome.success()).isFalse();
    assertThat(outcome.evidence()).isEqualTo("killed by signal 9");
    assertThat(run(script("says", "exit 137")).evidence()).isEqualTo("exit status 137");
  }

  /** keepalived.md 10.3: a file without {@code #!} is run through a shell. */
  @Test
  void aFileWithoutAnInterpreterIsRunByAShell() throws Exception {
    Path file = folder.resolve("plain");
    Files.writeString(file, "echo shell $1\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(run(new Script(List.of(file.toString()), null), "works").evidence())
        .isEqualTo("exit status 0: shell works");
  }

  /** keepalived.md 5.1: {@code </path} only tests that a file can be opened. */
  @Test
  void aFileIsOpenedOnly() throws Exception {
    Path file = Files.createFile(folder.resolve("there"));
    assertThat(run(new Script(List.of("<" + file), null)).success()).isTrue();
    assertThat(run(new Script(List.of("<" + folder.resolve("absent")), null)).success()).isFalse();
  }

  private static int linesOf(Path file) {
    try {
      return Files.readAllLines(file).size();
    } catch (IOException _) {
      return 0;
    }
  }

  private VrrpScript tracked(Script script, Duration interval, Duration timeout, int weight) {
    return new VrrpScript("chk", script, interval, timeout, weight, false, 1, 1, false);
  }

  @Test
  void trackScriptsRunAtOnceAndAgainAndStop() throws Exception {
    Queue<String> results = new ConcurrentLinkedQueue<>();
    var track = new TrackScripts(runner, timers, (name, success, _) -> results.add(name + success));
    track.apply(
        List.of(
            tracked(script("chk", "exit 1"), Duration.ofMillis(50), Duration.ofSeconds(20), 0)));
    Await.until("two results", () -> results.size() >= 2);
    assertThat(results).containsOnly("chkfalse");
    track.apply(List.of());
  }

  /** One that ignores SIGTERM is left out when due again, and fails once for each run. */
  @Test
  void aRunThatStillGoesIsNotJoinedByAnother() throws Exception {
    Path starts = folder.resolve("starts");
    Queue<String> results = new ConcurrentLinkedQueue<>();
    var track = new TrackScripts(runner, timers, (_, success, why) -> results.add(success + why));
    Script stubborn =
        script("stubborn", "echo $$ >> " + starts + "\ntrap '' TERM\nwhile :; do sleep 0.05; done");
    long begun = System.nanoTime();
    track.apply(List.of(tracked(stubborn, Duration.ofMillis(20), Duration.ofMillis(100), 0)));
    Await.until("a second run", () -> linesOf(starts) >= 2);
    // Between two runs lies at least the grace of the first.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(2));
    assertThat(results.peek()).isEqualTo("falseno exit within 0.1 s");
    track.apply(List.of());
    assertThat(results.size()).isLessThanOrEqualTo(linesOf(starts));
  }

  /** keepalived.md 14.2: the identity of a script is command and user. */
  @Test
  void aResultOfTheOldCommandIsNobodys() throws Exception {
    Path go = folder.resolve("go");
    Path done = folder.resolve("done");
    Path begun = folder.resolve("begun");
    Queue<String> results = new ConcurrentLinkedQueue<>();
    var track = new TrackScripts(runner, timers, (_, success, _) -> results.add("" + success));
    Script slow =
        script(
            "slow",
            ": > "
                + begun
                + "; until [ -e "
                + go
                + " ]; do sleep 0.02; done; : > "
                + done
                + "; exit 1");
    Duration day = Duration.ofDays(1);
    track.apply(List.of(tracked(slow, day, day, 0)));
    Await.until("the old one runs", () -> Files.exists(begun));
    track.apply(List.of(tracked(script("new", "exit 0"), day, day, 0)));
    Files.createFile(go);
    Await.until("the new one's result", () -> !results.isEmpty());
    Await.until("the old one has ended", () -> Files.exists(done));
    assertThat(results).containsExactly("true");
    // Another weight is no other script: it does not run again.
    track.apply(List.of(tracked(script("new", "exit 0"), day, day, -20)));
    assertThat(results).containsExactly("true");
    track.apply(List.of());
  }
}
