package dev.sluice.bench.vrrp;

import dev.sluice.lab.Host;
import dev.sluice.lab.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * When the machine itself stood still, as a {@link StandstillWitness} saw it. A false failover that
 * follows such a standstill says nothing about the programs: the master was silent in truth.
 */
final class Standstills {
  private static final Duration START = Duration.ofSeconds(30);
  private static final Pattern LINE = Pattern.compile("(\\d+) (\\d+) (\\d+)");

  private final LabProcess witness;

  private Standstills(LabProcess witness) {
    this.witness = witness;
  }

  /**
   * One of them.
   *
   * @param begin and end on the clock of {@link System#nanoTime}
   */
  record Standstill(int processor, long begin, long end) {
    /** The part of it between two times. */
    long within(long from, long to) {
      return Math.max(0, Math.min(end, to) - Math.max(begin, from));
    }

    double millis() {
      return (end - begin) / 1e6;
    }
  }

  /** Starts the witness; the lab that owns the host ends it. */
  static Standstills watch(Host host) {
    LabProcess process =
        host.start(
            "witness",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=dev.sluice.linux",
                "--module-path",
                System.getProperty("jdk.module.path"),
                "--module",
                "dev.sluice.bench/" + StandstillWitness.class.getName()));
    process.awaitLog(StandstillWitness.READY, START);
    return new Standstills(process);
  }

  /** Those that began after a time. */
  List<Standstill> since(long begin) {
    return witness
        .log()
        .lines()
        .map(LINE::matcher)
        .filter(match -> match.matches())
        .map(match ->
            new Standstill(
                Integer.parseInt(match.group(1)),
                Long.parseLong(match.group(2)),
                Long.parseLong(match.group(3))))
        .filter(each -> each.begin() - begin >= 0)
        .toList();
  }
}
