package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MISC_CHECK with real scripts. */
class CheckEngineScriptTest {
  private static final Duration PATIENT = Duration.ofSeconds(60);

  @TempDir Path dir;
  private final Recorder recorder = new Recorder();
  private final CheckEngine engine = CheckEngine.start(recorder);

  @AfterEach
  void close() {
    engine.close();
  }

  private String script(String body) throws IOException {
    Path file = dir.resolve("check.sh");
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  private void run(Checker checker) {
    engine.apply(List.of(new CheckTarget(Checks.id(80, 0), checker)));
  }

  private static Checker.Pace pace() {
    return Checks.pace(Duration.ofMillis(20), 0, Duration.ofMillis(10), false);
  }

  @Test
  void theExitStatusDecides() throws Exception {
    Path flag = dir.resolve("flag");
    String path = script("test -e " + flag + " || { echo no flag; exit 3; }");
    run(Checks.misc(pace(), false, PATIENT, path));
    CheckResult down = recorder.await(r -> r.changed() && !r.up());
    assertThat(down.evidence()).isEqualTo("exit status 3, expected 0 (no flag)");
    Files.createFile(flag);
    assertThat(recorder.await(r -> r.changed() && r.up()).evidence()).isEqualTo("exit status 0");
  }

  @Test
  void argumentsArriveAsTheyAre() throws Exception {
    String path = script("test \"$1\" = 'a b' -a \"$2\" = '$HOME' -a $# = 2");
    run(Checks.misc(pace(), false, PATIENT, path, "a b", "$HOME"));
    assertThat(recorder.first().up()).isTrue();
  }

  @Test
  void aDynamicScriptSetsTheWeight() throws Exception {
    Path status = dir.resolve("status");
    Files.writeString(status, "12");
    String path = script("exit $(cat " + status + ")");
    run(Checks.misc(pace(), true, PATIENT, path));
    CheckResult weighed = recorder.first();
    assertThat(weighed.up()).isTrue();
    assertThat(weighed.dynamicWeight()).isEqualTo(10);
    assertThat(weighed.evidence()).isEqualTo("exit status 12: weight 10");
    Files.writeString(status, "255");
    recorder.await(r -> Integer.valueOf(253).equals(r.dynamicWeight()));
    recorder.forget();
    Files.writeString(status, "0");
    recorder.await(r -> r.up() && r.dynamicWeight() == null);
    Files.writeString(status, "1");
    assertThat(recorder.await(r -> r.changed() && !r.up()).dynamicWeight()).isNull();
  }

  @Test
  void aScriptOverItsTimeoutIsEndedAndFails() throws Exception {
    Path mark = dir.resolve("pid");
    String path = script("echo $$ > " + mark + "; exec sleep 600");
    run(Checks.misc(pace(), false, Duration.ofSeconds(2), path));
    CheckResult down = recorder.await(r -> r.changed() && !r.up());
    assertThat(down.evidence()).isEqualTo("no result within 2 s");
    // The mark may be of a later run; the one that failed has gone before it was told.
    assertThat(down.durationNanos()).isGreaterThanOrEqualTo(2_000_000_000L);
  }

  @Test
  void aScriptThatIgnoresTermIsKilled() throws Exception {
    String path = script("trap '' TERM; while :; do sleep 1; done");
    run(Checks.misc(pace(), false, Duration.ofMillis(500), path));
    CheckResult down = recorder.await(r -> r.changed() && !r.up());
    assertThat(down.evidence()).isEqualTo("no result within 0.5 s");
    assertThat(down.durationNanos()).isGreaterThanOrEqualTo(2_500_000_000L);
  }

  @Test
  void aMissingScriptFailsWithItsReason() {
    run(Checks.misc(pace(), true, PATIENT, dir.resolve("nothing").toString()));
    CheckResult down = recorder.await(r -> r.changed() && !r.up());
    assertThat(down.evidence()).contains("127").contains("nothing");
  }

  @Test
  void aDroppedCheckTakesItsScriptAlong() throws Exception {
    Path mark = dir.resolve("pid");
    String path = script("echo $$ > " + mark + ".new; mv " + mark + ".new " + mark + "; sleep 600");
    run(Checks.misc(pace(), false, PATIENT, path));
    await(() -> Files.exists(mark));
    long pid = Long.parseLong(Files.readString(mark).strip());
    ProcessHandle script = ProcessHandle.of(pid).orElseThrow();
    engine.apply(List.of());
    await(() -> !script.isAlive());
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).isNegative();
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }
}
