package dev.sluice.vrrp.codec;

import java.net.InetAddress;
import java.util.Arrays;

/** The order of addresses that decides between equal priorities (RFC 5798 6.4.3). */
public final class AddressOrder {
  private AddressOrder() {}

  /** Compares as unsigned numbers in network order; addresses of one family. */
  public static int compare(InetAddress a, InetAddress b) {
    return Arrays.compareUnsigned(a.getAddress(), b.getAddress());
  }
}
