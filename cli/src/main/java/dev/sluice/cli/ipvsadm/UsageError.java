package dev.sluice.cli.ipvsadm;

/** The line is none that ipvsadm takes: its text for standard error and its exit code. */
final class UsageError extends Exception {
  private static final long serialVersionUID = 1L;

  /** A line whose meaning is wrong. */
  static final int USAGE = 2;

  /** A line that cannot be taken apart, and whatever the kernel refuses: ipvsadm's {@code -1}. */
  static final int REFUSED = 255;

  private final int exitCode;

  private UsageError(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** Exit code 2. */
  static UsageError usage(String message) {
    return new UsageError(USAGE, message);
  }

  /** Exit code 255. */
  static UsageError refused(String message) {
    return new UsageError(REFUSED, message);
  }

  /** What the process ends with. */
  int exitCode() {
    return exitCode;
  }

  /** The text. */
  String text() {
    return String.valueOf(getMessage());
  }
}
