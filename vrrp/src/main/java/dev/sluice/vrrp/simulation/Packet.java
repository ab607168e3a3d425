package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.machine.InstanceSettings;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** An advert on its way; an instance's settings are those of the time it was sent. */
record Packet(
    int fromRouter,
    ClusterSpec.Instance from,
    InstanceSettings settings,
    int priority,
    InetAddress source) {

  /** What the sender says its interval is. */
  long intervalNanos() {
    return settings.advertIntervalNanos();
  }

  /** Why an instance with these settings drops it, as the decoder would; null: it does not. */
  @Nullable String refusal(ClusterSpec.Instance to, InstanceSettings theirs) {
    if (settings.version() != theirs.version()) {
      return "version " + settings.version() + ", expected " + theirs.version();
    }
    if (!from.secret().equals(to.secret())) {
      return "its authentication is another one";
    }
    if (settings.version() == 2 && settings.advertIntervalNanos() != theirs.advertIntervalNanos()) {
      return "advert interval "
          + settings.advertIntervalNanos() / 1_000_000_000L
          + " s, expected "
          + theirs.advertIntervalNanos() / 1_000_000_000L
          + " s";
    }
    return null;
  }
}
