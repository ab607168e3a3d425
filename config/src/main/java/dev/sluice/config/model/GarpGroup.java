package dev.sluice.config.model;

import java.time.Duration;
import java.util.List;

/** {@code garp_group}: interfaces that share a rate of gratuitous ARP. */
public record GarpGroup(Duration garpInterval, Duration gnaInterval, List<String> interfaces) {
  public GarpGroup {
    interfaces = List.copyOf(interfaces);
  }
}
