package dev.sluice.bench.config;

import dev.sluice.bench.Spread;
import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.LoadResult;
import dev.sluice.config.Verdict;
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
 * as a daemon reads at a reload, and cold, as a whole {@code sluice check}, with its memory.
 */
public final class ConfigBench {
  private static final int WARM_UPS = 3;
  private static final int WARM_ROUNDS = 7;
  private static final int COLD_ROUNDS = 5;

  private ConfigBench() {}

  /** Prints a table in Markdown: median (least .. most). Needs a built launcher. */
  public static void run(PrintStream out) {
    Path launcher = Path.of(System.getProperty("sluice.root", "."), "sluice").toAbsolutePath();
    LargeConfiguration large = LargeConfiguration.USUAL;
    Path file = large.write();
    try {
      List<Double> warm = warm(file, large);
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
      out.println("| read and validate, warm JVM, ms | " + Spread.of(warm) + " |");
      out.println("| `sluice check`, whole command, ms | " + Spread.of(cold) + " |");
      out.println("| peak resident memory of that command, MB | " + Spread.of(peak) + " |");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  private static List<Double> warm(Path file, LargeConfiguration large) {
    ConfigEnvironment environment = ConfigEnvironment.ofThisMachine();
    List<Double> figures = new ArrayList<>();
    for (int i = 0; i < WARM_UPS + WARM_ROUNDS; i++) {
      long begin = System.nanoTime();
      LoadResult result = ConfigLoader.load(file, environment);
      double millis = (System.nanoTime() - begin) / 1e6;
      if (!result.verdict().equals(Verdict.CLEAN)
          || result.configuration().virtualServers().size() != large.virtualServers()) {
        throw new IllegalStateException(
            "the generated configuration was not read as it should: "
                + result.diagnostics().stream().limit(3).toList());
      }
      if (i >= WARM_UPS) {
        figures.add(millis);
      }
    }
    return figures;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
