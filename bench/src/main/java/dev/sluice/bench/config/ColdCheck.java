package dev.sluice.bench.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One {@code sluice check FILE}, from the start of the launcher to its end.
 *
 * @param millis wall clock of the whole process
 * @param peakMegabytes the most memory it held (VmHWM), as last seen at most {@value #POLL_MILLIS}
 *     ms before its end
 */
record ColdCheck(double millis, double peakMegabytes) {
  private static final long POLL_MILLIS = 5;
  private static final long PATIENCE_SECONDS = 120;

  /** Runs it to its end; a status other than 0 is no measurement. */
  static ColdCheck run(Path launcher, Path file) {
    Path output = null;
    try {
      output = Files.createTempFile("sluice-bench-", ".out");
      long begin = System.nanoTime();
      Process process =
          new ProcessBuilder(List.of(launcher.toString(), "check", file.toString()))
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(output.toFile())
              .start();
      try {
        return await(process, begin, output);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sluice check ran", e);
    } finally {
      delete(output);
    }
  }

  private static ColdCheck await(Process process, long begin, Path output)
      throws IOException, InterruptedException {
    double peak = 0;
    // The launcher becomes the JVM, so the process id stays and the peak begins anew.
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      peak = Math.max(peak, peakMegabytes(process.pid()));
      if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
        throw new IllegalStateException(
            "sluice check did not end within " + PATIENCE_SECONDS + " s");
      }
    }
    double millis = (System.nanoTime() - begin) / 1e6;
    if (process.exitValue() != 0) {
      String said = Files.readString(output, StandardCharsets.UTF_8);
      throw new IllegalStateException(
          "sluice check ended with "
              + process.exitValue()
              + ": "
              + said.substring(0, Math.min(said.length(), 2000)));
    }
    return new ColdCheck(millis, peak);
  }

  /** 0 when the process is gone, or has given its memory back already. */
  private static double peakMegabytes(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private static void delete(@org.jspecify.annotations.Nullable Path file) {
    if (file == null) {
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
