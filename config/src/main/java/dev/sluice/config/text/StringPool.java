package dev.sluice.config.text;

import org.jspecify.annotations.Nullable;

/**
 * Gives equal short texts as one object, as far as it remembers them: a large configuration repeats
 * the same few lines a hundred thousand times. Of fixed size; what falls out is merely made anew.
 */
final class StringPool {
  private static final int LONGEST = 40;
  private static final int SLOTS = 1 << 10;

  private final @Nullable String[] slots = new String[SLOTS];

  /** The characters {@code from} to {@code to} of a text. */
  String text(String whole, int from, int to) {
    int length = to - from;
    if (length == 0) {
      return "";
    }
    if (length > LONGEST) {
      return whole.substring(from, to);
    }
    int hash = length;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + whole.charAt(i);
    }
    int slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    String known = slots[slot];
    if (known != null && known.length() == length && whole.startsWith(known, from)) {
      return known;
    }
    String fresh = whole.substring(from, to);
    slots[slot] = fresh;
    return fresh;
  }
}
