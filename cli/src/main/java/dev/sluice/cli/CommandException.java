package dev.sluice.cli;

import dev.sluice.core.ExitCode;

/** A verb cannot go on: one sentence for the user, and the exit code. Never a stack trace. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /**
   * @param exitCode one of {@link ExitCode}
   * @param message what, why and the remedy, on one line
   */
  public CommandException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** The work could not be done. */
  public static CommandException failed(String message) {
    return new CommandException(ExitCode.FAILED, message);
  }

  /** The command line makes no sense. */
  public static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message);
  }

  /** What the process ends with. */
  public int exitCode() {
    return exitCode;
  }
}
