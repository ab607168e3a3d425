package dev.sluice.config.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What else is written about an instance.
 *
 * @param timerExpiredBackup become BACKUP when our timer was very late and the other's priority was
 *     at most this; 0: off
 * @param vmac null: the addresses are on the interface itself
 * @param vrf null: none
 * @param trackSourceAddress a source address that disappears is a FAULT
 * @param unicastFaultNoPeer unicast without peers is a FAULT
 * @param neverOldChecksum adverts with the checksum of keepalived 1.3.6 are not accepted
 * @param receiveBufferBytes 0: the kernel's
 * @param garpExtraInterfaceSeconds 0: off
 * @param hmac null: none
 * @param vipLeaseSeconds how long the kernel keeps an address that we do not renew; 0: for ever
 * @param oldUnicastChecksum adverts carry the checksum of keepalived 1.3.6
 * @param fastRelease on priority 0 of the master the skew is left out; null: only in a pair
 * @param nopreemptStrict a sitting master outlasts a newcomer's bid
 * @param syncDaemonInterface the old way to ask for connection synchronisation; null: not asked
 */
public record InstanceOptions(
    List<RouteSpec> routes,
    List<RuleSpec> rules,
    List<TrackedObject> trackFiles,
    List<TrackedObject> trackProcesses,
    List<TrackedObject> trackBfds,
    @Nullable VirtualMac vmac,
    @Nullable String vrf,
    boolean ipv6,
    boolean promoteSecondaries,
    boolean trackSourceAddress,
    boolean unicastFaultNoPeer,
    boolean neverOldChecksum,
    boolean ownerIgnoreAdverts,
    int timerExpiredBackup,
    int garpExtraInterfaceSeconds,
    long receiveBufferBytes,
    boolean smtpAlert,
    boolean linkbeatPolling,
    @Nullable HmacAuthentication hmac,
    int vipLeaseSeconds,
    boolean oldUnicastChecksum,
    @Nullable Boolean fastRelease,
    boolean nopreemptStrict,
    @Nullable String syncDaemonInterface) {
  /** Seconds of {@code vip_lease} where nothing is written. */
  public static final int VIP_LEASE_SECONDS = 10;

  private static final InstanceOptions NONE =
      new InstanceOptions(
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          null,
          null,
          false,
          false,
          false,
          false,
          false,
          false,
          0,
          0,
          0,
          false,
          false,
          null,
          VIP_LEASE_SECONDS,
          false,
          null,
          false,
          null);

  public InstanceOptions {
    routes = List.copyOf(routes);
    rules = List.copyOf(rules);
    trackFiles = List.copyOf(trackFiles);
    trackProcesses = List.copyOf(trackProcesses);
    trackBfds = List.copyOf(trackBfds);
  }

  /** Nothing is written. */
  public static InstanceOptions none() {
    return NONE;
  }
}
