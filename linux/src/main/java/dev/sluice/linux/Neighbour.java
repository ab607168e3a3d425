package dev.sluice.linux;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of a host on a link (ARP, neighbour discovery).
 *
 * @param ifindex the interface's number
 * @param mac null while unknown
 * @param state NUD_…, one of the constants
 */
public record Neighbour(int ifindex, InetAddress address, @Nullable MacAddress mac, int state) {
  public static final int INCOMPLETE = 0x01;
  public static final int REACHABLE = 0x02;
  public static final int STALE = 0x04;
  public static final int DELAY = 0x08;
  public static final int PROBE = 0x10;
  public static final int FAILED = 0x20;
  public static final int NOARP = 0x40;
  public static final int PERMANENT = 0x80;

  private static final int VALID = REACHABLE | STALE | DELAY | PROBE | NOARP | PERMANENT;

  /** Whether the kernel would send to this hardware address now. */
  public boolean usable() {
    return mac != null && (state & VALID) != 0;
  }

  /** Whether the kernel asked and nobody answered. */
  public boolean failed() {
    return state == FAILED;
  }
}
