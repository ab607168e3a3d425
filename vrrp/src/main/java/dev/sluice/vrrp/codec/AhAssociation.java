package dev.sluice.vrrp.codec;

import static dev.sluice.vrrp.codec.InternetChecksum.INT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The IPsec authentication header of version 2 (RFC 2338 5.3.6, RFC 2402, HMAC-MD5-96 of RFC 2403)
 * as keepalived computes it: key and the sequence number that all routers of the group share. One
 * instance's; one thread's.
 *
 * <p>The IPv4 header goes into the hash with TOS, flags and checksum 0. The TTL is 0 only in
 * unicast: in multicast it keeps its 255, which departs from RFC 4302.
 */
public final class AhAssociation {
  /** IP protocol number. */
  public static final int IP_PROTOCOL = 51;

  /** Bytes of the header. */
  public static final int LENGTH = 24;

  private static final int IP_HEADER = 20;
  private static final int SEQUENCE = IP_HEADER + 8;
  private static final int ICV = IP_HEADER + 12;
  private static final int ICV_BYTES = 12;

  private final Mac mac;
  private final byte[] input = new byte[AdvertEncoder.MAX_PACKET];
  private final byte[] digest = new byte[16];
  private final byte[] theirs = new byte[ICV_BYTES];
  private final byte[] ours = new byte[ICV_BYTES];
  private long highest;

  /** An association; eight bytes of the password count. */
  public AhAssociation(String password) {
    byte[] key = Arrays.copyOf(password.getBytes(StandardCharsets.UTF_8), 8);
    try {
      mac = Mac.getInstance("HmacMD5");
      mac.init(new SecretKeySpec(key, "HmacMD5"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacMD5", e);
    }
  }

  /** The greatest sequence number sent or heard. */
  public long highest() {
    return highest;
  }

  /** Takes note of a number; what is sent next carries a greater one. */
  void sentOrHeard(long sequence) {
    highest = Math.max(highest, sequence);
  }

  /** Numbers and seals a packet whose authentication header follows a 20-byte IPv4 header. */
  void seal(MemorySegment packet, int length, boolean unicast) {
    highest = (highest + 1) & 0xffff_ffffL;
    packet.set(INT, SEQUENCE, (int) highest);
    hash(packet, length, unicast);
    MemorySegment.copy(digest, 0, packet, JAVA_BYTE, ICV, ICV_BYTES);
  }

  /** Whether the seal is right. */
  boolean sealed(MemorySegment packet, int length, boolean unicast) {
    hash(packet, length, unicast);
    MemorySegment.copy(packet, JAVA_BYTE, ICV, theirs, 0, ICV_BYTES);
    System.arraycopy(digest, 0, ours, 0, ICV_BYTES);
    return MessageDigest.isEqual(theirs, ours);
  }

  /** Whether a packet's sequence number is new; then it is the highest. */
  boolean fresh(MemorySegment packet) {
    long sequence = packet.get(INT, SEQUENCE) & 0xffff_ffffL;
    if (sequence <= highest) {
      return false;
    }
    highest = sequence;
    return true;
  }

  private void hash(MemorySegment packet, int length, boolean unicast) {
    MemorySegment.copy(packet, JAVA_BYTE, 0, input, 0, length);
    input[1] = 0;
    input[6] = 0;
    input[7] = 0;
    if (unicast) {
      input[8] = 0;
    }
    input[10] = 0;
    input[11] = 0;
    Arrays.fill(input, ICV, ICV + ICV_BYTES, (byte) 0);
    mac.update(input, 0, length);
    try {
      mac.doFinal(digest, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("16 bytes hold an MD5 digest", e);
    }
  }
}
