package dev.sluice.vrrp.machine;

/**
 * Why an instance cannot be MASTER. An instance is in FAULT while it has any reason but {@link
 * Kind#SCRIPT_PENDING}, which holds it in INIT.
 *
 * @param subject what is at fault: the interface, the script, the other member
 */
public record FaultReason(Kind kind, String subject) implements Comparable<FaultReason> {

  /** The kinds of fault. */
  public enum Kind {
    INTERFACE_MISSING,
    INTERFACE_DOWN,
    NO_ADDRESS,
    NO_ADDRESS_IPV6,
    SOURCE_ADDRESS_MISSING,
    SOCKET_FAILED,
    TRACKED_INTERFACE_DOWN,
    SCRIPT_FAILED,
    SCRIPT_PENDING,
    TRACKED_FILE,
    TRACKED_PROCESS,
    TRACKED_BFD,
    SYNC_GROUP,
    NOT_SUPPORTED
  }

  /** Whether it is the instance's own, not passed on by its sync group. */
  public boolean own() {
    return kind != Kind.SYNC_GROUP && kind != Kind.SCRIPT_PENDING;
  }

  /** A sentence part: "interface eth0 is down". */
  public String words() {
    return switch (kind) {
      case INTERFACE_MISSING -> "interface " + subject + " does not exist";
      case INTERFACE_DOWN -> "interface " + subject + " is down";
      case NO_ADDRESS -> "interface " + subject + " has no IPv4 address";
      case NO_ADDRESS_IPV6 -> "interface " + subject + " has no usable IPv6 address of its own";
      case SOURCE_ADDRESS_MISSING -> "source address " + subject + " is not configured here";
      case SOCKET_FAILED -> subject;
      case TRACKED_INTERFACE_DOWN -> "tracked interface " + subject + " is down";
      case SCRIPT_FAILED -> "script " + subject + " fails";
      case SCRIPT_PENDING -> "script " + subject + " has not run yet";
      case TRACKED_FILE -> "track_file " + subject + " asks for a fault";
      case TRACKED_PROCESS -> "process " + subject + " does not run in the wanted number";
      case TRACKED_BFD -> "BFD session " + subject + " is down";
      case SYNC_GROUP -> "sync group member " + subject + " is in FAULT";
      case NOT_SUPPORTED -> subject;
    };
  }

  @Override
  public int compareTo(FaultReason other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : subject.compareTo(other.subject);
  }
}
