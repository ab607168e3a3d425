package dev.sluice.check;

/** Words shared by the evidence of all checks. */
final class Texts {
  private Texts() {}

  /** A duration for people: {@code 5 s}, {@code 0.5 s}, {@code 12 ms}. */
  static String duration(long nanos) {
    long millis = nanos / 1_000_000;
    if (millis < 100) {
      return millis + " ms";
    }
    return millis % 1000 == 0
        ? millis / 1000 + " s"
        : java.math.BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
  }
}
