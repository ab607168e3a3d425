package dev.sluice.vrrp.codec;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** IPv4 addresses as the 32 bits of the wire. */
public final class Ipv4 {
  private Ipv4() {}

  /**
   * The address as a big-endian number; compare with {@link Integer#compareUnsigned}.
   *
   * @throws IllegalArgumentException it is not an IPv4 address
   */
  public static int toInt(InetAddress address) {
    if (!(address instanceof Inet4Address)) {
      throw new IllegalArgumentException(address.getHostAddress() + " is not an IPv4 address");
    }
    byte[] b = address.getAddress();
    return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
  }

  /** The address of these 32 bits. */
  public static Inet4Address of(int bits) {
    byte[] b = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    try {
      return (Inet4Address) InetAddress.getByAddress(b);
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }
}
