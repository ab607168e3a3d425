package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FileWatchTest {
  @TempDir Path directory;

  /** Drains until the last change of the file is of this kind. */
  private static List<FileWatch.Change> until(FileWatch watch, Path file, FileWatch.Kind kind) {
    List<FileWatch.Change> seen = new ArrayList<>();
    EventLoop loop = EventLoop.open("files");
    try {
      EventLoop.Watch _ =
          loop.watch(
              watch.fd(),
              EventLoop.READ,
              _ -> {
                watch.drain(seen::add);
                if (!seen.isEmpty() && seen.getLast().equals(new FileWatch.Change(file, kind))) {
                  loop.stop();
                }
              });
      loop.timer(loop::stop).after(TimeUnit.SECONDS.toNanos(60));
      loop.run();
    } finally {
      loop.close();
    }
    assertThat(seen).last().isEqualTo(new FileWatch.Change(file, kind));
    return seen;
  }

  private static void write(Path file, String text) throws IOException {
    Path _ = Files.writeString(file, text);
  }

  @Test
  void everyWayToChangeAFile() throws Exception {
    Path file = directory.resolve("value");
    Path other = directory.resolve("value.new");
    try (FileWatch watch = FileWatch.open()) {
      watch.add(file);
      write(file, "1");
      assertThat(until(watch, file, FileWatch.Kind.CHANGED))
          .as("told once, when it is complete")
          .hasSize(1);
      write(other, "2");
      Path _ = Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
      assertThat(until(watch, file, FileWatch.Kind.CHANGED)).hasSize(1);
      Files.delete(file);
      until(watch, file, FileWatch.Kind.REMOVED);
      write(other, "3");
      Path _ = Files.createLink(file, other);
      until(watch, file, FileWatch.Kind.CHANGED);
      Path _ = Files.move(file, directory.resolve("away"));
      until(watch, file, FileWatch.Kind.REMOVED);
      watch.remove(file);
      write(file, "4");
      watch.drain(change -> assertThat(change).as("forgotten").isNull());
    }
  }

  @Test
  void aFolderThatComesLaterAndGoes() throws Exception {
    Path folder = directory.resolve("a/b/c");
    Path file = folder.resolve("value");
    try (FileWatch watch = FileWatch.open()) {
      watch.add(file);
      Path _ = Files.createDirectories(folder);
      write(file, "1");
      until(watch, file, FileWatch.Kind.CHANGED);
      Files.delete(file);
      Files.delete(folder);
      until(watch, file, FileWatch.Kind.REMOVED);
      Path _ = Files.createDirectory(folder);
      write(file, "2");
      until(watch, file, FileWatch.Kind.CHANGED);
      Path _ = Files.move(folder, directory.resolve("elsewhere"));
      until(watch, file, FileWatch.Kind.REMOVED);
    }
  }

  /** As Kubernetes publishes: value -> ..data/value, and ..data is replaced. */
  @Test
  void aLinkBesideIsReplaced() throws Exception {
    Path file = directory.resolve("value");
    for (String version : List.of("v1", "v2")) {
      Path _ = Files.createDirectory(directory.resolve(version));
      write(directory.resolve(version).resolve("value"), version);
    }
    Path data = directory.resolve("..data");
    Path _ = Files.createSymbolicLink(data, Path.of("v1"));
    Path _ = Files.createSymbolicLink(file, Path.of("..data/value"));
    try (FileWatch watch = FileWatch.open()) {
      watch.add(file);
      Path next = directory.resolve("..next");
      Path _ = Files.createSymbolicLink(next, Path.of("v2"));
      Path _ = Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
      until(watch, file, FileWatch.Kind.CHANGED);
      assertThat(file).hasContent("v2");
    }
  }
}
