package dev.sluice.config.build;

import dev.sluice.config.table.Args;
import dev.sluice.config.table.Nearest;
import dev.sluice.config.text.Word;
import org.jspecify.annotations.Nullable;

/** {@code track_group NAME} on a static line. */
final class TrackGroups {
  private TrackGroups() {}

  /** The group's name; null where it does not exist or may not stand here, which is reported. */
  static @Nullable String named(Plan plan, Args args, Word word, boolean fixed) {
    if (!fixed) {
      args.diagnostics()
          .error(
              word.at(),
              "misplaced",
              "track_group is for static objects only",
              "it is ignored",
              "");
      return null;
    }
    if (!plan.trackGroups.containsKey(word.text())) {
      args.diagnostics()
          .error(
              word.at(),
              "unknown-tracker",
              "there is no track_group '" + word.text() + "' above this line",
              "it is ignored",
              Nearest.of(word.text(), plan.trackGroups.keySet())
                  .map(near -> "did you mean '" + near + "'?")
                  .orElse("define it before the line that names it"));
      return null;
    }
    return word.text();
  }
}
