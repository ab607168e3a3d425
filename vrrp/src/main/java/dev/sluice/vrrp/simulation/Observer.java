package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.machine.Action;
import java.net.InetAddress;

/**
 * Sees all that happens in a {@link Cluster}, in order. Times are true nanoseconds since its start;
 * routers and instances go by their index in the spec.
 */
public interface Observer {
  /** The next thing happens now; comes before anything else of this moment. */
  default void moved(long atNanos) {}

  /** Something befell the cluster; what the routers do about it comes after. */
  default void happened(long atNanos, Happening happening) {}

  /** A router's timer fired; what it does comes after. */
  default void ticked(long atNanos, int router) {}

  /**
   * An advert is given to an instance; what it does comes after.
   *
   * @param arrivedNanos when the network delivered it; earlier than now after a freeze
   */
  default void heard(
      long atNanos,
      int router,
      int instance,
      int priority,
      long intervalNanos,
      InetAddress from,
      long arrivedNanos) {}

  /** An advert arrived that the instance does not accept. */
  default void refused(long atNanos, int router, int instance, int fromRouter, String why) {}

  /** An instance acts. */
  default void acted(long atNanos, int router, int instance, Action action) {}

  /** The router has done all that follows from what it was given. */
  default void settled(long atNanos, int router) {}
}
