package dev.sluice.cli.ipvsadm;

/** Counters as ipvsadm prints them: at least nine wide, and never much wider unless exact. */
final class Numbers {
  private static final long MILLION = 1_000_000L;

  private Numbers() {}

  /** A column of {@code --stats} and {@code --rate}, with the blanks before it. */
  static String column(long n, boolean exact) {
    if (exact) {
      String digits = Long.toString(n);
      return digits.length() < 9 ? pad(digits, 9) : " " + digits;
    }
    if (n < 100 * MILLION) {
      return pad(Long.toString(n), 9);
    } else if (n < 1_000 * MILLION) {
      return pad(Long.toString(n / 1_000), 8) + "K";
    } else if (n < 100_000 * MILLION) {
      return pad(Long.toString(n / MILLION), 8) + "M";
    } else if (n < 100_000_000 * MILLION) {
      return pad(Long.toString(n / (1_000 * MILLION)), 8) + "G";
    }
    return pad(Long.toString(n / (MILLION * MILLION)), 8) + "T";
  }

  /** Right-aligned. */
  static String pad(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /** Left-aligned. */
  static String fill(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  /** Left-aligned. */
  static String fill(long number, int width) {
    return fill(Long.toString(number), width);
  }
}
