package dev.sluice.vrrp.driver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real keepalived in a namespace. */
final class Keepalived implements AutoCloseable {
  private final Path folder;
  private final Process process;
  private final Path log;

  static void assumePresent() {
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/keepalived")), "keepalived is not installed");
  }

  Keepalived(String namespace, String configuration) {
    assumePresent();
    try {
      folder = Files.createTempDirectory("slcv");
      Path file = Files.writeString(folder.resolve("keepalived.conf"), configuration);
      log = folder.resolve("log");
      process =
          new ProcessBuilder(
                  List.of(
                      "ip",
                      "netns",
                      "exec",
                      namespace,
                      "/usr/sbin/keepalived",
                      "-n",
                      "-l",
                      "-D",
                      "-P",
                      "-f",
                      file.toString(),
                      "-p",
                      folder.resolve("pid").toString(),
                      "-r",
                      folder.resolve("vrrp").toString(),
                      "-c",
                      folder.resolve("checkers").toString()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM, and waits for the end. */
  void stop() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** SIGKILL of it and its children. */
  void kill() {
    // Children first: one that outlives its parent says priority 0.
    process.descendants().toList().reversed().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      stop();
    }
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
