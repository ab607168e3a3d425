package dev.sluice.lab.vrrp;

/** Which program the preferred router (the higher priority) is, and which the other. */
enum Pairing {
  SLUICE_KEEPALIVED(Kind.SLUICE, Kind.KEEPALIVED),
  KEEPALIVED_SLUICE(Kind.KEEPALIVED, Kind.SLUICE),
  SLUICE_SLUICE(Kind.SLUICE, Kind.SLUICE),
  SLUICE_FRR(Kind.SLUICE, Kind.FRR),
  FRR_SLUICE(Kind.FRR, Kind.SLUICE),
  /** Shows that a scenario asks for no more than keepalived does. */
  KEEPALIVED_KEEPALIVED(Kind.KEEPALIVED, Kind.KEEPALIVED);

  /** A VRRP router program. */
  enum Kind {
    SLUICE,
    KEEPALIVED,
    FRR
  }

  private final Kind preferred;
  private final Kind other;

  Pairing(Kind preferred, Kind other) {
    this.preferred = preferred;
    this.other = other;
  }

  Kind preferred() {
    return preferred;
  }

  Kind other() {
    return other;
  }

  @Override
  public String toString() {
    return (preferred + " preferred, " + other + " other").toLowerCase(java.util.Locale.ROOT);
  }
}
