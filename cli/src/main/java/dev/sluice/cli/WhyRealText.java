package dev.sluice.cli;

import dev.sluice.core.api.StatusReport.CheckDetail;
import dev.sluice.core.api.StatusReport.Real;
import dev.sluice.core.api.WhyReal;
import dev.sluice.core.api.WhyReal.Place;
import java.time.Instant;
import java.util.List;

/** {@code sluice why real ADDRESS[:PORT]}: why a real server takes traffic, or does not. */
final class WhyRealText {
  private final WhyReal why;
  private final Instant now;

  private WhyRealText(WhyReal why, Instant now) {
    this.why = why;
    this.now = now;
  }

  /**
   * Of what was found; when nothing was, one sentence says so.
   *
   * @param known every real server's address and port
   */
  static WhyRealText of(WhyReal why, List<String> known, String name, Instant now) {
    if (why.places().isEmpty()) {
      throw CommandException.failed(
          "the daemon has no real server '"
              + name
              + "'"
              + Nearest.to(name, known).map(m -> "; did you mean '" + m + "'?").orElse("")
              + (known.isEmpty() ? "; it has none at all" : ""));
    }
    return new WhyRealText(why, now);
  }

  /**
   * A paragraph for each service.
   *
   * <pre>
   * 10.0.0.11:80 of tcp 192.0.2.1:80 is down, weight 0 of 1
   *   > HTTP_GET 10.0.0.11:80 /  down for 12s  HTTP 503, expected 200-299 (1.2 ms)
   *       3 of 40 tries failed, 3 in a row; down 12 s in all
   *       2026-11-23T22:00:00Z  down  HTTP 503, expected 200-299
   * </pre>
   */
  String text() {
    var text = new StringBuilder();
    for (Place p : why.places()) {
      text.append(text.isEmpty() ? "" : "\n");
      paragraph(text, p);
    }
    return text.toString();
  }

  private void paragraph(StringBuilder text, Place p) {
    Real r = p.real();
    text.append(WhyReal.endpoint(r.address(), r.port()))
        .append(" of ")
        .append(p.protocol())
        .append(' ')
        .append(WhyReal.endpoint(p.vip(), p.port()))
        .append(" is ")
        .append(r.state())
        .append(", weight ")
        .append(r.weight())
        .append(" of ")
        .append(r.configuredWeight())
        .append('\n');
    if (p.sorryServerActive()) {
      text.append("    the sorry server takes the traffic\n");
    }
    if (r.checks().isEmpty()) {
      text.append("    it has no check: it counts as alive\n");
    }
    boolean anyDown = r.checks().stream().anyMatch(WhyRealText::down);
    for (CheckDetail c : r.checks()) {
      boolean decides = anyDown == down(c);
      text.append(decides ? "  > " : "    ")
          .append(c.type())
          .append(' ')
          .append(c.target())
          .append("  ")
          .append(c.phase())
          .append(c.since() == null ? "" : " for " + Span.since(c.since(), now))
          .append("  ")
          .append(c.at() == null ? "not tried yet" : c.evidence())
          .append(c.at() == null ? "" : " (" + c.durationMs() + " ms)")
          .append('\n');
      text.append(
          "      %d of %d tries failed, %d %s in a row; down %.0f s in all%n"
              .formatted(
                  c.failed(),
                  c.runs(),
                  c.inARow(),
                  c.passed() ? "passed" : "failed",
                  c.downtimeSeconds()));
      var history = new Table("      ");
      c.changes().forEach(x -> history.row(x.at(), x.up() ? "up" : "down", x.evidence()));
      text.append(history.text());
    }
  }

  private static boolean down(CheckDetail c) {
    return c.phase().equals("down") || c.phase().equals("going_up");
  }
}
