package dev.sluice.core.api;

import dev.sluice.core.api.StatusReport.Decision;
import dev.sluice.core.api.StatusReport.SyncGroup;
import dev.sluice.core.api.StatusReport.Tracker;
import dev.sluice.core.api.StatusReport.Vrrp;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who is master of an instance and why: how things stand, in the order in which the state machine
 * weighs them, the one that decided marked; and the chain of its decisions, as it took note of them
 * itself.
 *
 * @param master null: unknown
 * @param verdict the answer in one sentence
 * @param chain from the strongest term to the weakest
 * @param decisions what the machine decided, the oldest first; the last one holds
 * @param history the last changes of state, the newest first
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record Why(
    String instance,
    String state,
    String since,
    @Nullable String master,
    String verdict,
    List<Term> chain,
    List<Decision> decisions,
    List<StatusReport.Transition> history) {

  /**
   * A term of the decision.
   *
   * @param name {@code fault}, {@code start}, {@code priority}, {@code election}, {@code preempt},
   *     {@code preempt_delay}, {@code sync_group}, {@code timer}
   * @param decides whether the state follows from this one
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Term(String name, boolean decides, String text) {}

  /** The explanation of an instance of a report. */
  public static Why of(StatusReport report, Vrrp i) {
    var chain = new Chain(report, i);
    return new Why(
        i.name(),
        i.state(),
        i.since(),
        i.master(),
        chain.verdict(),
        List.copyOf(chain.terms),
        i.decisions(),
        i.history());
  }

  /** Puts the terms together; the first that decides is the verdict. */
  private static final class Chain {
    private final StatusReport report;
    private final Vrrp i;
    private final List<Term> terms = new ArrayList<>();

    Chain(StatusReport report, Vrrp i) {
      this.report = report;
      this.i = i;
      faults();
      priority();
      switch (i.state()) {
        case "MASTER" -> election();
        case "BACKUP" -> {
          election();
          preempt();
        }
        default -> {}
      }
      group();
      timer();
    }

    private void add(String name, boolean decides, String text) {
      terms.add(new Term(name, decides, text));
    }

    private void faults() {
      boolean start = i.state().equals("INIT");
      for (String fault : i.faults()) {
        add(start ? "start" : "fault", true, fault);
      }
      if (i.faults().isEmpty()) {
        if (start) {
          add("start", true, "it has not started yet: the start-up delay runs");
        } else {
          add("fault", false, "none");
        }
      }
    }

    private void priority() {
      var text = new StringBuilder();
      text.append(i.effectivePriority()).append(" = ").append(String.join(" ", i.priorityTerms()));
      for (Tracker t : i.trackers()) {
        if (t.term() != 0 && !t.evidence().isEmpty()) {
          text.append(" (").append(t.name()).append(": ").append(t.evidence()).append(')');
        }
      }
      if (i.effectivePriority() == 255) {
        text.append(", the owner's: no tracker moves it");
      }
      add("priority", false, text.toString());
    }

    /** The machine's own last word. */
    private void election() {
      if (i.decisions().isEmpty()) {
        add("election", true, "nothing was decided yet");
        return;
      }
      Decision last = i.decisions().getLast();
      add(
          "election",
          true,
          last.text()
              + (last.other() == null || last.otherPriority() == 0
                  ? ""
                  : " (" + last.otherPriority() + " against our " + last.priority() + ")")
              + (last.priority() == i.effectivePriority()
                  ? ""
                  : ", and ours is " + i.effectivePriority() + " since"));
    }

    private void preempt() {
      add("preempt", false, i.preempt() ? "on" : "off: a living master is left alone (nopreempt)");
      Long delay = i.preemptDelayMs();
      if (delay != null && delay > 0) {
        add("preempt_delay", false, seconds(delay) + " are left before we take over");
      }
    }

    private void group() {
      SyncGroup group =
          report.syncGroups().stream()
              .filter(g -> g.name().equals(i.group()))
              .findFirst()
              .orElse(null);
      if (group == null) {
        return;
      }
      List<String> others = new ArrayList<>();
      for (Vrrp other : report.vrrp()) {
        if (group.members().contains(other.name()) && !other.name().equals(i.name())) {
          others.add(other.name() + " " + other.state());
        }
      }
      add(
          "sync_group",
          i.waitsForGroup(),
          group.name()
              + " is "
              + group.state()
              + (others.isEmpty() ? "" : ": " + String.join(", ", others))
              + (i.waitsForGroup() ? "; our timer ended, and we wait for all of them" : ""));
    }

    private void timer() {
      Long left = i.timerMs();
      if (left != null) {
        add(
            "timer",
            false,
            (i.state().equals("MASTER") ? "next advert in " : "Master_Down_Timer ends in ")
                + seconds(left));
      }
    }

    private static String seconds(long millis) {
      return String.format(Locale.ROOT, "%.3f s", millis / 1000.0);
    }

    String verdict() {
      String head =
          switch (i.state()) {
            case "MASTER" -> "we are MASTER: ";
            case "BACKUP" ->
                (i.master() == null ? "nobody is known to be MASTER" : i.master() + " is MASTER")
                    + ": ";
            default -> "we are in " + i.state() + " and cannot be MASTER: ";
          };
      // A group that holds us back decides after the election, which we had won.
      Term decisive = null;
      for (Term term : terms) {
        if (term.decides() && (decisive == null || term.name().equals("sync_group"))) {
          decisive = term;
        }
      }
      return head + (decisive == null ? "nothing was decided yet" : decisive.text());
    }
  }
}
