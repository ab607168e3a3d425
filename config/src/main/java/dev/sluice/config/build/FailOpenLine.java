package dev.sluice.config.build;

import dev.sluice.config.model.PoolPolicy;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code fail_open BELOW [UNTIL]}: numbers of servers, or percentages. */
final class FailOpenLine implements ValueType<PoolPolicy.FailOpen> {
  static final FailOpenLine TYPE = new FailOpenLine();

  private FailOpenLine() {}

  @Override
  public String syntax() {
    return "NUMBER|PERCENT% [NUMBER|PERCENT%]";
  }

  @Override
  public PoolPolicy.@Nullable FailOpen read(Args args) {
    Word first = args.require("a number of servers, or a percentage");
    PoolPolicy.Share below = first == null ? null : share(args, first);
    if (below == null) {
      return null;
    }
    Word second = args.poll();
    PoolPolicy.Share until = second == null ? below : share(args, second);
    if (until == null) {
      return null;
    }
    boolean comparable = below.percent() == until.percent();
    if (second != null && comparable && until.value() < below.value()) {
      args.invalid(
          second,
          "out-of-range",
          until + " is less than " + below,
          "it ends no sooner than it begins");
      return null;
    }
    return new PoolPolicy.FailOpen(below, until);
  }

  private static PoolPolicy.@Nullable Share share(Args args, Word word) {
    boolean percent = word.text().endsWith("%");
    String digits = percent ? word.text().substring(0, word.text().length() - 1) : word.text();
    int most = percent ? 100 : 1_000_000;
    int value = digits.matches("\\d{1,7}") ? Integer.parseInt(digits) : 0;
    if (value < 1 || value > most) {
      args.invalid(
          word,
          "out-of-range",
          "'" + word.text() + "' is no number of servers",
          "a number from 1 on, or 1% to 100%");
      return null;
    }
    return new PoolPolicy.Share(value, percent);
  }

  @Override
  public List<String> accepted() {
    return List.of("1", "2 3", "50%", "25% 50%", "1 50%");
  }

  @Override
  public List<String> refused() {
    return List.of("0", "101%", "x", "3 2", "2 x");
  }
}
