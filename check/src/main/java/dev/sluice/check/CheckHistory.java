package dev.sluice.check;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check has been through. An immutable value; times are on the scale of {@link
 * System#nanoTime}.
 *
 * @param changes the verdicts and why, oldest first; the newest {@link #KEPT}
 * @param inARow how many tries in a row ended as the last one did
 * @param downNanos how long it was down in all, up to the last change
 */
public record CheckHistory(List<Change> changes, long inARow, long downNanos) {
  /** How many changes are remembered. */
  public static final int KEPT = 16;

  /** Nothing happened yet. */
  public static final CheckHistory EMPTY = new CheckHistory(List.of(), 0, 0);

  /**
   * A verdict that was reached or turned over.
   *
   * @param evidence of the try that decided
   */
  public record Change(long atNanos, boolean up, String evidence) {}

  public CheckHistory {
    changes = List.copyOf(changes);
  }

  /** After a try that ended as the one before it, or not. */
  CheckHistory tried(boolean same) {
    return new CheckHistory(changes, same ? inARow + 1 : 1, downNanos);
  }

  /** After a new verdict. */
  CheckHistory with(Change change) {
    var next = new ArrayList<>(changes);
    long down = downNanos;
    if (!next.isEmpty() && !next.getLast().up()) {
      down += change.atNanos() - next.getLast().atNanos();
    }
    next.add(change);
    if (next.size() > KEPT) {
      next.removeFirst();
    }
    return new CheckHistory(next, inARow, down);
  }

  /** How long it was down in all, until now. */
  public long downNanos(long nowNanos) {
    boolean down = !changes.isEmpty() && !changes.getLast().up();
    return down ? downNanos + nowNanos - changes.getLast().atNanos() : downNanos;
  }
}
