package dev.sluice.core;

/** The daemon cannot start; the message says why and what to do, in words for the operator. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** With the exit code that the process shall end with. */
  public StartException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The exit code that the process shall end with. */
  public int exitCode() {
    return exitCode;
  }
}
