package dev.sluice.bench.vrrp;

import dev.sluice.lab.LabException;
import dev.sluice.lab.LabProcess;
import dev.sluice.lab.Seen;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** Adverts at 10 ms: how late, and whether a backup ever believed its master dead. */
final class Punctuality {
  private static final long INTERVAL_NANOS = 10_000_000;

  /** The master-down interval is 36 ms: half of it gone, the rest is soon missed. */
  private static final Duration STOOD_STILL = Duration.ofMillis(18);

  private static final Duration BEFORE = Duration.ofMillis(60);
  private static final Duration ONE_TAKEOVER = Duration.ofMillis(100);

  private final Path launcher;
  private final PrintStream out;

  Punctuality(Path launcher, PrintStream out) {
    this.launcher = launcher;
    this.out = out;
  }

  /** What else the machine does. */
  private enum Load {
    NONE("idle"),
    CHECKS("300 checks a second in sluice"),
    BUSY("all cores busy");

    private final String words;

    Load(String words) {
      this.words = words;
    }
  }

  /** Prints a table: each load for so long. */
  void run(Duration lateness) {
    out.println(
        "| load | program | adverts | gap beyond 10 ms: median, µs | p99, µs | worst, ms |"
            + " adverts of the backup |");
    out.println("|---|---|---|---|---|---|---|");
    for (Load load : Load.values()) {
      for (Rig.Who who : Rig.Who.values()) {
        if (load != Load.CHECKS || who == Rig.Who.SLUICE) {
          row(who, load, lateness);
        }
      }
    }
    out.println();
  }

  /**
   * Counts how often a backup took over in so long a time; never is what it should. Beside each
   * takeover stands how long the machine itself stood still in the master's down interval before
   * it, so that a master that was silent in truth is told from one that was believed dead.
   */
  void steady(Duration time) {
    out.printf(
        "Both cores busy for %.1f minutes at 10 ms. A takeover counts as the machine's when a"
            + " processor stood still for %d ms or more within the %d ms before it.%n%n",
        time.toMillis() / 60e3, STOOD_STILL.toMillis(), BEFORE.toMillis());
    out.println(
        "| program | takeovers | of them the machine's | false | adverts of the backup |"
            + " standstills of 20 ms and more, longest, ms |");
    out.println("|---|---|---|---|---|---|");
    for (Rig.Who who : Rig.Who.values()) {
      try (Rig rig = new Rig(launcher, Rig.Setup.of(who, "0.01"))) {
        start(rig);
        Standstills standstills = Standstills.watch(rig.client);
        busy(rig);
        long begin = System.nanoTime();
        Rig.run(time);
        List<Seen.Advert> adverts = rig.adverts(false, begin);
        judge(who, adverts, standstills.since(begin));
      }
    }
    out.println();
  }

  private void judge(
      Rig.Who who, List<Seen.Advert> adverts, List<Standstills.Standstill> standstills) {
    List<Long> takeovers = takeovers(adverts);
    var lines = new StringBuilder();
    int machines = 0;
    for (long at : takeovers) {
      long stood = stoodStill(standstills, at);
      if (stood >= STOOD_STILL.toNanos()) {
        machines++;
      } else {
        lines.append(
            "- %s: false at %d, the machine stood still for %.1f ms before%n"
                .formatted(who.name().toLowerCase(Locale.ROOT), at, stood / 1e6));
      }
    }
    out.printf(
        "| %s | %d | %d | %d | %d | %d, %.0f |%n",
        who.name().toLowerCase(Locale.ROOT),
        takeovers.size(),
        machines,
        takeovers.size() - machines,
        adverts.size(),
        standstills.stream().filter(each -> each.millis() >= 20).count(),
        standstills.stream().mapToDouble(Standstills.Standstill::millis).max().orElse(0));
    out.print(lines);
    out.flush();
  }

  /** When each began: adverts of the backup after a pause of its own. */
  private static List<Long> takeovers(List<Seen.Advert> adverts) {
    List<Long> times = new ArrayList<>();
    long before = 0;
    for (Seen.Advert advert : adverts) {
      if (times.isEmpty() || advert.nanos() - before > ONE_TAKEOVER.toNanos()) {
        times.add(advert.nanos());
      }
      before = advert.nanos();
    }
    return times;
  }

  /** The longest any one processor stood still, in all, shortly before a time. */
  private static long stoodStill(List<Standstills.Standstill> all, long at) {
    return all.stream()
        .collect(
            Collectors.groupingBy(
                Standstills.Standstill::processor,
                Collectors.summingLong(each -> each.within(at - BEFORE.toNanos(), at))))
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  /** A program that does not start is a result as well, and no reason to lose the other rows. */
  private void row(Rig.Who who, Load load, Duration time) {
    try {
      measured(who, load, time);
    } catch (LabException e) {
      String why = Objects.requireNonNullElse(e.getMessage(), "").lines().findFirst().orElse("");
      out.printf(
          "| %s | %s | failed: %s | | | | |%n",
          load.words, who.name().toLowerCase(Locale.ROOT), why);
      out.flush();
    }
  }

  private void measured(Rig.Who who, Load load, Duration time) {
    Rig.Setup setup = Rig.Setup.of(who, "0.01");
    try (Rig rig = new Rig(launcher, load == Load.CHECKS ? setup.with(checks()) : setup)) {
      start(rig);
      if (load == Load.BUSY) {
        busy(rig);
      }
      long begin = System.nanoTime();
      Rig.run(time);
      double[] late = late(rig.adverts(true, begin));
      out.printf(
          "| %s | %s | %d | %.0f | %.0f | %.1f | %d |%n",
          load.words,
          who.name().toLowerCase(Locale.ROOT),
          late.length,
          at(late, 0.5) / 1e3,
          at(late, 0.99) / 1e3,
          at(late, 1) / 1e6,
          rig.adverts(false, begin).size());
      out.flush();
    }
  }

  private static void start(Rig rig) {
    rig.a.start();
    rig.await("a holds the address", () -> rig.held(rig.a) == 1);
    rig.b.start();
    rig.await("b waits", () -> rig.b.process().log().contains("BACKUP"));
    rig.settle();
    rig.awaitAdverts(100);
  }

  /** One endless loop a core. */
  private static List<LabProcess> busy(Rig rig) {
    List<LabProcess> loops = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      loops.add(rig.client.start("busy" + i, List.of("sh", "-c", "while :; do :; done")));
    }
    return loops;
  }

  /** 300 real servers, each asked once a second; nothing answers, so every check also fails. */
  private static String checks() {
    var text = new StringBuilder();
    for (int service = 0; service < 3; service++) {
      text.append(
          """
          virtual_server 10.90.2.%d 80 {
            delay_loop 1
            lb_algo wrr
            lb_kind DR
            protocol TCP
          """
              .formatted(1 + service));
      for (int real = 0; real < 100; real++) {
        text.append(
            """
              real_server 10.90.3.%d 80 {
                TCP_CHECK {
                  connect_timeout 1
                }
              }
            """
                .formatted(1 + real));
      }
      text.append("}\n");
    }
    return text.toString();
  }

  /** Gaps beyond the interval in nanoseconds, sorted. */
  private static double[] late(List<Seen.Advert> adverts) {
    double[] late = new double[Math.max(1, adverts.size() - 1)];
    for (int i = 1; i < adverts.size(); i++) {
      late[i - 1] = adverts.get(i).nanos() - adverts.get(i - 1).nanos() - INTERVAL_NANOS;
    }
    Arrays.sort(late);
    return late;
  }

  private static double at(double[] sorted, double quantile) {
    return sorted[(int) Math.min(sorted.length - 1L, (long) (quantile * sorted.length))];
  }
}
