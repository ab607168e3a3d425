package dev.sluice.cli;

import dev.sluice.core.api.StatusReport.Decision;
import dev.sluice.core.api.StatusReport.Transition;
import dev.sluice.core.api.Why;
import java.time.Instant;

/** An explanation for people. */
final class WhyText {
  private final Why why;
  private final Instant now;

  WhyText(Why why, Instant now) {
    this.why = why;
    this.now = now;
  }

  /**
   * The answer, then its terms, then what was decided, then the changes of state.
   *
   * <pre>
   * VI_1 is BACKUP since 3m; 10.0.0.2 is MASTER: 10.0.0.2 has the higher priority (150 against …
   *     fault     none
   *     priority  100 = base 100
   *   > election  10.0.0.2 has the higher priority (150 against our 100)
   * </pre>
   */
  String text() {
    var text = new StringBuilder();
    text.append(why.instance())
        .append(" is ")
        .append(why.state())
        .append(" since ")
        .append(Span.since(why.since(), now))
        .append("; ")
        .append(why.verdict())
        .append("\n\n");
    var terms = new Table("");
    for (Why.Term term : why.chain()) {
      terms.row((term.decides() ? "  > " : "    ") + term.name().replace('_', ' '), term.text());
    }
    text.append(terms.text());
    if (!why.decisions().isEmpty()) {
      text.append("\nWhat was decided, oldest first\n");
      var decisions = new Table("  ");
      for (Decision d : why.decisions()) {
        decisions.row(d.at(), d.state(), "priority " + d.priority() + " = " + d.terms(), d.text());
      }
      text.append(decisions.text());
    }
    if (!why.history().isEmpty()) {
      text.append("\nHistory, newest first\n");
      var history = new Table("  ");
      for (Transition t : why.history()) {
        history.row(
            t.at(),
            t.from() + " -> " + t.to(),
            "priority " + t.priority() + " = " + t.terms(),
            t.cause());
      }
      text.append(history.text());
    }
    return text.toString();
  }
}
