package dev.sluice.core.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Puts {@link LogWriter} behind {@link System.Logger}. */
public final class SluiceLoggerFinder extends System.LoggerFinder {
  /** For the service loader. */
  public SluiceLoggerFinder() {}

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new QueueLogger(name);
  }

  private record QueueLogger(String name) implements System.Logger {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean isLoggable(Level level) {
      // The JDK's own loggers are of no interest below a warning.
      return LogWriter.instance().keeps(level)
          && (name.startsWith("dev.sluice") || level.getSeverity() >= Level.WARNING.getSeverity());
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String text,
        @Nullable Throwable thrown) {
      if (!isLoggable(level)) {
        return;
      }
      String line = String.valueOf(text);
      if (thrown != null) {
        var trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        line = line + System.lineSeparator() + trace;
      }
      offer(level, line);
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object... params) {
      if (!isLoggable(level) || format == null) {
        return;
      }
      offer(
          level,
          params == null || params.length == 0 ? format : MessageFormat.format(format, params));
    }

    private void offer(Level level, String text) {
      LogWriter.instance().offer(new LogWriter.Line(System.currentTimeMillis(), level, name, text));
    }
  }
}
