package dev.sluice.config.model;

import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What else is written about an address.
 *
 * @param peer null: none
 * @param peerPrefixLength of the peer
 * @param preferredLifetime null: keepalived's, zero for an IPv6 host address, else for ever
 * @param useVmac it goes on a macvlan of its device
 * @param trackGroup of a static address; null: all instances
 */
public record AddressOptions(
    @Nullable InetAddress peer,
    int peerPrefixLength,
    boolean home,
    boolean noDad,
    boolean manageTemporary,
    boolean autoJoin,
    @Nullable Duration preferredLifetime,
    boolean useVmac,
    @Nullable String trackGroup) {
  private static final AddressOptions NONE =
      new AddressOptions(null, 0, false, false, false, false, null, false, null);

  /** Nothing is written. */
  public static AddressOptions none() {
    return NONE;
  }
}
