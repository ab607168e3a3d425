package dev.sluice.bench.config;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.LoadResult;
import dev.sluice.config.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a configuration again and again, as a daemon does at reloads: the one before stays in
 * memory until the next one is there. In a JVM of its own, so that flags can be chosen.
 */
public final class WarmRead {
  /** What {@code ./sluice run} starts the JVM with. */
  static final List<String> DAEMON_FLAGS =
      List.of("-XX:+UseZGC", "-Xms64m", "-Xmx512m", "-XX:-UsePerfData");

  private static final int WARM_UPS = 3;
  private static final int ROUNDS = 9;

  private WarmRead() {}

  /** Milliseconds of every round, in a JVM with these flags. */
  static List<Double> inJvm(List<String> flags, Path file, LargeConfiguration large) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "--module-path",
            System.getProperty("jdk.module.path"),
            "--module",
            "dev.sluice.bench/" + WarmRead.class.getName(),
            file.toString(),
            Integer.toString(large.virtualServers())));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String out =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the measuring JVM failed");
      }
      return out.lines().map(Double::valueOf).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a JVM measured", e);
    }
  }

  /** The measuring JVM: file and number of virtual servers; prints a figure per line. */
  public static void main(String[] args) {
    Path file = Path.of(args[0]);
    int services = Integer.parseInt(args[1]);
    LoadResult current = null;
    for (int i = 0; i < WARM_UPS + ROUNDS; i++) {
      long begin = System.nanoTime();
      LoadResult next = ConfigLoader.load(file, ConfigEnvironment.ofThisMachine());
      double millis = (System.nanoTime() - begin) / 1e6;
      if (!next.verdict().equals(Verdict.CLEAN)
          || next.configuration().virtualServers().size() != services
          || (current != null && !current.configuration().equals(next.configuration()))) {
        throw new IllegalStateException(
            "the generated configuration was not read as it should: "
                + next.diagnostics().stream().limit(3).toList());
      }
      current = next;
      if (i >= WARM_UPS) {
        System.out.println(millis);
      }
    }
  }
}
