package dev.sluice.config.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What else is written about a real server.
 *
 * @param upperThreshold connections above which it gets no new ones; 0: no limit
 * @param lowerThreshold connections below which it gets new ones again
 * @param tunnel with method TUN
 * @param smtpAlert mail when it changes
 * @param snmpName null: none
 * @param furtherCheckers checks that are not yet run
 */
public record RealServerOptions(
    long upperThreshold,
    long lowerThreshold,
    Tunnel tunnel,
    boolean smtpAlert,
    @Nullable String snmpName,
    List<FurtherChecker> furtherCheckers) {
  private static final RealServerOptions NONE =
      new RealServerOptions(0, 0, Tunnel.ipip(), true, null, List.of());

  public RealServerOptions {
    furtherCheckers = List.copyOf(furtherCheckers);
  }

  /** Nothing is written. */
  public static RealServerOptions none() {
    return NONE;
  }
}
