package dev.sluice.check.http;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Arrays;

/** The first {@link #MAX_BYTES} of a body. */
final class KeptBody {
  static final int MAX_BYTES = 256 * 1024;

  private byte[] bytes = new byte[1024];
  private int length;
  private boolean cut;

  /** Takes a portion; its position is left alone. */
  void feed(ByteBuffer part) {
    int n = Math.min(part.remaining(), MAX_BYTES - length);
    cut |= n < part.remaining();
    if (length + n > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(MAX_BYTES, Math.max(length + n, 2 * bytes.length)));
    }
    part.get(part.position(), bytes, length, n);
    length += n;
  }

  int length() {
    return length;
  }

  /** Whether there was more. */
  boolean cut() {
    return cut;
  }

  String text(Charset charset) {
    return new String(bytes, 0, length, charset);
  }

  /** How much it is, in words. */
  String size() {
    return length + " bytes" + (cut ? " (the first of more)" : "");
  }
}
