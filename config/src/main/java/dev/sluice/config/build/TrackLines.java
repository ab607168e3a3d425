package dev.sluice.config.build;

import dev.sluice.config.table.Args;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.Types.Weight;
import dev.sluice.config.text.Word;
import org.jspecify.annotations.Nullable;

/** The lines of {@code track_*} blocks: {@code NAME [weight N [reverse]]}. */
final class TrackLines {
  private TrackLines() {}

  /** A line's name and weight; weight null: none written, or faulty. */
  record Line(Word name, @Nullable Weight weight, boolean faulty) {}

  static @Nullable Line read(Args args, int limit, String what) {
    Word name = args.tolerant().poll();
    if (name == null) {
      return null;
    }
    Weight weight = null;
    boolean faulty = false;
    Word option;
    while ((option = args.poll()) != null) {
      switch (option.text()) {
        case "weight" -> {
          Word number = args.require("a weight");
          Integer value =
              number == null ? null : weight(args, number, limit, what + " " + name.text());
          faulty |= value == null;
          weight = value == null ? null : new Weight(value, weight != null && weight.reverse());
        }
        case "reverse" -> weight = new Weight(weight == null ? 0 : weight.value(), true);
        case "noreverse" -> weight = new Weight(weight == null ? 0 : weight.value(), false);
        default ->
            args.diagnostics()
                .error(
                    option.at(),
                    "unknown-option",
                    "unknown word '" + option.text() + "' for " + what + " " + name.text(),
                    "it is skipped",
                    "weight N, reverse");
      }
    }
    return new Line(name, weight, faulty);
  }

  private static @Nullable Integer weight(Args args, Word word, int limit, String subject) {
    Args named = new Args(args.context(), subject, "", args.words(), 0);
    Long value = Types.integer(named, word, -254, 254);
    if (value == null) {
      return null;
    }
    if (Math.abs(value) > limit) {
      args.diagnostics()
          .error(
              word.at(),
              "out-of-range",
              subject + ": weight " + value + " is outside -" + limit + ".." + limit,
              (value > 0 ? "" : "-") + limit + " is used",
              "");
      return value > 0 ? limit : -limit;
    }
    return value.intValue();
  }
}
