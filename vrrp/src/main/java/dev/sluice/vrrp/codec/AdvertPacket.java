package dev.sluice.vrrp.codec;

import static dev.sluice.vrrp.codec.InternetChecksum.SHORT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.sluice.vrrp.codec.AdvertEncoder.Envelope;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One copy of an advert made once and patched for every sending: priority, identification and what
 * depends on them. Sending allocates nothing.
 */
public final class AdvertPacket {
  private final MemorySegment image;
  private final int length;
  private final boolean ipv4;
  private final boolean unicast;
  private final int messageAt;
  private final long sourceHigh;
  private final long sourceLow;
  private final @Nullable AhAssociation ah;
  private final boolean trailed;
  private final long sumWithoutPriority;
  private final long headerSum;

  /**
   * A copy's image.
   *
   * @param ah seals version 2 with {@link AdvertAuthentication.Ah}
   * @param trailed whether a trailer will stand behind the message
   */
  public AdvertPacket(
      Advert advert, Envelope envelope, @Nullable AhAssociation ah, boolean trailed) {
    byte[] bytes = new byte[AdvertEncoder.MAX_PACKET];
    ipv4 = envelope.ipv4();
    length = AdvertEncoder.encode(advert.withPriority(0), envelope, MemorySegment.ofArray(bytes));
    image = MemorySegment.ofArray(Arrays.copyOf(bytes, length + HmacAssociation.TRAILER));
    unicast = !envelope.destination().isMulticastAddress();
    messageAt = AdvertEncoder.messageAt(ipv4, advert.authentication());
    sourceHigh = AddressBits.high(envelope.source());
    sourceLow = AddressBits.low(envelope.source());
    this.ah = advert.authentication() instanceof AdvertAuthentication.Ah ? ah : null;
    this.trailed = trailed;
    image.set(SHORT, messageAt + 6, (short) 0);
    int messageLength = length - messageAt;
    // The kernel's checksum of IPv6 covers the trailer; that of IPv4 ends before it.
    int covered = messageLength + (trailed && !ipv4 ? HmacAssociation.TRAILER : 0);
    sumWithoutPriority =
        InternetChecksum.sum(image, messageAt, messageLength)
            + AdvertEncoder.pseudoHeader(advert.version(), envelope, covered);
    if (ipv4) {
      image.set(SHORT, 2, (short) (length + (trailed ? HmacAssociation.TRAILER : 0)));
      image.set(SHORT, 4, (short) 0);
      image.set(SHORT, 10, (short) 0);
      headerSum = InternetChecksum.sum(image, 0, AdvertEncoder.IP_HEADER);
    } else {
      headerSum = 0;
    }
  }

  /**
   * Signs the message with this priority; the trailer serves every copy.
   *
   * @param clock {@link HmacAssociation#clock}
   */
  public MemorySegment sign(HmacAssociation association, int priority, long clock) {
    image.set(JAVA_BYTE, messageAt + 2, (byte) priority);
    return association.sign(
        image, messageAt, length - messageAt, ipv4, sourceHigh, sourceLow, clock);
  }

  /** Bytes that {@link #write} writes. */
  public int length() {
    return trailed ? length + HmacAssociation.TRAILER : length;
  }

  /**
   * Writes the packet at the start of {@code out}.
   *
   * @param identification of IPv4, 1..65535
   * @param trailer what {@link #sign} gave; null without one
   * @return its length in bytes
   */
  public int write(
      int priority, int identification, @Nullable MemorySegment trailer, MemorySegment out) {
    long sum = sumWithoutPriority + ((long) priority << 8);
    image.set(JAVA_BYTE, messageAt + 2, (byte) priority);
    if (ipv4) {
      image.set(SHORT, 4, (short) identification);
      image.set(SHORT, 10, (short) InternetChecksum.fold(headerSum + identification));
    }
    if (trailed && trailer != null) {
      MemorySegment.copy(trailer, 0, image, length, HmacAssociation.TRAILER);
      if (!ipv4) {
        sum += InternetChecksum.sum(trailer, 0, HmacAssociation.TRAILER);
      }
    }
    image.set(SHORT, messageAt + 6, (short) InternetChecksum.fold(sum));
    int whole = length();
    MemorySegment.copy(image, 0, out, 0, whole);
    if (ah != null) {
      ah.seal(out, whole, unicast);
    }
    return whole;
  }
}
