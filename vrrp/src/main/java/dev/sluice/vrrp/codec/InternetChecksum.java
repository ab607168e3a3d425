package dev.sluice.vrrp.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The one's-complement sum of RFC 1071. */
final class InternetChecksum {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private InternetChecksum() {}

  /** Unfolded sum of the 16-bit words of {@code [from, from + length)}. */
  static long sum(MemorySegment s, long from, int length) {
    long sum = 0;
    int i = 0;
    for (; i + 1 < length; i += 2) {
      sum += s.get(SHORT, from + i) & 0xffff;
    }
    if (i < length) {
      sum += (s.get(JAVA_BYTE, from + i) & 0xff) << 8;
    }
    return sum;
  }

  /** Unfolded sum of the pseudo header of RFC 5798 5.2.8 for IPv4. */
  static long pseudoHeader(int source, int destination, int length) {
    return (source >>> 16)
        + (source & 0xffff)
        + (destination >>> 16)
        + (destination & 0xffff)
        + Advert.IP_PROTOCOL
        + (long) length;
  }

  /** Unfolded sum of the pseudo header of RFC 8200 8.1 for a VRRP message. */
  static long pseudoHeader6(
      long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int length) {
    return words(sourceHigh)
        + words(sourceLow)
        + words(destinationHigh)
        + words(destinationLow)
        + Advert.IP_PROTOCOL
        + (long) length;
  }

  /** The sum of the four 16-bit words of a long. */
  static long words(long bits) {
    return (bits >>> 48) + (bits >>> 32 & 0xffff) + (bits >>> 16 & 0xffff) + (bits & 0xffff);
  }

  /** The 16 bits to write; of a verified message (its checksum included in the sum) 0. */
  static int fold(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) (~folded & 0xffff);
  }
}
