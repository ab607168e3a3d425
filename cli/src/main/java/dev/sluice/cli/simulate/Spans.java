package dev.sluice.cli.simulate;

import dev.sluice.cli.CommandException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time and shares as typed. */
final class Spans {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,9})?)(us|ms|s|m|h)");
  private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%");
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private Spans() {}

  /** {@code 5s}, {@code 1.5s}, {@code 200ms}; nothing without a unit. */
  static long nanos(String where, String text) {
    Matcher matcher = SPAN.matcher(text);
    if (!matcher.matches()) {
      throw CommandException.usage(
          where + ": '" + text + "' is no time: expected 5s, 1.5s, 200ms, 50us or 2m");
    }
    long unit =
        switch (matcher.group(2)) {
          case "us" -> 1_000L;
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          default -> 3_600_000_000_000L;
        };
    return new BigDecimal(matcher.group(1))
        .multiply(BigDecimal.valueOf(unit))
        .setScale(0, RoundingMode.HALF_UP)
        .longValueExact();
  }

  /** {@code 5%}, as 0.05. */
  static double share(String where, String text) {
    Matcher matcher = SHARE.matcher(text);
    if (matcher.matches()) {
      BigDecimal percent = new BigDecimal(matcher.group(1));
      if (percent.compareTo(HUNDRED) <= 0) {
        return percent.doubleValue() / 100;
      }
    }
    throw CommandException.usage(where + ": '" + text + "' is no share: expected 5% or 0.5%");
  }
}
