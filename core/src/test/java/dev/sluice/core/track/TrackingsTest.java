package dev.sluice.core.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.TrackFile;
import dev.sluice.config.model.TrackProcess;
import dev.sluice.core.Await;
import dev.sluice.linux.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real files and real processes. */
@Timeout(120)
class TrackingsTest {
  @TempDir Path folder;
  private final Map<String, Long> numbers = new ConcurrentHashMap<>();
  private final Map<String, Boolean> up = new ConcurrentHashMap<>();
  private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
  private final Trackings trackings =
      new Trackings(
          new Trackings.Sink() {
            @Override
            public void file(String name, long value, String evidence) {
              numbers.put(name, value);
            }

            @Override
            public void processes(String name, boolean holds, String evidence) {
              up.put(name, holds);
            }
          },
          warnings::add);

  @AfterEach
  void end() {
    trackings.close();
  }

  private TrackFile file(String name, @Nullable Integer initial, boolean overwrite) {
    return new TrackFile(name, folder.resolve(name).toString(), 1, false, initial, overwrite);
  }

  private void number(String name, long value) {
    Await.until(name + " is " + value, () -> Long.valueOf(value).equals(numbers.get(name)));
  }

  @Test
  void aFilesNumberIsKnownAtOnceAndFollowsTheFile() throws IOException {
    Path there = Files.writeString(folder.resolve("there"), "3\n");
    trackings.apply(List.of(file("there", null, false), file("absent", null, false)), List.of());
    // The answers are there when apply returns.
    assertThat(numbers).containsEntry("there", 3L).containsEntry("absent", 0L);
    Path _ = Files.writeString(there, "-20\n");
    number("there", -20);
    Path other = Files.writeString(folder.resolve("other"), "0x11");
    Path _ = Files.move(other, there, StandardCopyOption.REPLACE_EXISTING);
    number("there", 17);
    Files.delete(there);
    number("there", 0);
    Path _ = Files.writeString(folder.resolve("absent"), "9");
    number("absent", 9);
    assertThat(warnings).isEmpty();
  }

  @Test
  void initFileIsWrittenOnceAndOverwritesOnlyWhenTold() throws IOException {
    Path _ = Files.writeString(folder.resolve("kept"), "5\n");
    Path _ = Files.writeString(folder.resolve("over"), "5\n");
    List<TrackFile> files =
        List.of(file("new", 7, false), file("kept", 7, false), file("over", 7, true));
    trackings.apply(files, List.of());
    assertThat(numbers)
        .containsEntry("new", 7L)
        .containsEntry("kept", 5L)
        .containsEntry("over", 7L);
    Path _ = Files.writeString(folder.resolve("over"), "8\n");
    number("over", 8);
    trackings.apply(files, List.of());
    assertThat(folder.resolve("over")).hasContent("8");
  }

  @Test
  void aFileThatIsNoLongerTrackedIsNotTold() throws IOException {
    trackings.apply(List.of(file("a", null, false), file("b", null, false)), List.of());
    trackings.apply(List.of(file("b", null, false)), List.of());
    Path _ = Files.writeString(folder.resolve("a"), "1");
    Path _ = Files.writeString(folder.resolve("b"), "2");
    number("b", 2);
    assertThat(numbers).containsEntry("a", 0L);
  }

  @Test
  void processesComeAndGo() throws Exception {
    // A program of our own name: nobody else on the machine runs it.
    String name = "slc" + ProcessHandle.current().pid() % 100_000_000;
    Path program = folder.resolve(name);
    Path _ = Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
    TrackProcess one = tracked("one", TrackProcess.Match.NONE, name);
    TrackProcess other = tracked("other", TrackProcess.Match.EXACT, name, "1001");
    trackings.apply(List.of(), List.of(one, other));
    assertThat(up).containsEntry("one", false).containsEntry("other", false);
    Subprocess process = Subprocess.start(Subprocess.Spec.of(program.toString(), "1000"));
    try {
      Await.until("one runs", () -> Boolean.TRUE.equals(up.get("one")));
      assertThat(up).containsEntry("other", false);
    } finally {
      process.kill();
    }
    assertThat(process.exit().get(60, TimeUnit.SECONDS))
        .isEqualTo(new Subprocess.Exit.Signalled(9));
    Await.until("none runs", () -> Boolean.FALSE.equals(up.get("one")));
    trackings.apply(List.of(), List.of());
  }

  private static TrackProcess tracked(String name, TrackProcess.Match match, String... command) {
    return new TrackProcess(
        name,
        List.of(command),
        match,
        false,
        0,
        false,
        1,
        Integer.MAX_VALUE,
        Duration.ZERO,
        Duration.ZERO);
  }
}
