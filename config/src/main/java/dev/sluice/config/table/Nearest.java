package dev.sluice.config.table;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean": the closest of known words. */
public final class Nearest {
  private Nearest() {}

  /** The nearest candidate, when it is near enough to be a likely slip. */
  public static Optional<String> of(String word, Collection<String> candidates) {
    if (word.length() > 60) {
      return Optional.empty();
    }
    String low = word.toLowerCase(Locale.ROOT).replace('-', '_');
    int limit = low.length() < 3 ? 0 : Math.max(1, Math.min(3, low.length() / 3));
    String best = null;
    int least = limit + 1;
    for (String candidate : candidates) {
      if (Math.abs(candidate.length() - low.length()) >= least) {
        continue;
      }
      int distance = distance(low, candidate.toLowerCase(Locale.ROOT), least);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Edits between two words; a swap of neighbours counts as one (optimal string alignment). */
  private static int distance(String a, String b, int limit) {
    int[] before = new int[b.length() + 1];
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      int least = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int edit = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          edit = Math.min(edit, before[j - 2] + 1);
        }
        current[j] = edit;
        least = Math.min(least, edit);
      }
      if (least > limit) {
        return least;
      }
      int[] oldest = before;
      before = previous;
      previous = current;
      current = oldest;
    }
    return previous[b.length()];
  }
}
