package dev.sluice.plane.xdp;

import dev.sluice.lvs.ServiceTable.Timeouts;

/** The states of an entry: numbers, names and times as IPVS has them, and some of our own. */
enum ConnectionState {
  NONE(0, "NONE", 2, false),
  ESTABLISHED(1, "ESTABLISHED", 900, true),
  SYN_SENT(2, "SYN_SENT", 120, true),
  SYN_RECV(3, "SYN_RECV", 60, true),
  FIN_WAIT(4, "FIN_WAIT", 120, false),
  TIME_WAIT(5, "TIME_WAIT", 120, false),
  CLOSE(6, "CLOSE", 10, false),
  CLOSE_WAIT(7, "CLOSE_WAIT", 60, false),
  LAST_ACK(8, "LAST_ACK", 30, false),
  LISTEN(9, "LISTEN", 120, false),
  SYNACK(10, "SYNACK", 120, true),
  UDP(11, "UDP", 300, false),
  /** UDP that has shown packets of one moment only. */
  UDP_NEW(12, "UDP", 300, false),
  /** Established, and that was its only sign of life. */
  ESTABLISHED_NEW(13, "ESTABLISHED", 900, true),
  /** Where a client of a persistent service belongs; its time is the service's. */
  TEMPLATE(14, "NONE", 1_000_000, false),
  /** The same, after one of its connections was established. */
  TEMPLATE_ASSURED(15, "ASSURED", 1_000_000, false);

  private static final ConnectionState[] BY_NUMBER = values();

  private final int number;
  private final String shown;
  private final int timeoutSeconds;
  private final boolean active;

  ConnectionState(int number, String shown, int timeoutSeconds, boolean active) {
    this.number = number;
    this.shown = shown;
    this.timeoutSeconds = timeoutSeconds;
    this.active = active;
  }

  static ConnectionState of(int number) {
    return number < BY_NUMBER.length ? BY_NUMBER[number] : NONE;
  }

  int number() {
    return number;
  }

  /** As ipvsadm shows it. */
  String shown() {
    return shown;
  }

  /** How long an entry in this state lives, where {@code --set} says so much. */
  int timeoutSeconds(Timeouts set) {
    return switch (this) {
      case ESTABLISHED, ESTABLISHED_NEW -> set.tcp();
      case FIN_WAIT -> set.tcpFin();
      case UDP, UDP_NEW -> set.udp();
      case NONE,
          SYN_SENT,
          SYN_RECV,
          TIME_WAIT,
          CLOSE,
          CLOSE_WAIT,
          LAST_ACK,
          LISTEN,
          SYNACK,
          TEMPLATE,
          TEMPLATE_ASSURED ->
          timeoutSeconds;
    };
  }

  /** Not a connection. */
  boolean template() {
    return this == TEMPLATE || this == TEMPLATE_ASSURED;
  }

  /** Counts as an active connection. */
  boolean active() {
    return active;
  }
}
