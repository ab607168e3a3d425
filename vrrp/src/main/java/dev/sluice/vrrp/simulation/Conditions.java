package dev.sluice.vrrp.simulation;

/**
 * How the network behaves. A packet never overtakes another one of the same sender and receiver.
 *
 * @param loss share of packets that never arrive, 0..1
 * @param duplication share of packets that arrive twice, 0..1
 * @param minDelayNanos shortest way
 * @param maxDelayNanos longest way
 */
public record Conditions(double loss, double duplication, long minDelayNanos, long maxDelayNanos) {

  public Conditions {
    if (loss < 0 || loss > 1 || duplication < 0 || duplication > 1) {
      throw new IllegalArgumentException("a share lies between 0 and 1");
    }
    if (minDelayNanos < 0 || maxDelayNanos < minDelayNanos) {
      throw new IllegalArgumentException("delay from " + minDelayNanos + " to " + maxDelayNanos);
    }
  }

  /** Nothing is lost and everything takes the same time. */
  public static Conditions perfect(long delayNanos) {
    return new Conditions(0, 0, delayNanos, delayNanos);
  }
}
