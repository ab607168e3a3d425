package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import org.jspecify.annotations.Nullable;

/** One datagram out and what may come back: no socket and no clock in it. */
interface Exchange {

  /** What is sent. */
  byte[] request();

  /** A datagram came; null: it is not the answer, wait on. */
  @Nullable HttpVerdict received(byte[] datagram);

  /**
   * Nothing came in time.
   *
   * @param waited how long, in words
   */
  HttpVerdict silence(String waited);
}
