package dev.sluice.config.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keywords of the outermost level.
 *
 * @param networkNamespace null: the one we were started in
 * @param ipvsNamespace null: the same; empty: the original one
 * @param instance null: the only daemon of the machine
 * @param childWaitTime how long the parent waits at stop
 */
public record ProcessSettings(
    @Nullable String networkNamespace,
    @Nullable String ipvsNamespace,
    boolean namespaceWithIpsets,
    @Nullable String instance,
    boolean usePidDirectory,
    Duration childWaitTime,
    boolean linkbeatPolling,
    List<PolledInterface> linkbeatInterfaces,
    List<CarrierDelay> carrierDelays) {

  public ProcessSettings {
    linkbeatInterfaces = List.copyOf(linkbeatInterfaces);
    carrierDelays = List.copyOf(carrierDelays);
  }

  /**
   * An interface whose carrier is polled.
   *
   * @param method {@code MII}, {@code ETHTOOL} or {@code IOCTL}; null: whichever works
   */
  public record PolledInterface(String interfaceName, @Nullable String method) {}

  /** How long a carrier must be steady before it counts. */
  public record CarrierDelay(String interfaceName, Duration down, Duration up) {}

  /** keepalived's values where nothing is written. */
  public static ProcessSettings defaults() {
    return new ProcessSettings(
        null, null, false, null, false, Duration.ofSeconds(5), false, List.of(), List.of());
  }
}
