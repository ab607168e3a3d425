package dev.sluice.config.model;

/** A health check that is read and not yet run. */
public sealed interface FurtherChecker {
  /** When it runs and how many failures count. */
  Checker.Pace pace();

  /** {@code BFD_CHECK}: a BFD session is up. */
  record Bfd(String bfdInstance, Checker.Pace pace) implements FurtherChecker {}
}
