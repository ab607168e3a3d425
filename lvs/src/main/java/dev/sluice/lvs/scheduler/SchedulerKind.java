package dev.sluice.lvs.scheduler;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The schedulers by IPVS's names, and one of our own. */
public enum SchedulerKind {
  RR(Family.TURN),
  WRR(Family.TURN),
  LC(Family.LEAST),
  WLC(Family.LEAST),
  SED(Family.LEAST),
  NQ(Family.LEAST),
  FO(Family.LEAST),
  OVF(Family.LEAST),
  LBLC(Family.LEAST),
  LBLCR(Family.LEAST),
  TWOS(Family.DRAW),
  SH(Family.HASH),
  DH(Family.HASH),
  MH(Family.HASH),
  /** As {@code mh} with fallback, but every director with the same live servers chooses alike. */
  MAGLEV(Family.HASH);

  /** What a choice depends on. */
  public enum Family {
    /** On the choices before. */
    TURN,
    /** On the servers' connections. */
    LEAST,
    /** On chance. */
    DRAW,
    /** On the packet's addresses. */
    HASH
  }

  private final Family family;

  SchedulerKind(Family family) {
    this.family = family;
  }

  /** What a choice depends on. */
  public Family family() {
    return family;
  }

  /** As configurations and listings write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of this name; empty: not known. */
  public static Optional<SchedulerKind> named(String label) {
    return Arrays.stream(values()).filter(k -> k.label().equals(label)).findFirst();
  }
}
