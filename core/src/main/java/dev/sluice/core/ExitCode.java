package dev.sluice.core;

/** Exit codes that every verb shares. */
public final class ExitCode {
  public static final int OK = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  /** The question was understood and the answer is no. */
  public static final int NO = 3;

  private ExitCode() {}
}
