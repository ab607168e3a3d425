package dev.sluice.plane.xdp;

/** What happened beside a verdict. Generated from {@code verdicts.def}; do not edit. */
public enum Event {
  /** A connection's first ACK moved it from the embryonic to the main table. */
  PROMOTED(0),
  /** A live entry gave its place to a newer connection. */
  EVICTED(1),
  /** A SYN on a closed entry was scheduled anew. */
  REUSED(2),
  /** A processor waited for another that was opening the same connection. */
  WAITED(3);

  private final int number;

  Event(int number) {
    this.number = number;
  }

  /** The programs' number. */
  public int number() {
    return number;
  }

  /** The name in status and metrics. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
