package dev.sluice.bench.config;

import dev.sluice.bench.Spread;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How long it takes to read and to validate 10,000 virtual servers with 100,000 real servers: warm,
 * as a daemon reads at a reload, once with the daemon's own flags and once without any, and cold,
 * as a whole {@code sluice check}, with its memory.
 */
public final class ConfigBench {
  private static final int COLD_ROUNDS = 5;

  private ConfigBench() {}

  /** Prints a table in Markdown: median (least .. most). Needs a built launcher. */
  public static void run(PrintStream out) {
    Path launcher = Path.of(System.getProperty("sluice.root", "."), "sluice").toAbsolutePath();
    LargeConfiguration large = LargeConfiguration.USUAL;
    Path file = large.write();
    try {
      List<Double> daemon = WarmRead.inJvm(WarmRead.DAEMON_FLAGS, file, large);
      List<Double> plain = WarmRead.inJvm(List.of(), file, large);
      List<Double> cold = new ArrayList<>();
      List<Double> peak = new ArrayList<>();
      // One for the page cache, and for a launcher that has to build first.
      ColdCheck.run(launcher, file);
      for (int i = 0; i < COLD_ROUNDS; i++) {
        ColdCheck check = ColdCheck.run(launcher, file);
        cold.add(check.millis());
        peak.add(check.peakMegabytes());
      }
      out.printf(
          Locale.ROOT,
          "%,d virtual servers, %,d real servers, each with a TCP_CHECK; %.1f MB of text.%n%n",
          large.virtualServers(),
          large.virtualServers() * large.realServersEach(),
          Files.size(file) / 1e6);
      out.println("| what | figure |");
      out.println("|---|---|");
      out.println(
          "| read and validate, warm, the daemon's flags ("
              + String.join(" ", WarmRead.DAEMON_FLAGS)
              + "), ms | "
              + Spread.of(daemon)
              + " |");
      out.println("| read and validate, warm, no flags, ms | " + Spread.of(plain) + " |");
      out.println("| `sluice check`, whole command, ms | " + Spread.of(cold) + " |");
      out.println("| peak resident memory of that command, MB | " + Spread.of(peak) + " |");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
