package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What is said over one connection, as bytes in and bytes out: no socket and no clock in it. */
interface Conversation {

  /** The connection stands, or may stand when we {@link #speakFirst}. */
  void begin();

  /**
   * Whether what is said first is known before the connection stands, and is all that is said: it
   * is then sent at once, and the connection may be reset after the verdict.
   */
  default boolean speakFirst() {
    return false;
  }

  /** Who is to be told, in the loop, when something has become to be sent or judged by itself. */
  default void whenProgressed(Runnable told) {}

  /** Bytes that came; all are consumed. */
  void received(ByteBuffer bytes);

  /** The peer sends no more. */
  void closed();

  /** What is to be sent, between position and limit; the sender advances the position. */
  ByteBuffer toSend();

  /** The verdict; null while it is open. */
  @Nullable HttpVerdict verdict();

  /** Whether the first byte of the answer has come. */
  boolean answering();

  /** What the peer owes us just now, for a message: "answer", "TLS handshake". */
  String awaited();
}
