package dev.sluice.core.log;

/** syslog's numbers and our words for the levels. */
final class LogPriority {
  private LogPriority() {}

  static int of(System.Logger.Level level) {
    return switch (level) {
      case ERROR -> 3;
      case WARNING -> 4;
      case INFO -> 6;
      case ALL, TRACE, DEBUG, OFF -> 7;
    };
  }

  static String word(System.Logger.Level level) {
    return switch (level) {
      case ERROR -> "error  ";
      case WARNING -> "warning";
      case INFO -> "info   ";
      case ALL, TRACE, DEBUG, OFF -> "debug  ";
    };
  }
}
