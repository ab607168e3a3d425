package dev.sluice.bench.start;

import dev.sluice.bench.Spread;
import dev.sluice.lab.Await;
import dev.sluice.lab.Command;
import dev.sluice.lab.Director;
import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.Segment;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * From the launcher's first instruction to the daemon's first answer, the memory it then holds, and
 * the time of {@code sluice status}, with one VRRP instance and one service of three servers.
 */
public final class StartBench {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int COMMANDS = 15;

  private final Path launcher;
  private final int rounds;
  private final PrintStream out;

  /** Measures the daemon of this launcher. */
  public StartBench(Path launcher, int rounds, PrintStream out) {
    this.launcher = launcher;
    this.rounds = rounds;
    this.out = out;
  }

  /** Prints a table in Markdown: median (least .. most). */
  public void run() {
    var start = new ArrayList<Double>();
    var memory = new ArrayList<Double>();
    var status = new ArrayList<Double>();
    for (int i = 0; i < rounds; i++) {
      round(start, memory, status);
    }
    out.println("| what | figure |");
    out.println("|---|---|");
    out.println("| start until the control socket answers, ms | " + Spread.of(start) + " |");
    out.println("| resident memory of the daemon after that, MB | " + Spread.of(memory) + " |");
    out.println("| `sluice status`, whole command, ms | " + Spread.of(status) + " |");
  }

  private void round(List<Double> start, List<Double> memory, List<Double> status) {
    try (Lab lab = Lab.open()) {
      Segment segment = lab.segment("lan");
      Host a = lab.host("a");
      segment.join(a, "10.99.0.1/24");
      Director director =
          Director.sluice(
              a,
              launcher,
              """
              vrrp_instance VI_1 {
                interface eth0
                virtual_router_id 51
                virtual_ipaddress {
                  10.99.0.100/24
                }
              }
              virtual_server 10.99.0.100 80 {
                lb_algo wrr
                lb_kind DR
                protocol TCP
                real_server 10.99.0.11 80 {
                }
                real_server 10.99.0.12 80 {
                }
                real_server 10.99.0.13 80 {
                }
              }
              """);
      Path socket = director.runtimeDirectory().resolve("control.sock");
      long begin = System.nanoTime();
      director.start();
      Await.until("the control socket is there", PATIENCE, () -> Files.exists(socket));
      Await.until("the daemon answers", PATIENCE, () -> director.verb("status").status() == 0);
      start.add((System.nanoTime() - begin) / 1e6);
      memory.add(residentMegabytes(director.process().pid()));
      for (int i = 0; i < COMMANDS; i++) {
        long at = System.nanoTime();
        Command.Result result = director.verb("status");
        if (result.status() != 0) {
          throw new IllegalStateException("sluice status failed: " + result.err());
        }
        status.add((System.nanoTime() - at) / 1e6);
      }
    }
  }

  private static double residentMegabytes(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("no VmRSS for process " + pid);
  }
}
