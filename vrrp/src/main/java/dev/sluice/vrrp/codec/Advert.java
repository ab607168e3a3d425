package dev.sluice.vrrp.codec;

import java.net.InetAddress;
import java.util.List;

/**
 * A VRRP advertisement.
 *
 * @param version 2 or 3
 * @param virtualRouterId 1..255
 * @param priority 255 owner, 1..254, 0: "I am leaving"
 * @param intervalCentis hundredths of a second; version 2 carries whole seconds, version 3 12 bits
 * @param addresses the virtual addresses, at most 255
 * @param authentication {@link AdvertAuthentication.None} with version 3
 */
public record Advert(
    int version,
    int virtualRouterId,
    int priority,
    int intervalCentis,
    List<InetAddress> addresses,
    AdvertAuthentication authentication) {

  /** IP protocol number of VRRP. */
  public static final int IP_PROTOCOL = 112;

  /** Most addresses one advert can name. */
  public static final int MAX_ADDRESSES = 255;

  public Advert {
    addresses = List.copyOf(addresses);
    if (version != 2 && version != 3) {
      throw new IllegalArgumentException("VRRP version " + version);
    }
    if (addresses.size() > MAX_ADDRESSES) {
      throw new IllegalArgumentException(addresses.size() + " addresses in one advert");
    }
  }

  /** The same advert with another priority. */
  public Advert withPriority(int other) {
    return new Advert(version, virtualRouterId, other, intervalCentis, addresses, authentication);
  }
}
