package dev.sluice.vrrp.codec;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address objects of the routers heard, so that hearing one again makes none. A table of fixed
 * size: a flood of forged senders costs objects, never memory.
 */
public final class AddressBook {
  private static final int SLOTS = 1 << 12;

  private final long[] high = new long[SLOTS];
  private final long[] low = new long[SLOTS];
  private final @Nullable InetAddress[] known = new InetAddress[SLOTS];

  /** An empty book. */
  public AddressBook() {}

  /** The address of these bits. */
  public InetAddress of(boolean ipv4, long highBits, long lowBits) {
    long mixed = (highBits * 31 + lowBits) * 0x9e37_79b9_7f4a_7c15L;
    int slot = (int) (mixed >>> 52) & (SLOTS - 1);
    InetAddress present = known[slot];
    if (present != null
        && high[slot] == highBits
        && low[slot] == lowBits
        && AddressBits.ipv4(present) == ipv4) {
      return present;
    }
    InetAddress made = AddressBits.of(ipv4, highBits, lowBits);
    known[slot] = made;
    high[slot] = highBits;
    low[slot] = lowBits;
    return made;
  }
}
