package dev.sluice.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Lengths of time and amounts as people read them. */
final class Span {
  private Span() {}

  /** Since then: {@code 41s}, {@code 3m}, {@code 2h5m}, {@code 4d}; empty when unknown. */
  static String since(@Nullable String then, Instant now) {
    if (then == null) {
      return "";
    }
    try {
      return text(Duration.between(Instant.parse(then), now));
    } catch (DateTimeParseException e) {
      return "";
    }
  }

  /** Two units at most; a clock that was set back gives 0s. */
  static String text(Duration span) {
    long seconds = Math.max(0, span.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 60) {
      return minutes < 10 ? two(minutes, "m", seconds % 60, "s") : minutes + "m";
    }
    long hours = minutes / 60;
    return hours < 24 ? two(hours, "h", minutes % 60, "m") : two(hours / 24, "d", hours % 24, "h");
  }

  private static String two(long great, String unit, long small, String smallUnit) {
    return great + unit + (small == 0 ? "" : small + smallUnit);
  }

  /** {@code 812}, {@code 81.2k}, {@code 8.1M}: three digits, decimal thousands. */
  static String amount(long n) {
    if (n < 1000) {
      return Long.toString(n);
    }
    String units = "kMGTPE";
    double value = n;
    int unit = -1;
    while (value >= 999.5 && unit < units.length() - 1) {
      value /= 1000;
      unit++;
    }
    String digits =
        value < 99.95
            ? String.format(java.util.Locale.ROOT, "%.1f", value)
            : Long.toString(Math.round(value));
    return digits + units.charAt(unit);
  }
}
