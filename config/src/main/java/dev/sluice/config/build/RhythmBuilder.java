package dev.sluice.config.build;

import dev.sluice.config.model.Checker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a check comes back, while it is read: of a check, a real server or a virtual server. */
final class RhythmBuilder {
  @Nullable Integer rise;
  @Nullable Duration rising;
  @Nullable Duration down;

  /** What holds for a check: the nearest of each; null: keepalived's way. */
  static Checker.@Nullable Rhythm resolve(@Nullable RhythmBuilder... nearestFirst) {
    Integer rise = null;
    Duration rising = null;
    Duration down = null;
    for (RhythmBuilder b : nearestFirst) {
      if (b != null) {
        rise = rise == null ? b.rise : rise;
        rising = rising == null ? b.rising : rising;
        down = down == null ? b.down : down;
      }
    }
    boolean plain = (rise == null || rise == 1) && rising == null && down == null;
    return plain ? null : new Checker.Rhythm(rise == null ? 1 : rise, rising, down);
  }
}
