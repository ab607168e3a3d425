package dev.sluice.config.model;

import java.util.Arrays;
import java.util.List;

/**
 * Which checker of a real server's old configuration goes on as which checker of the new one. The
 * checks and the pools both carry state across a reload and must agree, hence one place.
 */
public final class CheckerPairing {
  private CheckerPairing() {}

  /**
   * For each new checker the index of the old one whose state it takes over, or -1 when it starts
   * afresh. An equal definition comes first, wherever it stood; what is left pairs with the changed
   * definition at the same place, then with one of the same kind.
   */
  public static int[] pair(List<Checker> before, List<Checker> after) {
    int[] from = new int[after.size()];
    Arrays.fill(from, -1);
    boolean[] taken = new boolean[before.size()];
    for (int i = 0; i < from.length && i < taken.length; i++) {
      if (before.get(i).equals(after.get(i))) {
        from[i] = i;
        taken[i] = true;
      }
    }
    for (int i = 0; i < from.length; i++) {
      for (int j = 0; from[i] < 0 && j < taken.length; j++) {
        if (!taken[j] && before.get(j).equals(after.get(i))) {
          from[i] = j;
          taken[j] = true;
        }
      }
    }
    for (int i = 0; i < from.length && i < taken.length; i++) {
      if (from[i] < 0 && !taken[i]) {
        from[i] = i;
        taken[i] = true;
      }
    }
    for (int i = 0; i < from.length; i++) {
      for (int j = 0; from[i] < 0 && j < taken.length; j++) {
        if (!taken[j] && before.get(j).getClass() == after.get(i).getClass()) {
          from[i] = j;
          taken[j] = true;
        }
      }
    }
    return from;
  }
}
