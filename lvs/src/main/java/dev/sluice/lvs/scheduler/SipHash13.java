package dev.sluice.lvs.scheduler;

/**
 * SipHash-1-3 (Aumasson and Bernstein, 2012) of one 32-bit word, as the kernel's Maglev uses it.
 */
final class SipHash13 {
  private long v0;
  private long v1;
  private long v2;
  private long v3;

  private SipHash13(long key) {
    v0 = key ^ 0x736f6d6570736575L;
    v1 = key ^ 0x646f72616e646f6dL;
    v2 = key ^ 0x6c7967656e657261L;
    v3 = key ^ 0x7465646279746573L;
  }

  /**
   * The lower half of the hash.
   *
   * @param key both halves of the key
   */
  static int word(int value, long key) {
    SipHash13 s = new SipHash13(key);
    long message = 4L << 56 | Integer.toUnsignedLong(value);
    s.v3 ^= message;
    s.round();
    s.v0 ^= message;
    s.v2 ^= 0xff;
    s.round();
    s.round();
    s.round();
    return (int) (s.v0 ^ s.v1 ^ s.v2 ^ s.v3);
  }

  private void round() {
    v0 += v1;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v3;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 += v3;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 += v1;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v2 = Long.rotateLeft(v2, 32);
  }
}
