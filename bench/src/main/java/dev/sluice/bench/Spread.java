package dev.sluice.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A row of figures: the least, the median, the most. */
public record Spread(double least, double median, double most, int count) {
  /** Of these figures; at least one. */
  public static Spread of(List<Double> figures) {
    double[] sorted = figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("no figures");
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(sorted[0], median, Arrays.stream(sorted).max().orElseThrow(), sorted.length);
  }

  /** {@code 123 (100 .. 150, n=5)}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.0f (%.0f .. %.0f, n=%d)", median, least, most, count);
  }
}
