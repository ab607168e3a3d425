package dev.sluice.bench.vrrp;

import dev.sluice.bench.Spread;
import dev.sluice.lab.IcmpProbe;
import java.io.PrintStream;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The longest gap that a client sees which pings the VIP every millisecond, when the master goes.
 */
final class Outages {
  private final Path launcher;
  private final PrintStream out;

  Outages(Path launcher, PrintStream out) {
    this.launcher = launcher;
    this.out = out;
  }

  /** How the master goes. */
  private enum End {
    POWER_CUT("power cut"),
    SIGKILL("SIGKILL"),
    SIGTERM("SIGTERM");

    private final String words;

    End(String words) {
      this.words = words;
    }
  }

  /** Prints a table: milliseconds, median (least .. most); rounds of the two programs in turn. */
  void run(List<String> intervals, int rounds) {
    out.println("| advert_int | the master's end | sluice, ms | keepalived, ms | ratio |");
    out.println("|---|---|---|---|---|");
    for (String interval : intervals) {
      Map<Rig.Who, Map<End, List<Double>>> all = new EnumMap<>(Rig.Who.class);
      Map<Rig.Who, List<Double>> pair = new EnumMap<>(Rig.Who.class);
      for (Rig.Who who : Rig.Who.values()) {
        Map<End, List<Double>> ends = new EnumMap<>(End.class);
        for (End end : End.values()) {
          ends.put(end, new ArrayList<>());
        }
        all.put(who, ends);
        pair.put(who, new ArrayList<>());
      }
      for (int round = 0; round < rounds; round++) {
        for (Rig.Who who : Rig.Who.values()) {
          measure(Rig.Setup.of(who, interval), List.of(End.values()), of(all, who));
          Map<End, List<Double>> release = new EnumMap<>(Map.of(End.SIGTERM, of(pair, who)));
          measure(Rig.Setup.of(who, interval).unicast(), List.of(End.SIGTERM), release);
        }
      }
      for (End end : End.values()) {
        row(
            interval,
            end.words,
            of(of(all, Rig.Who.SLUICE), end),
            of(of(all, Rig.Who.KEEPALIVED), end));
      }
      row(
          interval,
          "SIGTERM, unicast pair",
          of(pair, Rig.Who.SLUICE),
          of(pair, Rig.Who.KEEPALIVED));
    }
    out.println();
  }

  private static <K, V> V of(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key));
  }

  private void row(String interval, String words, List<Double> sluice, List<Double> keepalived) {
    Spread ours = Spread.of(sluice);
    Spread theirs = Spread.of(keepalived);
    // The probe does not tell fractions of a millisecond.
    String ratio = theirs.median() < 0.5 ? "" : "%.2f".formatted(ours.median() / theirs.median());
    out.printf("| %s s | %s | %s | %s | %s |%n", interval, words, ours, theirs, ratio);
    out.flush();
  }

  private void measure(Rig.Setup setup, List<End> ends, Map<End, List<Double>> into) {
    try (Rig rig = new Rig(launcher, setup)) {
      rig.a.start();
      rig.b.start();
      for (End end : ends) {
        rig.settle();
        of(into, end).add(outage(rig, end));
        if (end != ends.getLast()) {
          rig.powerOn();
          if (end == End.SIGTERM) {
            rig.a.process().terminate(Duration.ofSeconds(30));
          }
          rig.a.start();
        }
      }
    }
  }

  private static double outage(Rig rig, End end) {
    var probe = new IcmpProbe(rig.client.namespaceFile(), Inet4Address.ofLiteral(Rig.vip()));
    try (probe) {
      rig.await("the probe is answered", () -> probe.answersNow() && probe.sent() > 500);
      switch (end) {
        case POWER_CUT -> rig.powerCut();
        case SIGKILL -> rig.a.process().kill();
        case SIGTERM -> rig.a.process().signal("TERM");
      }
      rig.await("b holds the VIP", rig::allOnB);
      rig.await("the VIP answers again", probe::answersNow);
      int seen = probe.sent();
      rig.await("the network is calm", () -> probe.sent() > seen + 300);
    }
    return probe.longestGapMillis();
  }
}
