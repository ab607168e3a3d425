package dev.sluice.vrrp.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Base priority plus what the trackers add, clamped to 1..254. An address owner (255) stays what it
 * is whatever the trackers say.
 *
 * @param base 1..255 as configured
 * @param terms contributions other than 0, sorted, so that the order of events leaves no trace
 */
public record EffectivePriority(int base, List<Term> terms) {
  /** The owner's priority. */
  public static final int OWNER = 255;

  /**
   * One tracker's contribution.
   *
   * @param value never 0
   */
  public record Term(Source source, String name, int value) {}

  /** What kind of tracker contributes. */
  public enum Source {
    SCRIPT,
    INTERFACE,
    FILE,
    PROCESS,
    BFD
  }

  private static final Comparator<Term> ORDER =
      Comparator.comparing(Term::source).thenComparing(Term::name);

  public EffectivePriority {
    terms = terms.stream().sorted(ORDER).toList();
  }

  /** A priority without trackers. */
  public static EffectivePriority of(int base) {
    return new EffectivePriority(base, List.of());
  }

  /** What goes on the wire. */
  public int value() {
    if (base == OWNER) {
      return OWNER;
    }
    int sum = base;
    for (Term term : terms) {
      sum += term.value();
    }
    return Math.clamp(sum, 1, 254);
  }

  /** What this tracker contributes; 0: nothing. */
  public int term(Source source, String name) {
    for (Term term : terms) {
      if (term.source() == source && term.name().equals(name)) {
        return term.value();
      }
    }
    return 0;
  }

  /** With this tracker's contribution set; 0 takes it away. */
  public EffectivePriority with(Source source, String name, int value) {
    List<Term> next = new ArrayList<>(terms.size() + 1);
    boolean replaced = false;
    for (Term term : terms) {
      if (term.source() == source && term.name().equals(name)) {
        if (value != 0) {
          next.add(new Term(source, name, value));
        }
        replaced = true;
      } else {
        next.add(term);
      }
    }
    if (!replaced && value != 0) {
      next.add(new Term(source, name, value));
    }
    return new EffectivePriority(base, next);
  }

  /** The same trackers on another base. */
  public EffectivePriority withBase(int other) {
    return new EffectivePriority(other, terms);
  }

  /** The sum in words: "base 100 −20 chk +5 eth1". */
  public String describe() {
    StringBuilder text = new StringBuilder("base ").append(base);
    for (Term term : terms) {
      text.append(term.value() < 0 ? " −" : " +")
          .append(Math.abs(term.value()))
          .append(' ')
          .append(term.name());
    }
    return text.toString();
  }
}
