package dev.sluice.plane.xdp;

/** What became of a packet. Generated from {@code verdicts.def}; do not edit. */
public enum Verdict {
  /** Neither IPv4 nor IPv6: ARP, everything the plane does not read. */
  NOT_IP(0, Action.PASS),
  /** The frame is not addressed to this device. */
  OTHER_HOST(1, Action.PASS),
  /** The frame ends before the headers or the length they announce. */
  TRUNCATED(2, Action.PASS),
  /** A header contradicts itself: version, header length, UDP length. */
  MALFORMED(3, Action.PASS),
  /** A later fragment of a datagram whose first one was not seen. */
  FRAGMENT(4, Action.PASS),
  /**
   * ICMP that is no error about a connection of ours; an echo request to a virtual address is
   * answered by the director's own stack.
   */
  ICMP(5, Action.PASS),
  /** Neither TCP nor UDP. */
  OTHER_PROTOCOL(6, Action.PASS),
  /** No virtual service has this address, port and protocol. */
  NO_SERVICE(7, Action.PASS),
  /** TCP that opens nothing and belongs to no entry; the stack answers RST. */
  NO_CONNECTION(8, Action.PASS),
  /**
   * A frame with a VLAN tag whose next hop is another device: the VLAN device above forwards it.
   */
  TAGGED(9, Action.PASS),
  /** The real server is this machine. */
  LOCAL(10, Action.PASS),
  /** Sent to a real server. */
  FORWARDED(11, Action.FORWARD),
  /** Handed to the kernel's neighbour code, as the next hop's MAC is not known yet (tc only). */
  NEIGHBOUR(12, Action.FORWARD),
  /** A real server's answer, sent on to the client as from the virtual address. */
  REPLY(13, Action.FORWARD),
  /** The service has no usable real server. */
  NO_SERVER(14, Action.DROP),
  /** The connection's real server was removed. */
  REMOVED(15, Action.DROP),
  /** The packet's time to live, or hop limit, ends here. */
  TTL_EXPIRED(16, Action.DROP),
  /**
   * Longer than the way to the real server carries; the client is told, where fragments are not
   * allowed.
   */
  TOO_BIG(17, Action.DROP),
  /** The next hop of the real server is not known yet. */
  UNRESOLVED(18, Action.DROP),
  /** Another processor held the connection's place too long; the client will retry. */
  CONTENDED(19, Action.DROP),
  /**
   * Another service has the same client, port and real server: the answers could not be told apart.
   */
  COLLISION(20, Action.DROP),
  /** The service does not answer this client. */
  DENIED(21, Action.DROP),
  /** The defence drop_packet: one new connection of many. */
  DEFENDED(22, Action.DROP),
  /** A reply whose client the routing table does not reach, or forwarding is off. */
  NO_ROUTE(23, Action.DROP),
  /** A table refers to something that is not there; never seen unless there is a fault. */
  BROKEN(24, Action.DROP);

  /** What the hook does with the packet. */
  public enum Action {
    PASS,
    FORWARD,
    DROP
  }

  private final int number;
  private final Action action;

  Verdict(int number, Action action) {
    this.number = number;
    this.action = action;
  }

  /** The programs' number. */
  public int number() {
    return number;
  }

  /** What the hook does with the packet. */
  public Action action() {
    return action;
  }

  /** The name in status and metrics. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
