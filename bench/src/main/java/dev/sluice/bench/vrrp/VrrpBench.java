package dev.sluice.bench.vrrp;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * VRRP, sluice and Debian's keepalived side by side in one run. The quick mode takes a few minutes
 * and shows that everything works; figures for the record come from the full one, on a quiet
 * machine.
 */
public final class VrrpBench {
  private final Path launcher;
  private final boolean quick;
  private final PrintStream out;

  /** Measures with the daemon of this launcher. */
  public VrrpBench(Path launcher, boolean quick, PrintStream out) {
    this.launcher = launcher;
    this.quick = quick;
    this.out = out;
  }

  /** Prints tables in Markdown: median (least .. most) where there are rounds. */
  public void run() {
    out.println("### Outage of a client, 1 ms probe");
    out.println();
    new Outages(launcher, out)
        .run(quick ? List.of("0.1") : List.of("1", "0.1", "0.01"), quick ? 1 : 5);
    out.println("### Many instances at 1 s");
    out.println();
    new Many(launcher, out)
        .run(
            quick ? List.of(200) : List.of(200, 1000),
            quick ? Duration.ofSeconds(10) : Duration.ofSeconds(60));
    out.println("### Adverts at 10 ms");
    out.println();
    new Punctuality(launcher, out)
        .run(
            quick ? Duration.ofSeconds(5) : Duration.ofSeconds(60),
            quick ? Duration.ofSeconds(10) : Duration.ofMinutes(10));
    out.println("### Allocation of the VRRP loop, 20 instances at 10 ms");
    out.println();
    try {
      new Allocation(out).run(quick ? Duration.ofSeconds(5) : Duration.ofSeconds(30));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("cannot measure the allocation", e);
    }
  }
}
