package dev.sluice.core.dump;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.vrrp.VrrpSnapshot;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * All that a dump tells of, at one moment.
 *
 * @param zone of the times in words
 */
public record DumpInput(
    Configuration configuration,
    VrrpSnapshot vrrp,
    List<Link> links,
    List<InterfaceAddress> addresses,
    String hostName,
    Instant now,
    ZoneId zone) {

  public DumpInput {
    links = List.copyOf(links);
    addresses = List.copyOf(addresses);
  }

  /** What is configured of a running instance; empty: it is about to end. */
  Optional<VrrpInstance> configured(VrrpSnapshot.Instance instance) {
    return configuration.vrrpInstances().stream()
        .filter(c -> c.name().equals(instance.name()))
        .findFirst();
  }
}
