package dev.sluice.vrrp.codec;

import dev.sluice.vrrp.VrrpCounter;
import java.net.InetAddress;
import java.util.List;

/** What the decoder makes of a packet. */
public sealed interface Received {

  /**
   * A fault of the packet.
   *
   * @param counter what to count
   * @param text what is wrong with it, in the operator's words, without the sender
   */
  record Remark(VrrpCounter counter, String text) {}

  /**
   * An advert to be honoured.
   *
   * @param checksum the style that verified
   * @param remarks faults that do not lead to rejection; usually none
   */
  record Accepted(
      Advert advert,
      InetAddress source,
      InetAddress destination,
      int ttl,
      ChecksumStyle checksum,
      List<Remark> remarks)
      implements Received {}

  /** A packet to be dropped. */
  record Rejected(Remark why) implements Received {}
}
