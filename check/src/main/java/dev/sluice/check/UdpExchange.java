package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import dev.sluice.config.model.Checker;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * UDP_CHECK (keepalived.md section 8): without {@code require_reply} silence is success, as only an
 * ICMP error can tell that nobody listens; with it a reply of the right length must come that
 * begins as asked.
 */
final class UdpExchange implements Exchange {
  private static final int SHOWN_BYTES = 16;

  private final Checker.Udp check;

  UdpExchange(Checker.Udp check) {
    this.check = check;
  }

  @Override
  public byte[] request() {
    Checker.Bytes payload = check.payload();
    return payload == null ? new byte[0] : payload.bytes();
  }

  @Override
  public @Nullable HttpVerdict received(byte[] datagram) {
    int length = datagram.length;
    if (!check.requireReply()) {
      return new HttpVerdict(true, "replied with " + length + " bytes");
    }
    if (length < check.minReplyLength() || length > check.maxReplyLength()) {
      return new HttpVerdict(
          false,
          "reply of %d bytes, expected %d to %d"
              .formatted(length, check.minReplyLength(), check.maxReplyLength()));
    }
    Checker.Bytes wanted = check.reply();
    if (wanted != null && !wanted.fits(datagram)) {
      String got = HexFormat.of().formatHex(datagram, 0, Math.min(length, SHOWN_BYTES));
      String more = length > SHOWN_BYTES ? "…" : "";
      return new HttpVerdict(false, "reply " + got + more + ", expected " + wanted.pattern());
    }
    return new HttpVerdict(true, "reply of " + length + " bytes fits");
  }

  @Override
  public HttpVerdict silence(String waited) {
    return check.requireReply()
        ? new HttpVerdict(false, "no reply within " + waited)
        : new HttpVerdict(true, "no ICMP error within " + waited);
  }
}
