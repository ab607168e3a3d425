package dev.sluice.lab;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells a demo as it happens, and keeps count of what was promised and what came. */
final class Narrator {
  private static final Duration DEADLINE = Duration.ofSeconds(40);
  private static final long TICK_NANOS = 1_000_000_000L;
  private static final String DIM = "\033[2m";
  private static final String BOLD = "\033[1m";
  private static final String GREEN = "\033[32m";
  private static final String RED = "\033[31m";
  private static final String PLAIN = "\033[0m";

  private final PrintStream out;
  private final boolean colour;
  private final long startNanos = System.nanoTime();
  private final List<Step> steps = new ArrayList<>();
  private @Nullable Probe traffic;

  /** What was promised, whether it happened, and how. */
  record Step(String title, boolean ok, String detail) {}

  Narrator(PrintStream out, boolean colour) {
    this.out = out;
    this.colour = colour;
  }

  /** Colour is for terminals, and not for those who decline it. */
  @SuppressWarnings(
      "SystemConsoleNull") // NullAway asks for the check that Error Prone calls needless
  static boolean colourWanted() {
    var console = System.console();
    String term = System.getenv("TERM");
    return console != null
        && console.isTerminal()
        && System.getenv("NO_COLOR") == null
        && term != null
        && !term.equals("dumb");
  }

  void say(String text) {
    text.lines().forEach(line -> out.println(line.stripTrailing()));
    if (text.isEmpty()) {
      out.println();
    }
    out.flush();
  }

  void heading(String text) {
    say("");
    say(paint(BOLD, text));
  }

  /** A line with the time since the demo began. */
  void note(String text) {
    say("  %5.1f s  %s".formatted((System.nanoTime() - startNanos) / 1e9, text));
  }

  void failure(String text) {
    say(paint(RED, "  failed   ") + text);
  }

  /** From now on the client's answers are shown once a second while something is waited for. */
  void traffic(Probe probe) {
    traffic = probe;
  }

  /** Waits for a condition while it shows the traffic; returns how long it took. */
  Duration watch(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    long[] shown = {start};
    Await.until(
        what,
        DEADLINE,
        () -> {
          if (condition.getAsBoolean()) {
            return true;
          }
          long now = System.nanoTime();
          if (now - shown[0] >= TICK_NANOS) {
            showTraffic(shown[0]);
            shown[0] = now;
          }
          return false;
        });
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void showTraffic(long sinceNanos) {
    Probe client = traffic;
    if (client == null) {
      return;
    }
    Probe.Summary span = client.summary(sinceNanos);
    String failed = span.failed() == 0 ? "" : ", " + span.failed() + " failed";
    note(paint(DIM, "client: " + DemoNetwork.shares(span) + failed));
  }

  /**
   * Does one step: {@code act} returns what came of it, or fails with a {@link LabException}.
   * Returns whether it worked.
   */
  boolean step(Lab lab, String title, Supplier<String> act) {
    heading("%d. %s".formatted(steps.size() + 1, title));
    try {
      String detail = act.get();
      steps.add(new Step(title, true, detail));
      note(paint(GREEN, "ok: ") + detail);
      return true;
    } catch (LabException e) {
      if (lab.interrupted()) {
        throw e;
      }
      steps.add(new Step(title, false, e.getMessage()));
      failure(e.getMessage());
      return false;
    }
  }

  /**
   * Prints the table of steps and returns the exit status: 0 when {@code promised} steps were done
   * and all worked.
   */
  int summary(int promised) {
    heading("Summary");
    int width = steps.stream().mapToInt(step -> step.title().length()).max().orElse(0);
    for (Step step : steps) {
      String mark = step.ok() ? paint(GREEN, "ok    ") : paint(RED, "FAILED");
      say("  %s  %s  %s".formatted(mark, pad(step.title(), width), firstLine(step.detail())));
    }
    boolean all = steps.size() == promised && steps.stream().allMatch(Step::ok);
    say("");
    say(
        all
            ? "All of it happened, in %.0f s.".formatted((System.nanoTime() - startNanos) / 1e9)
            : "Not all of it happened: %d of %d steps."
                .formatted(steps.stream().filter(Step::ok).count(), promised));
    return all ? 0 : 1;
  }

  static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1e3);
  }

  static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private String paint(String how, String text) {
    return colour ? how + text + PLAIN : text;
  }
}
