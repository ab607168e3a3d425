package dev.sluice.check.talk;

import dev.sluice.check.http.HttpVerdict;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A short exchange with a server: what is not yet understood is kept, up to {@link #MAX_ANSWER}
 * bytes; more than that is no answer to what was asked.
 */
public abstract class Talk {
  /** Bytes that may wait to be understood. */
  static final int MAX_ANSWER = 32 * 1024;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private ByteBuffer heard = ByteBuffer.allocate(512);
  private ByteBuffer out = NOTHING;
  private boolean answering;
  private @Nullable HttpVerdict verdict;

  /** The connection stands: says what the client says first, if anything. */
  public abstract void begin();

  /**
   * Reads on. What it does not consume is shown again when more has come; that it consumes nothing
   * means that the rest is missing.
   */
  protected abstract void hear(ByteBuffer all);

  /** What the server owes us just now: "greeting". */
  public abstract String awaited();

  /** The server hung up and no verdict has been reached: what that means. */
  protected HttpVerdict hungUp() {
    return new HttpVerdict(false, "closed before the " + awaited());
  }

  /** Bytes that came; all are taken. */
  public final void received(ByteBuffer bytes) {
    answering |= bytes.hasRemaining();
    while (bytes.hasRemaining() && verdict == null) {
      if (!heard.hasRemaining()) {
        if (heard.capacity() >= MAX_ANSWER) {
          fail("the " + awaited() + " is longer than " + MAX_ANSWER + " bytes");
          break;
        }
        heard = ByteBuffer.allocate(2 * heard.capacity()).put(heard.flip());
      }
      int n = Math.min(bytes.remaining(), heard.remaining());
      heard.put(bytes.slice(bytes.position(), n));
      bytes.position(bytes.position() + n);
      heard.flip();
      int before = -1;
      while (verdict == null && heard.hasRemaining() && heard.position() != before) {
        before = heard.position();
        hear(heard);
      }
      heard.compact();
    }
    bytes.position(bytes.limit());
  }

  /** The server sends no more. */
  public final void closed() {
    if (verdict == null) {
      verdict = hungUp();
    }
  }

  /** What is to be sent. */
  public final ByteBuffer toSend() {
    return out;
  }

  /** The verdict; null: still open. */
  public final @Nullable HttpVerdict verdict() {
    return verdict;
  }

  /** Whether a byte of the answer has come. */
  public final boolean answering() {
    return answering;
  }

  protected final void say(byte[] bytes) {
    if (out.hasRemaining()) {
      byte[] both = new byte[out.remaining() + bytes.length];
      int n = out.remaining();
      out.get(both, 0, n);
      System.arraycopy(bytes, 0, both, n, bytes.length);
      out = ByteBuffer.wrap(both);
    } else {
      out = ByteBuffer.wrap(bytes);
    }
  }

  protected final void say(String text) {
    say(text.getBytes(StandardCharsets.UTF_8));
  }

  protected final void pass(String evidence) {
    verdict = new HttpVerdict(true, evidence);
  }

  protected final void fail(String evidence) {
    verdict = new HttpVerdict(false, evidence);
  }

  /** The next line without its end; null: it is not whole yet. */
  protected static @Nullable String line(ByteBuffer all) {
    for (int i = all.position(); i < all.limit(); i++) {
      if (all.get(i) == '\n') {
        byte[] text = new byte[i - all.position()];
        all.get(text).get();
        return new String(text, StandardCharsets.ISO_8859_1).stripTrailing();
      }
    }
    return null;
  }

  /** What a server said, fit for a log: bounded and without control characters. */
  protected static String shown(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 80 ? clean.substring(0, 79) + "…" : clean;
  }
}
