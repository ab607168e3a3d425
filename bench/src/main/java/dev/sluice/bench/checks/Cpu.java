package dev.sluice.bench.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Processor time that a process has used. */
record Cpu(double userSeconds, double systemSeconds) {
  private static final double TICKS_PER_SECOND = 100;
  private static final int UTIME = 11;
  private static final int STIME = 12;

  static Cpu of(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return new Cpu(
          Long.parseLong(fields[UTIME]) / TICKS_PER_SECOND,
          Long.parseLong(fields[STIME]) / TICKS_PER_SECOND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Cpu since(Cpu before) {
    return new Cpu(userSeconds - before.userSeconds, systemSeconds - before.systemSeconds);
  }

  double seconds() {
    return userSeconds + systemSeconds;
  }
}
