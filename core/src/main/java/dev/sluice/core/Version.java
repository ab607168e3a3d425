package dev.sluice.core;

/** Which sluice this is. */
public final class Version {
  /** As {@code sluice version} prints it. */
  public static final String CURRENT = "0.1.0";

  private Version() {}
}
