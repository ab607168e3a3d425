package dev.sluice.config.build;

import dev.sluice.config.model.GarpSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is written about gratuitous ARP, global or of an instance; null where nothing is. */
final class GarpBuilder {
  @Nullable Duration delay;
  @Nullable Integer repeat;
  @Nullable Duration refresh;
  @Nullable Integer refreshRepeat;
  @Nullable Duration lowerPrioDelay;
  @Nullable Integer lowerPrioRepeat;
  @Nullable Duration interval;

  /** What holds, with {@code base} where nothing is written. */
  GarpSettings resolve(GarpSettings base) {
    Duration d = delay != null ? delay : base.delay();
    int r = repeat != null ? repeat : base.repeat();
    boolean own = delay != null || repeat != null;
    Duration lowDelay =
        own && base.lowerPrioDelay().equals(base.delay()) ? d : base.lowerPrioDelay();
    int lowRepeat = own && base.lowerPrioRepeat() == base.repeat() ? r : base.lowerPrioRepeat();
    return new GarpSettings(
        d,
        r,
        refresh != null ? refresh : base.refresh(),
        refreshRepeat != null ? refreshRepeat : base.refreshRepeat(),
        lowerPrioDelay != null ? lowerPrioDelay : lowDelay,
        lowerPrioRepeat != null ? lowerPrioRepeat : lowRepeat,
        interval != null ? interval : base.interval());
  }
}
