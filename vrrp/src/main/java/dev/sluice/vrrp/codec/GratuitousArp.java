package dev.sluice.vrrp.codec;

import static dev.sluice.vrrp.codec.InternetChecksum.INT;
import static dev.sluice.vrrp.codec.InternetChecksum.SHORT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;

/**
 * A gratuitous ARP frame in keepalived's form: a broadcast request, sender and target both the
 * announced address, target hardware address all ones.
 */
public final class GratuitousArp {
  /** Bytes of the frame; the driver pads it. */
  public static final int LENGTH = 42;

  private GratuitousArp() {}

  /**
   * Writes the frame at the start of {@code out}.
   *
   * @param mac six bytes: the interface that holds the address
   * @return {@link #LENGTH}
   */
  public static int encode(byte[] mac, Inet4Address address, MemorySegment out) {
    int ip = Ipv4.toInt(address);
    for (int i = 0; i < 6; i++) {
      out.set(JAVA_BYTE, i, (byte) 0xff);
      out.set(JAVA_BYTE, 6 + i, mac[i]);
      out.set(JAVA_BYTE, 22 + i, mac[i]);
      out.set(JAVA_BYTE, 32 + i, (byte) 0xff);
    }
    out.set(SHORT, 12, (short) 0x0806);
    out.set(SHORT, 14, (short) 1);
    out.set(SHORT, 16, (short) 0x0800);
    out.set(JAVA_BYTE, 18, (byte) 6);
    out.set(JAVA_BYTE, 19, (byte) 4);
    out.set(SHORT, 20, (short) 1);
    out.set(INT, 28, ip);
    out.set(INT, 38, ip);
    return LENGTH;
  }
}
