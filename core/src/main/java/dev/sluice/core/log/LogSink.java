package dev.sluice.core.log;

/** Where lines of the log go; called from the log's thread only. */
@FunctionalInterface
interface LogSink {
  /** Writes one line; a failure is the sink's own to bear. */
  void write(LogWriter.Line line);
}
