package dev.sluice.config.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What else is written about a virtual server.
 *
 * @param persistenceMask clients that agree in so many leading bits count as one; 0: single hosts
 * @param persistenceEngine null: none; else {@code sip}
 * @param onePacket each UDP packet is scheduled anew
 * @param schedulerFlags as written: {@code sh-port}
 * @param hashed connections are hashed by both ends
 * @param smtpAlert mail when something changes
 * @param snmpName null: none
 * @param tunnel with method TUN
 * @param mark 0, or the firewall mark that selects the service instead of an address
 * @param policy null: keepalived's ways
 */
public record VirtualServerOptions(
    int persistenceMask,
    @Nullable String persistenceEngine,
    boolean onePacket,
    List<String> schedulerFlags,
    boolean hashed,
    boolean smtpAlert,
    @Nullable String snmpName,
    Tunnel tunnel,
    long mark,
    @Nullable PoolPolicy policy) {
  private static final VirtualServerOptions NONE =
      new VirtualServerOptions(
          0, null, false, List.of(), false, true, null, Tunnel.ipip(), 0, null);

  public VirtualServerOptions {
    schedulerFlags = List.copyOf(schedulerFlags);
  }

  /** Nothing is written. */
  public static VirtualServerOptions none() {
    return NONE;
  }
}
