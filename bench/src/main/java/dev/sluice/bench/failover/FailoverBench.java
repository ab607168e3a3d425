package dev.sluice.bench.failover;

import dev.sluice.bench.Spread;
import dev.sluice.lab.Await;
import dev.sluice.lab.Director;
import dev.sluice.lab.Host;
import dev.sluice.lab.IcmpProbe;
import dev.sluice.lab.Lab;
import dev.sluice.lab.Segment;
import java.io.PrintStream;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The outage that a client sees, which pings the VIP every millisecond, when the master goes:
 * sluice and Debian's keepalived in the same run, round by round in turn. Two directors, version 3,
 * multicast, priorities 150 and 100.
 */
public final class FailoverBench {
  private static final String VIP = "10.99.0.100";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path launcher;
  private final int rounds;
  private final PrintStream out;

  /** How the master goes. */
  private enum End {
    /** Its cable is cut: what a dead machine looks like. */
    POWER_CUT("power cut"),
    /** It is stopped in order. */
    SIGTERM("SIGTERM");

    private final String words;

    End(String words) {
      this.words = words;
    }
  }

  private enum Who {
    SLUICE,
    KEEPALIVED
  }

  /** Measures with the daemon of this launcher. */
  public FailoverBench(Path launcher, int rounds, PrintStream out) {
    this.launcher = launcher;
    this.rounds = rounds;
    this.out = out;
  }

  /** Prints a table in Markdown: the outage in milliseconds, median (least .. most). */
  public void run() {
    out.println("| advert_int | the master's end | sluice, ms | keepalived, ms | ratio |");
    out.println("|---|---|---|---|---|");
    for (String interval : List.of("1", "0.1")) {
      for (End end : End.values()) {
        var sluice = new ArrayList<Double>();
        var keepalived = new ArrayList<Double>();
        for (int i = 0; i < rounds; i++) {
          sluice.add(outage(Who.SLUICE, interval, end));
          keepalived.add(outage(Who.KEEPALIVED, interval, end));
        }
        Spread ours = Spread.of(sluice);
        Spread theirs = Spread.of(keepalived);
        out.printf(
            "| %s s | %s | %s | %s | %.2f |%n",
            interval, end.words, ours, theirs, ours.median() / theirs.median());
      }
    }
  }

  private double outage(Who who, String interval, End end) {
    try (Lab lab = Lab.open()) {
      Segment segment = lab.segment("lan");
      Host client = lab.host("client");
      Host a = lab.host("a");
      Host b = lab.host("b");
      segment.join(client, "10.99.0.10/24");
      segment.join(a, "10.99.0.1/24");
      segment.join(b, "10.99.0.2/24");
      Director first = director(who, a, interval, 150).start();
      Director second = director(who, b, interval, 100).start();
      Await.until("a holds the VIP alone", PATIENCE, () -> first.holds(VIP) && !second.holds(VIP));
      Await.until(
          "the VIP answers", PATIENCE, () -> client.run("ping", "-c1", "-W1", VIP).status() == 0);
      var probe = new IcmpProbe(client.namespaceFile(), address(VIP));
      try (probe) {
        // More than three adverts: the backup has learnt of the master.
        Await.until(
            "the probe is at rest", PATIENCE, () -> probe.answersNow() && probe.sent() > 4000);
        switch (end) {
          case POWER_CUT -> segment.cut(a);
          case SIGTERM -> first.process().signal("TERM");
        }
        Await.until("b holds the VIP", PATIENCE, () -> second.holds(VIP));
        Await.until("the VIP answers again", PATIENCE, probe::answersNow);
        int seen = probe.sent();
        Await.until("the network is calm", PATIENCE, () -> probe.sent() > seen + 500);
      }
      return probe.longestGapMillis();
    }
  }

  private Director director(Who who, Host host, String interval, int priority) {
    String configuration =
        """
        global_defs {
          vrrp_version 3
        }
        vrrp_instance VI_1 {
          interface eth0
          virtual_router_id 51
          priority %d
          advert_int %s
          virtual_ipaddress {
            %s/24
          }
        }
        """
            .formatted(priority, interval, VIP);
    return switch (who) {
      case SLUICE -> Director.sluice(host, launcher, configuration);
      case KEEPALIVED -> Director.keepalived(host, configuration);
    };
  }

  private static Inet4Address address(String text) {
    return Inet4Address.ofLiteral(text);
  }
}
