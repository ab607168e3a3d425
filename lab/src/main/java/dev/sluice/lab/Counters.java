package dev.sluice.lab;

/**
 * What has passed through a device, in bytes and packets, as the device itself sees the directions.
 */
public record Counters(long rxBytes, long rxPackets, long txBytes, long txPackets) {

  static Counters of(Json link) {
    Json rx = link.get("stats64").get("rx");
    Json tx = link.get("stats64").get("tx");
    return new Counters(
        rx.get("bytes").number(),
        rx.get("packets").number(),
        tx.get("bytes").number(),
        tx.get("packets").number());
  }

  /** What passed between {@code earlier} and this reading. */
  public Counters since(Counters earlier) {
    return new Counters(
        rxBytes - earlier.rxBytes,
        rxPackets - earlier.rxPackets,
        txBytes - earlier.txBytes,
        txPackets - earlier.txPackets);
  }
}
