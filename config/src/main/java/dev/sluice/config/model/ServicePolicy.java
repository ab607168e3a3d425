package dev.sluice.config.model;

import java.net.InetAddress;
import java.util.List;

/**
 * What a virtual server has of its own beyond keepalived's keywords.
 *
 * @param tcpSeconds how long an established connection outlives its last packet; 0: as all others
 * @param tcpFinSeconds the same after a FIN
 * @param udpSeconds the same of UDP
 * @param lostServer what becomes of connections whose server was removed
 * @param allow only these clients are answered; empty: everybody
 * @param deny but not these; the longest prefix that fits decides
 */
public record ServicePolicy(
    int tcpSeconds,
    int tcpFinSeconds,
    int udpSeconds,
    LostServer lostServer,
    List<Net> allow,
    List<Net> deny) {
  private static final ServicePolicy NONE =
      new ServicePolicy(0, 0, 0, LostServer.STANDARD, List.of(), List.of());

  public ServicePolicy {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
  }

  /** Nothing is written. */
  public static ServicePolicy none() {
    return NONE;
  }

  /** {@code lost_server}. */
  public enum LostServer {
    /** As {@code expire_nodest_conn} says. */
    STANDARD,
    /** Packets are dropped until the entry expires: the kernel's default. */
    DROP,
    /** The client is reset. */
    RESET,
    /** Another server gets the packet, which resets it, or goes on with it where it can. */
    RESCHEDULE
  }

  /** Addresses that agree in their leading bits. */
  public record Net(InetAddress address, int bits) {
    @Override
    public String toString() {
      return address.getHostAddress() + "/" + bits;
    }
  }
}
