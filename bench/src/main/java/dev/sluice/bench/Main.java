package dev.sluice.bench;

import dev.sluice.bench.failover.FailoverBench;
import dev.sluice.bench.packet.PacketBench;
import dev.sluice.bench.start.StartBench;
import java.nio.file.Path;
import java.util.List;

/** {@code ./dev bench [packet] [failover] [start]}: without a word, all. */
public final class Main {
  private static final int USAGE = 2;

  private Main() {}

  /** Prints tables in Markdown, as docs/performance.md holds them. */
  public static void main(String[] args) {
    List<String> asked = args.length == 0 ? List.of("packet", "failover", "start") : List.of(args);
    Path launcher = Path.of(System.getProperty("sluice.root", "."), "sluice").toAbsolutePath();
    for (String name : asked) {
      System.out.println();
      System.out.println("## " + name);
      System.out.println();
      switch (name) {
        case "packet" -> PacketBench.run(System.out);
        case "failover" -> new FailoverBench(launcher, 5, System.out).run();
        case "start" -> new StartBench(launcher, 5, System.out).run();
        default -> {
          System.err.println("bench: no measurement '" + name + "': packet, failover, start");
          System.exit(USAGE);
        }
      }
    }
  }
}
