package dev.sluice.vrrp.codec;

import dev.sluice.config.model.UnicastPeer;
import java.net.InetAddress;
import java.util.List;

/**
 * What an instance demands of an advert.
 *
 * @param intervalCentis ours; version 2 drops another one, version 3 only remarks on it
 * @param addresses ours, compared as a set of the same size
 * @param checksum the configured style of version 3
 * @param adaptUnicastChecksum a unicast packet that verifies only in keepalived 1.3.6's form is
 *     accepted; the caller then answers in that form
 * @param group the multicast group adverts are sent to
 * @param peers whom we send to; empty: multicast
 * @param checkUnicastSource the sender must be a peer, its TTL within the peer's limits
 * @param ownerIgnoresAdverts we own the addresses and heed nobody
 * @param localAddress ours; a packet from it is a loop or a forgery
 */
public record Expected(
    int virtualRouterId,
    int version,
    int intervalCentis,
    List<InetAddress> addresses,
    AdvertAuthentication authentication,
    ChecksumStyle checksum,
    boolean adaptUnicastChecksum,
    InetAddress group,
    List<UnicastPeer> peers,
    boolean checkUnicastSource,
    boolean ownerIgnoresAdverts,
    InetAddress localAddress) {

  public Expected {
    addresses = List.copyOf(addresses);
    peers = List.copyOf(peers);
  }

  /** Whether the instance talks to listed peers. */
  public boolean unicast() {
    return !peers.isEmpty();
  }
}
