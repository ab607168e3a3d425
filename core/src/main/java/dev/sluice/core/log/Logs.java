package dev.sluice.core.log;

import dev.sluice.core.RunOptions;
import dev.sluice.linux.Syslog;

/** Where the daemon's log goes and how much of it. */
public final class Logs {
  private static final long FLUSH_MILLIS = 500;

  private Logs() {}

  /** For the rest of the process. */
  public static void configure(System.Logger.Level level, RunOptions.LogTarget target) {
    var writer = LogWriter.instance();
    writer.threshold(level);
    switch (target) {
      case STDERR -> {}
      case SYSLOG -> {
        var syslog = Syslog.open(Syslog.DAEMON, "sluice");
        writer.sink(line -> syslog.log(LogPriority.of(line.level()), line.text()));
      }
    }
  }

  /** Waits until what was logged is written, for half a second at most. */
  public static void flush() {
    LogWriter.instance().flush(FLUSH_MILLIS);
  }
}
