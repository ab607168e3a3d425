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
  void trackScriptsRunAtOnceAndAgainAndStop() throws Exception {
    Queue<String> results = new ConcurrentLinkedQueue<>();
    var track = new TrackScripts(runner, timers, (name, success, _) -> results.add(name + success));
    var chk =
        new VrrpScript(
            "chk",
            script("chk", "exit 1"),
            Duration.ofMillis(50),
            Duration.ofSeconds(20),
            0,
            false,
            1,
            1,
            false);
    track.apply(List.of(chk));
    Await.until("two results", () -> results.size() >= 2);
    assertThat(results).containsOnly("chkfalse");
    track.apply(List.of());
  }
}
