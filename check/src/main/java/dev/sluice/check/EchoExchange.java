package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * PING_CHECK: an echo request and its reply (RFC 792, RFC 4443 section 4). The kernel fills in
 * identifier and checksum and hands us only answers to our identifier.
 */
final class EchoExchange implements Exchange {
  private static final int DATA_BYTES = 56; // what ping(8) sends

  private final int requestType;
  private final int replyType;
  private final short sequence;

  EchoExchange(boolean ipv6, int sequence) {
    this.requestType = ipv6 ? 128 : 8;
    this.replyType = ipv6 ? 129 : 0;
    this.sequence = (short) sequence;
  }

  @Override
  public byte[] request() {
    return ByteBuffer.allocate(8 + DATA_BYTES)
        .put((byte) requestType)
        .putShort(6, sequence)
        .array();
  }

  @Override
  public @Nullable HttpVerdict received(byte[] datagram) {
    if (datagram.length < 8
        || (datagram[0] & 0xff) != replyType
        || ByteBuffer.wrap(datagram).getShort(6) != sequence) {
      return null;
    }
    return new HttpVerdict(true, "echo reply");
  }

  @Override
  public HttpVerdict silence(String waited) {
    return new HttpVerdict(false, "no echo reply within " + waited);
  }
}
