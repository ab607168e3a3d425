package dev.sluice.vrrp.codec;

import static dev.sluice.vrrp.codec.InternetChecksum.INT;
import static dev.sluice.vrrp.codec.InternetChecksum.LONG;
import static dev.sluice.vrrp.codec.InternetChecksum.SHORT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;

/**
 * An unsolicited neighbour advertisement (RFC 4861 7.2.6) in keepalived's form: from the announced
 * address itself to all nodes, with override flag and the target's link-layer address.
 */
public final class NeighbourAdvertisement {
  /** Bytes of the frame. */
  public static final int LENGTH = 86;

  private static final int ETHERNET = 14;
  private static final int IP = 40;
  private static final int ICMP = ETHERNET + IP;
  private static final int ICMP_BYTES = 32;
  private static final int ICMPV6 = 58;
  private static final int ROUTER = 0x8000_0000;
  private static final int OVERRIDE = 0x2000_0000;

  private NeighbourAdvertisement() {}

  /**
   * Writes the frame at the start of {@code out}.
   *
   * @param mac six bytes: the interface that holds the address
   * @param router whether that interface forwards IPv6
   * @return {@link #LENGTH}
   */
  public static int encode(byte[] mac, Inet6Address address, boolean router, MemorySegment out) {
    long high = AddressBits.high(address);
    long low = AddressBits.low(address);
    out.set(SHORT, 0, (short) 0x3333);
    out.set(INT, 2, 1);
    for (int i = 0; i < 6; i++) {
      out.set(JAVA_BYTE, 6 + i, mac[i]);
      out.set(JAVA_BYTE, ICMP + 26 + i, mac[i]);
    }
    out.set(SHORT, 12, (short) 0x86dd);
    out.set(INT, ETHERNET, 0x6000_0000);
    out.set(SHORT, ETHERNET + 4, (short) ICMP_BYTES);
    out.set(JAVA_BYTE, ETHERNET + 6, (byte) ICMPV6);
    out.set(JAVA_BYTE, ETHERNET + 7, (byte) 255);
    out.set(LONG, ETHERNET + 8, high);
    out.set(LONG, ETHERNET + 16, low);
    out.set(LONG, ETHERNET + 24, 0xff02_0000_0000_0000L);
    out.set(LONG, ETHERNET + 32, 1L);
    out.set(JAVA_BYTE, ICMP, (byte) 136);
    out.set(JAVA_BYTE, ICMP + 1, (byte) 0);
    out.set(SHORT, ICMP + 2, (short) 0);
    out.set(INT, ICMP + 4, OVERRIDE | (router ? ROUTER : 0));
    out.set(LONG, ICMP + 8, high);
    out.set(LONG, ICMP + 16, low);
    out.set(JAVA_BYTE, ICMP + 24, (byte) 2);
    out.set(JAVA_BYTE, ICMP + 25, (byte) 1);
    long sum =
        InternetChecksum.sum(out, ETHERNET + 8, 32)
            + ICMP_BYTES
            + ICMPV6
            + InternetChecksum.sum(out, ICMP, ICMP_BYTES);
    out.set(SHORT, ICMP + 2, (short) InternetChecksum.fold(sum));
    return LENGTH;
  }
}
