package dev.sluice.bench;

import dev.sluice.bench.checks.CheckBench;
import dev.sluice.bench.config.ConfigBench;
import dev.sluice.bench.failover.FailoverBench;
import dev.sluice.bench.packet.FloodBench;
import dev.sluice.bench.packet.PacketBench;
import dev.sluice.bench.start.StartBench;
import dev.sluice.bench.vrrp.VrrpBench;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ./dev bench [packet] [flood] [config] [start] [failover] [vrrp] [checks] [--quick]}:
 * without a word, all but vrrp, which takes an hour, and checks, which takes ten minutes; with
 * {@code --quick} a few minutes. {@code ./dev bench jmh} does not come here: JMH runs from the
 * class path.
 */
public final class Main {
  private static final int USAGE = 2;

  private Main() {}

  /** Prints tables in Markdown, as docs/performance.md holds them. */
  public static void main(String[] args) {
    boolean quick = List.of(args).contains("--quick");
    List<String> words = List.of(args).stream().filter(word -> !word.equals("--quick")).toList();
    List<String> asked = words.isEmpty() ? List.of("packet", "config", "start", "failover") : words;
    Path launcher = Path.of(System.getProperty("sluice.root", "."), "sluice").toAbsolutePath();
    for (String name : asked) {
      System.out.println();
      System.out.println("## " + name);
      System.out.println();
      switch (name) {
        case "packet" -> PacketBench.run(System.out);
        case "flood" -> FloodBench.run(System.out);
        case "config" -> ConfigBench.run(System.out);
        case "failover" -> new FailoverBench(launcher, 3, System.out).run();
        case "start" -> new StartBench(launcher, 5, System.out).run();
        default -> {
          if (new VrrpBench(launcher, quick, System.out).run(name)
              || new CheckBench(quick, System.out).run(name)) {
            continue;
          }
          System.err.println(
              "bench: no measurement '"
                  + name
                  + "': packet, flood, config, start, failover, vrrp, vrrp-PART, checks,"
                  + " checks-PART, or jmh alone");
          System.exit(USAGE);
        }
      }
    }
  }
}
