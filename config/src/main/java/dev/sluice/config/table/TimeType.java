package dev.sluice.config.table;

import dev.sluice.config.text.Word;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A time within bounds.
 *
 * @param decimals how many may be written
 * @param secondShift the unit of the text: 6 seconds, 3 milliseconds, 0 microseconds
 */
record TimeType(long leastMicros, long mostMicros, int decimals, int secondShift)
    implements ValueType<Duration> {
  /** The longest time keepalived can store, in microseconds. */
  static final long LONGEST_MICROS = 4_294_967_295L;

  /** The usual times, each once: a large configuration repeats them. */
  private static final Duration[] SECONDS = new Duration[121];

  static {
    for (int i = 0; i < SECONDS.length; i++) {
      SECONDS[i] = Duration.ofSeconds(i);
    }
  }

  /** A time in seconds with up to six decimals. */
  static TimeType seconds(String least, long mostMicros) {
    return new TimeType(micros(least), mostMicros, 6, 6);
  }

  /** A number of seconds as text, in microseconds. */
  static long micros(String seconds) {
    return new BigDecimal(seconds).movePointRight(6).longValueExact();
  }

  @Override
  public String syntax() {
    return plain(leastMicros) + ".." + plain(mostMicros) + unit();
  }

  private String unit() {
    return switch (secondShift) {
      case 6 -> " s";
      case 3 -> " ms";
      default -> " µs";
    };
  }

  private String plain(long micros) {
    return decimal(micros, secondShift);
  }

  @Override
  public @Nullable Duration read(Args args) {
    Word word = args.poll();
    if (word == null) {
      args.missing("a time " + syntax());
      return null;
    }
    return time(args, word);
  }

  @Override
  public List<String> accepted() {
    return List.of(plain(leastMicros), plain(mostMicros));
  }

  @Override
  public List<String> refused() {
    List<String> texts = new ArrayList<>(List.of("x", "1s", "-1"));
    if (leastMicros > 0) {
      texts.add("0");
    }
    texts.add(decimal(mostMicros + (long) Math.pow(10, secondShift), secondShift));
    return texts;
  }

  private @Nullable Duration time(Args args, Word word) {
    String text = word.text();
    Duration usual = wholeUnits(text);
    if (usual != null) {
      return usual;
    }
    if (!isDecimal(text)) {
      boolean negative = text.startsWith("-");
      args.invalid(
          word,
          "not-a-number",
          "'" + text + "' is no time" + (negative ? ": it is negative" : ""),
          "write" + unit().replace(" s", " seconds") + " without a unit: " + syntax());
      return null;
    }
    BigDecimal exact = new BigDecimal(text.startsWith(".") ? "0" + text : text);
    BigDecimal micros = exact.movePointRight(secondShift);
    if (exact.stripTrailingZeros().scale() > decimals && exact.scale() > decimals) {
      micros = exact.setScale(decimals, RoundingMode.HALF_UP).movePointRight(secondShift);
      args.diagnostics()
          .error(
              word.at(),
              "too-many-decimals",
              "'" + text + "' has more than " + decimals + " decimals",
              "it is rounded",
              "");
    }
    if (micros.compareTo(BigDecimal.valueOf(leastMicros)) < 0
        || micros.compareTo(BigDecimal.valueOf(mostMicros)) > 0) {
      args.invalid(
          word,
          "out-of-range",
          args.subject() + ": " + text + " is outside " + syntax(),
          "a time of " + syntax() + " is expected");
      return null;
    }
    return Duration.ofNanos(micros.longValue() * 1000);
  }

  /** A whole number of a few digits that is within bounds, without arithmetic on decimals. */
  private @Nullable Duration wholeUnits(String text) {
    if (text.isEmpty() || text.length() > 6) {
      return null;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return null;
      }
      value = value * 10 + (c - '0');
    }
    long micros = value;
    for (int i = 0; i < secondShift; i++) {
      micros *= 10;
    }
    if (micros < leastMicros || micros > mostMicros) {
      return null;
    }
    if (secondShift == 6 && value < SECONDS.length) {
      return SECONDS[(int) value];
    }
    return Duration.ofNanos(micros * 1000);
  }

  private static boolean isDecimal(String text) {
    boolean digit = false;
    boolean point = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digit = true;
      } else if (c == '.' && !point) {
        point = true;
      } else {
        return false;
      }
    }
    return digit && text.length() <= 24;
  }

  private static String decimal(long micros, int shift) {
    return BigDecimal.valueOf(micros, shift).stripTrailingZeros().toPlainString();
  }
}
