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
 * @param policy keywords of our own
 * @param mark 0, or the firewall mark that selects the service instead of an address
 * @param pool null: keepalived's ways
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
    ServicePolicy policy,
    long mark,
    @Nullable PoolPolicy pool) {
  private static final VirtualServerOptions NONE =
      new VirtualServerOptions(
          0,
          null,
          false,
          List.of(),
          false,
          true,
          null,
          Tunnel.ipip(),
          ServicePolicy.none(),
          0,
          null);

  public VirtualServerOptions {
    schedulerFlags = List.copyOf(schedulerFlags);
  }

  /** The same, selected by this mark; 0: by an address. */
  VirtualServerOptions of(long otherMark) {
    return new VirtualServerOptions(
        persistenceMask,
        persistenceEngine,
        onePacket,
        schedulerFlags,
        hashed,
        smtpAlert,
        snmpName,
        tunnel,
        policy,
        otherMark,
        pool);
  }

  /** Nothing is written. */
  public static VirtualServerOptions none() {
    return NONE;
  }
}
