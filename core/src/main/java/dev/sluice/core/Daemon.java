package dev.sluice.core;

/** The daemon's life: start, reload, stop. */
public final class Daemon {
  private Daemon() {}

  /**
   * Runs until SIGTERM.
   *
   * @return the process's exit code
   */
  public static int run(RunOptions options) {
    System.err.println("nothing to run yet in " + options.runtimeDir());
    return ExitCode.FAILED;
  }
}
