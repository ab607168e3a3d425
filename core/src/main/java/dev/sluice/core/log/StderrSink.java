package dev.sluice.core.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Lines on stderr: with the time for people, with {@code <6>} prefixes where journald reads. */
final class StderrSink implements LogSink {
  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  private final boolean journald;

  /** For a terminal, or for journald, which has its own clock. */
  StderrSink(boolean journald) {
    this.journald = journald;
  }

  @Override
  public void write(LogWriter.Line line) {
    if (journald) {
      out.println("<" + LogPriority.of(line.level()) + ">" + line.text());
    } else {
      Instant time = Instant.ofEpochMilli(line.epochMillis()).truncatedTo(ChronoUnit.MILLIS);
      String stamp = time.toString();
      if (stamp.length() == 20) {
        stamp = stamp.substring(0, 19) + ".000Z";
      }
      out.println(stamp + " " + LogPriority.word(line.level()) + " " + line.text());
    }
  }
}
