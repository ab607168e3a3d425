package dev.sluice.core.api;

import dev.sluice.core.api.StatusReport.SyncGroup;
import dev.sluice.core.api.StatusReport.Tracker;
import dev.sluice.core.api.StatusReport.Vrrp;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who is master of an instance and why: the terms in the order in which the state machine weighs
 * them, the one that decided marked.
 *
 * @param master null: unknown
 * @param verdict the answer in one sentence
 * @param chain from the strongest term to the weakest
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
        case "MASTER" -> master();
        case "BACKUP" -> backup();
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

    private void master() {
      String won = i.history().isEmpty() ? i.cause() : i.history().getFirst().cause();
      add(
          "election",
          true,
          (won.isEmpty() ? "we took over" : won)
              + "; since then no router with a higher priority, or with the same and a higher"
              + " address than "
              + i.source()
              + ", was heard");
    }

    private void backup() {
      int ours = i.effectivePriority();
      int theirs = i.masterPriority();
      String master = i.master();
      if (master == null) {
        add("election", true, "no master was heard yet: we wait for one before we take over");
        return;
      }
      if (theirs == 0) {
        add("election", true, master + " said that it leaves: we take over when our turn comes");
        return;
      }
      if (theirs > ours) {
        add("election", true, master + " announces " + theirs + ", more than our " + ours);
        return;
      }
      if (theirs == ours) {
        add(
            "election",
            true,
            master
                + " announces "
                + theirs
                + ", the same as we: a sitting master stays; of two masters the higher address wins"
                + address(master));
        return;
      }
      add("election", false, master + " announces " + theirs + ", less than our " + ours);
      Long delay = i.preemptDelayMs();
      if (!i.preempt()) {
        add("preempt", true, "nopreempt: a living master is left alone though ours is higher");
      } else if (delay != null && delay > 0) {
        add("preempt_delay", true, seconds(delay) + " are left before we take over");
      } else {
        add("preempt", false, "on: we take over when Master_Down_Timer ends");
      }
    }

    /** Theirs, as far as both can be compared: RFC 9568 6.4.3 compares unsigned. */
    private String address(String master) {
      return i.source() == null ? "" : " (theirs " + master + ", ours " + i.source() + ")";
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
      return head + (decisive == null ? "the timer has not ended yet" : decisive.text());
    }
  }
}
