package dev.sluice.bench.vrrp;

import dev.sluice.lab.Seen;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;

/** Hundreds of instances at 1 s: a joint start, what they cost, and a takeover. */
final class Many {
  /** Longer than the down interval of the lower router. */
  private static final long QUIET_NANOS = Duration.ofMillis(4_500).toNanos();

  /** A machine that is too busy for a router may never let it settle; that is a result as well. */
  private static final Duration SETTLE = Duration.ofSeconds(60);

  private final Path launcher;
  private final PrintStream out;

  Many(Path launcher, PrintStream out) {
    this.launcher = launcher;
    this.out = out;
  }

  /**
   * Prints a table; {@code window} is how long the cost is measured, after {@code warm}: a daemon
   * runs for months, so that its first minute does not count.
   */
  void run(List<Integer> counts, Duration warm, Duration window) {
    out.println(
        "| instances | program | joint start: settled after, s | stray adverts of the lower one |"
            + " master, CPU s/min | backup, CPU s/min | master, MB | backup, MB |"
            + " takeover: first to last advert, ms | all addresses after the cut, ms |");
    out.println("|---|---|---|---|---|---|---|---|---|---|");
    for (int count : counts) {
      for (Rig.Who who : Rig.Who.values()) {
        String head = "| %d | %s |".formatted(count, who.name().toLowerCase(Locale.ROOT));
        Start start = jointStart(who, count);
        out.print(head + start.cells());
        out.println(costAndTakeover(who, count, warm, window));
        out.flush();
      }
    }
    out.println();
  }

  /** How a joint start went. */
  private record Start(boolean quiet, double settledSeconds, int strays) {
    String cells() {
      return " %s%.1f | %d |".formatted(quiet ? "" : "never quiet, > ", settledSeconds, strays);
    }
  }

  private Start jointStart(Rig.Who who, int count) {
    try (Rig rig = new Rig(launcher, Rig.Setup.of(who, "1").many(count))) {
      long begin = System.nanoTime();
      rig.a.start();
      rig.b.start();
      boolean quiet =
          rig.within(
              SETTLE,
              () ->
                  System.nanoTime() - lastOf(rig.adverts(false, begin), begin) > QUIET_NANOS
                      && rig.allOnA());
      List<Seen.Advert> strays = rig.adverts(false, begin);
      long first =
          rig.adverts(true, begin).stream().mapToLong(Seen.Advert::nanos).min().orElse(begin);
      return new Start(quiet, Math.max(0, lastOf(strays, first) - first) / 1e9, strays.size());
    }
  }

  /** One after the other, so that a program that does not survive a joint start is measured too. */
  private String costAndTakeover(Rig.Who who, int count, Duration warm, Duration window) {
    try (Rig rig = new Rig(launcher, Rig.Setup.of(who, "1").many(count))) {
      rig.a.start();
      if (!rig.within(SETTLE, () -> rig.held(rig.a) == count)) {
        return " a alone never held every address | | | | | |";
      }
      rig.b.start();
      Rig.run(warm);
      Usage masterBefore = Usage.of(rig.a.process());
      Usage backupBefore = Usage.of(rig.b.process());
      long from = System.nanoTime();
      Rig.run(window);
      Usage master = Usage.of(rig.a.process());
      Usage backup = Usage.of(rig.b.process());
      double minutes = (System.nanoTime() - from) / 60e9;

      long cut = System.nanoTime();
      rig.powerCut();
      boolean whole =
          rig.within(SETTLE, () -> rig.allOnB() && spread(rig, cut).getCount() == count);
      double complete = (System.nanoTime() - cut) / 1e6;
      LongSummaryStatistics spread = spread(rig, cut);
      return " %.2f | %.2f | %.0f | %.0f | %.0f | %s%.0f |"
          .formatted(
              (master.cpuSeconds() - masterBefore.cpuSeconds()) / minutes,
              (backup.cpuSeconds() - backupBefore.cpuSeconds()) / minutes,
              master.megabytes(),
              backup.megabytes(),
              (spread.getMax() - spread.getMin()) / 1e6,
              whole ? "" : "not all, > ",
              complete);
    }
  }

  private static long lastOf(List<Seen.Advert> adverts, long otherwise) {
    return adverts.stream().mapToLong(Seen.Advert::nanos).max().orElse(otherwise);
  }

  /** When b spoke first for each instance. */
  private static LongSummaryStatistics spread(Rig rig, long since) {
    Map<String, Long> first = new HashMap<>();
    for (Seen.Advert advert : rig.adverts(false, since)) {
      first.putIfAbsent(advert.source() + "/" + advert.vrid(), advert.nanos());
    }
    return first.values().stream().mapToLong(Long::longValue).summaryStatistics();
  }
}
