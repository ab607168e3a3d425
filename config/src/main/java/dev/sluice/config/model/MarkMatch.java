package dev.sluice.config.model;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * {@code match}: packets that count as having the firewall mark of their virtual server. All of
 * what is written must fit.
 *
 * @param device where they come in; empty: anywhere
 * @param source null: any
 * @param destination null: any
 * @param protocol null: any
 */
public record MarkMatch(
    String device,
    @Nullable Net source,
    @Nullable Net destination,
    @Nullable Protocol protocol,
    int firstSourcePort,
    int lastSourcePort,
    int firstPort,
    int lastPort) {

  /** Addresses that agree in their leading bits. */
  public record Net(InetAddress address, int bits) {}
}
