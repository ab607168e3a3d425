package dev.sluice.core.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.model.GlobalSettings.Fifo;
import dev.sluice.config.model.Script;
import dev.sluice.core.Await;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.script.ScriptRunner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real pipes: keepalived.md 13.3. */
@Timeout(60)
@SuppressWarnings("try") // closed early, which a second time does no harm
class PipeWriterTest {
  @TempDir Path folder;
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final Queue<JournalEvent> journal = new ConcurrentLinkedQueue<>();

  @AfterEach
  void end() {
    timers.shutdownNow();
  }

  private PipeWriter open(Path path, Script script) throws IOException {
    return PipeWriter.open(
        new Fifo(path.toString(), null, script),
        null,
        new ScriptRunner(timers),
        timers,
        journal::add);
  }

  private PipeWriter open(Path path) throws IOException {
    return PipeWriter.open(
        new Fifo(path.toString(), null, null),
        null,
        new ScriptRunner(timers),
        timers,
        journal::add);
  }

  @Test
  void isMadeKeepsLinesForTheReaderAndIsRemoved() throws IOException {
    Path path = folder.resolve("fifo");
    try (PipeWriter writer = open(path)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-r--r--");
      writer.write("INSTANCE \"A\" BACKUP 100");
      writer.write("INSTANCE \"A\" MASTER 100");
      try (BufferedReader reader = reading(path)) {
        assertThat(reader.readLine()).isEqualTo("INSTANCE \"A\" BACKUP 100");
        assertThat(reader.readLine()).isEqualTo("INSTANCE \"A\" MASTER 100");
        writer.write("INSTANCE \"A\" STOP 100");
        assertThat(reader.readLine()).isEqualTo("INSTANCE \"A\" STOP 100");
        writer.close();
        assertThat(reader.readLine()).as("the end").isNull();
      }
    }
    assertThat(path).doesNotExist();
    assertThat(journal).isEmpty();
  }

  @Test
  void withoutAReaderTheOldestThatWaitAreDroppedAndTheJournalHears() throws IOException {
    Path path = folder.resolve("fifo");
    try (PipeWriter writer = open(path)) {
      int all = 3 * PipeWriter.WAITING;
      for (int i = 0; i < all; i++) {
        writer.write("INSTANCE \"with quite a long name\" MASTER " + i);
      }
      assertThat(journal).isNotEmpty().allMatch(JournalEvent.NotifyFailed.class::isInstance);
      assertThat(journal.size()).isLessThan(20);
      try (BufferedReader reader = reading(path)) {
        String last = "INSTANCE \"with quite a long name\" MASTER " + (all - 1);
        String line;
        int seen = 0;
        int before = -1;
        do {
          line = reader.readLine();
          int number = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
          assertThat(number).as("in order").isGreaterThan(before);
          before = number;
          seen++;
        } while (!line.equals(last));
        assertThat(seen).isGreaterThan(PipeWriter.WAITING).isLessThan(all);
      }
    }
  }

  @Test
  void theScriptGetsThePathAndHasTheLastWord() throws IOException {
    Path log = folder.resolve("log");
    Path file = folder.resolve("reader");
    Files.writeString(
        file, "#!/bin/sh\nwhile read line; do echo \"$1 $line\" >> " + log + "; done < \"$2\"\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path path = folder.resolve("fifo");
    try (PipeWriter writer = open(path, new Script(List.of(file.toString(), "said:"), null))) {
      writer.write("GROUP \"G\" MASTER 0");
      Await.until("the script reads", () -> Files.exists(log));
      writer.write("GROUP \"G\" STOP 0");
    }
    assertThat(Files.readAllLines(log))
        .containsExactly("said: GROUP \"G\" MASTER 0", "said: GROUP \"G\" STOP 0");
  }

  @Test
  void whatIsNoPipeIsNotTouched() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "precious");
    assertThatThrownBy(() -> open(file).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exists and is no named pipe");
    assertThat(file).hasContent("precious");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThatThrownBy(() -> open(link).close()).isInstanceOf(IOException.class);
  }

  @Test
  void aPipeThatWasThereStays() throws IOException {
    Path path = folder.resolve("fifo");
    open(path).close();
    assertThat(path).doesNotExist();
    try (PipeWriter first = open(path);
        PipeWriter second = open(path)) {
      second.write("one");
      second.close();
      assertThat(path).exists();
      first.write("two");
    }
    assertThat(path).doesNotExist();
  }

  private static BufferedReader reading(Path path) throws IOException {
    return new BufferedReader(
        new InputStreamReader(Files.newInputStream(path), StandardCharsets.UTF_8));
  }
}
