package dev.sluice.vrrp.codec;

import static dev.sluice.vrrp.codec.InternetChecksum.LONG;
import static dev.sluice.vrrp.codec.InternetChecksum.SHORT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.sluice.vrrp.VrrpCounter;
import java.lang.foreign.MemorySegment;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * {@code auth_hmac} of keepalived 2.4.2 and later: a trailer of 28 bytes behind the message with an
 * HMAC-SHA-256 cut to 128 bits and a number that only grows. No standard. Holds the keys, the
 * number sent last and the numbers heard; one instance's, one thread's.
 *
 * <pre>
 * 0 scheme (1)  1 key id  2 reserved  4 UTC seconds  8 1/65536 s  10 counter  12 HMAC (16)
 * </pre>
 *
 * The hash covers a synthetic header (family, version, VRID, source), the message and the trailer,
 * with both checksums read as zero.
 */
public final class HmacAssociation {
  /** Bytes of the trailer. */
  public static final int TRAILER = 28;

  private static final int SYNTHETIC = 20;
  private static final int SIGNED = 12;
  private static final int TAG = 16;
  private static final int SCHEME = 1;

  /** Multicast senders remembered; the one heard longest ago is forgotten. */
  private static final int SENDERS = 4;

  /** What it demands and does. */
  public enum Mode {
    /** Signs, and drops what carries no trailer. */
    ENFORCE(true, true),
    /** Signs, and accepts what carries none. */
    PERMISSIVE(true, false),
    /** Does not sign; verifies where there is a trailer. */
    RECEIVE_ONLY(false, false);

    private final boolean signs;
    private final boolean demands;

    Mode(boolean signs, boolean demands) {
      this.signs = signs;
      this.demands = demands;
    }

    /** Whether our adverts carry a trailer. */
    public boolean signs() {
      return signs;
    }

    /** Whether an advert without a trailer is dropped. */
    public boolean demands() {
      return demands;
    }
  }

  private record Key(int id, Mac mac) {}

  private static final class Sender {
    long high;
    long low;
    long mark;
    long used;
  }

  private final List<Key> keys = new ArrayList<>();
  private final Key active;
  private final Mode mode;
  private final boolean byTime;
  private final long windowSeconds;
  private final Sender[] senders;
  private final byte[] input;
  private final byte[] digest = new byte[32];
  private final byte[] tag = new byte[TAG];
  private final byte[] trailer = new byte[TRAILER];
  private final MemorySegment trailerSegment = MemorySegment.ofArray(trailer);
  private long last;
  private long uses;

  /**
   * An association that has sent and heard nothing.
   *
   * @param activeKey the id of the key to sign with, one of {@code keys}
   * @param byTime numbers are also compared with the clock
   * @param windowSeconds how far a time stamp may be from our clock
   * @param peers unicast peers; 0: multicast
   */
  public HmacAssociation(
      List<HmacKey> keys, int activeKey, Mode mode, boolean byTime, long windowSeconds, int peers) {
    Key found = null;
    for (HmacKey key : keys) {
      Key made = new Key(key.id(), mac(key));
      this.keys.add(made);
      if (key.id() == activeKey) {
        found = made;
      }
    }
    if (found == null) {
      throw new IllegalArgumentException("no auth_hmac key " + activeKey);
    }
    active = found;
    this.mode = mode;
    this.byTime = byTime;
    this.windowSeconds = windowSeconds;
    senders = new Sender[peers == 0 ? SENDERS : peers];
    for (int i = 0; i < senders.length; i++) {
      senders[i] = new Sender();
    }
    input = new byte[SYNTHETIC + AdvertEncoder.MAX_MESSAGE + TRAILER];
  }

  private static Mac mac(HmacKey key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.octets(), "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** What it demands and does. */
  public Mode mode() {
    return mode;
  }

  /** A wall clock as the upper 48 bits of a number: seconds and 1/65536 seconds. */
  public static long clock(long utcMillis) {
    long seconds = Math.floorDiv(utcMillis, 1000L);
    long fraction = Math.floorMod(utcMillis, 1000L) * 65_536 / 1000;
    return (seconds << 32) | (fraction << 16);
  }

  /** The number after the last one: never less than the clock's, unless that ran back far. */
  private long next(long clock) {
    long next = last + 1;
    if (last == 0 || clock - next > 0) {
      next = clock;
    } else if (byTime && (last >>> 32) - (clock >>> 32) > windowSeconds) {
      next = clock;
    }
    last = next;
    return next;
  }

  /**
   * Signs a message; all copies of an advert carry the same trailer.
   *
   * @param clock {@link #clock}
   * @return the trailer, valid until the next call
   */
  MemorySegment sign(
      MemorySegment packet,
      long at,
      int length,
      boolean ipv4,
      long sourceHigh,
      long sourceLow,
      long clock) {
    return sign(packet, at, length, ipv4, sourceHigh, sourceLow, active, next(clock));
  }

  private MemorySegment sign(
      MemorySegment packet,
      long at,
      int length,
      boolean ipv4,
      long sourceHigh,
      long sourceLow,
      Key key,
      long number) {
    trailer[0] = SCHEME;
    trailer[1] = (byte) key.id();
    trailer[2] = 0;
    trailer[3] = 0;
    trailerSegment.set(LONG, 4, number);
    hash(key, packet, at, length, ipv4, sourceHigh, sourceLow, trailerSegment, 0);
    System.arraycopy(digest, 0, trailer, SIGNED, TAG);
    return trailerSegment;
  }

  /**
   * Judges a message with its trailer behind it.
   *
   * @return null: it is right
   */
  @Nullable VrrpCounter verify(
      MemorySegment packet,
      long at,
      int length,
      boolean ipv4,
      long sourceHigh,
      long sourceLow,
      long clock) {
    long end = at + length;
    if (packet.get(JAVA_BYTE, end) != SCHEME || packet.get(SHORT, end + 2) != 0) {
      return VrrpCounter.HMAC_MALFORMED;
    }
    long number = packet.get(LONG, end + 4);
    long seconds = number >>> 32;
    long nowSeconds = clock >>> 32;
    // Before the hash: a stale packet costs no work.
    if (byTime && Math.abs(nowSeconds - seconds) > windowSeconds) {
      return VrrpCounter.HMAC_STALE;
    }
    Key key = key(packet.get(JAVA_BYTE, end + 1) & 0xff);
    if (key == null) {
      return VrrpCounter.HMAC_UNKNOWN_KEY;
    }
    hash(key, packet, at, length, ipv4, sourceHigh, sourceLow, packet, end);
    MemorySegment.copy(packet, JAVA_BYTE, end + SIGNED, tag, 0, TAG);
    int differ = 0;
    for (int i = 0; i < TAG; i++) {
      differ |= tag[i] ^ digest[i];
    }
    if (differ != 0) {
      return VrrpCounter.HMAC_BAD;
    }
    Sender sender = sender(sourceHigh, sourceLow);
    boolean known = sender.used != 0 && sender.high == sourceHigh && sender.low == sourceLow;
    if (known && byTime && Math.abs(nowSeconds - (sender.mark >>> 32)) > windowSeconds) {
      known = false;
    }
    // Serial arithmetic: the difference decides, not the value.
    if (known && number - sender.mark <= 0) {
      return VrrpCounter.HMAC_REPLAY;
    }
    sender.high = sourceHigh;
    sender.low = sourceLow;
    sender.mark = number;
    sender.used = ++uses;
    return null;
  }

  private @Nullable Key key(int id) {
    for (int i = 0; i < keys.size(); i++) {
      Key key = keys.get(i);
      if (key.id() == id) {
        return key;
      }
    }
    return null;
  }

  /** The sender's entry, or the one used longest ago. */
  private Sender sender(long high, long low) {
    Sender oldest = senders[0];
    for (Sender sender : senders) {
      if (sender.used != 0 && sender.high == high && sender.low == low) {
        return sender;
      }
      if (sender.used < oldest.used) {
        oldest = sender;
      }
    }
    return oldest;
  }

  private void hash(
      Key key,
      MemorySegment packet,
      long at,
      int length,
      boolean ipv4,
      long sourceHigh,
      long sourceLow,
      MemorySegment trailerOf,
      long trailerAt) {
    input[0] = (byte) (ipv4 ? 4 : 6);
    input[1] = (byte) ((packet.get(JAVA_BYTE, at) & 0xf0) >> 4);
    input[2] = packet.get(JAVA_BYTE, at + 1);
    input[3] = 0;
    // IPv4 stands left-aligned in the sixteen bytes.
    put(4, ipv4 ? sourceLow << 32 : sourceHigh);
    put(12, ipv4 ? 0 : sourceLow);
    MemorySegment.copy(packet, JAVA_BYTE, at, input, SYNTHETIC, length);
    input[SYNTHETIC + 6] = 0;
    input[SYNTHETIC + 7] = 0;
    int end = SYNTHETIC + length;
    MemorySegment.copy(trailerOf, JAVA_BYTE, trailerAt, input, end, SIGNED);
    Arrays.fill(input, end + SIGNED, end + TRAILER, (byte) 0);
    key.mac().update(input, 0, end + TRAILER);
    try {
      key.mac().doFinal(digest, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("32 bytes hold a SHA-256 digest", e);
    }
  }

  private void put(int at, long value) {
    for (int i = 0; i < 8; i++) {
      input[at + i] = (byte) (value >>> (56 - 8 * i));
    }
  }
}
