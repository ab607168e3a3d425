package dev.sluice.bench.vrrp;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

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

  /** A part of it, which can be asked for alone. */
  private enum Part {
    OUTAGE,
    MANY,
    PUNCTUALITY,
    STEADY,
    ALLOCATION
  }

  /**
   * Prints tables in Markdown: median (least .. most) where there are rounds.
   *
   * @param name {@code vrrp} for all, or {@code vrrp-} and a part: outage, many, punctuality,
   *     steady, allocation
   * @return false when there is no such part
   */
  public boolean run(String name) {
    boolean known = false;
    for (Part part : Part.values()) {
      if (name.equals("vrrp") || name.equals("vrrp-" + part.name().toLowerCase(Locale.ROOT))) {
        known = true;
        run(part);
      }
    }
    return known;
  }

  private void run(Part part) {
    switch (part) {
      case OUTAGE -> {
        title("Outage of a client, 1 ms probe");
        new Outages(launcher, out)
            .run(quick ? List.of("0.1") : List.of("1", "0.1", "0.01"), quick ? 1 : 5);
      }
      case MANY -> {
        title("Many instances at 1 s");
        new Many(launcher, out)
            .run(
                quick ? List.of(200) : List.of(200, 1000),
                Duration.ofSeconds(quick ? 10 : 60),
                Duration.ofSeconds(quick ? 10 : 60));
      }
      case PUNCTUALITY -> {
        title("Adverts at 10 ms");
        new Punctuality(launcher, out).run(Duration.ofSeconds(quick ? 5 : 60));
      }
      case STEADY -> {
        title("A backup beside adverts at 10 ms");
        new Punctuality(launcher, out)
            .steady(quick ? Duration.ofSeconds(10) : Duration.ofMinutes(10));
      }
      case ALLOCATION -> {
        title("Allocation of the VRRP loop, 20 instances at 10 ms");
        try {
          new Allocation(out).run(Duration.ofSeconds(quick ? 5 : 30));
        } catch (RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new IllegalStateException("cannot measure the allocation", e);
        }
      }
    }
  }

  private void title(String words) {
    out.println("### " + words);
    out.println();
  }
}
