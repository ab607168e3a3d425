package dev.sluice.plane.xdp;

/**
 * Where the plane differs from the kernel's IPVS on purpose, and can be told not to.
 *
 * @param newestFirst schedulers go through servers from the newest to the oldest; else in the order
 *     of the configuration
 * @param udpIsInactive connections without a state of their own do not count as active, so sed and
 *     nq send all UDP to one server; else they do
 * @param knobs the settings to begin with
 */
public record Compatibility(boolean newestFirst, boolean udpIsInactive, Knobs knobs) {
  /** What operators expect. */
  public static final Compatibility SLUICE = new Compatibility(false, false, Knobs.SLUICE);

  /** As the kernel does it. */
  public static final Compatibility IPVS = new Compatibility(true, true, Knobs.IPVS);
}
