package dev.sluice.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a verb talks to: results go to {@code out}, progress and complaints to {@code err}.
 *
 * @param environment the process's variables
 */
public record Terminal(PrintStream out, PrintStream err, Map<String, String> environment) {
  public Terminal {
    environment = Map.copyOf(environment);
  }

  /**
   * The process's own streams, in UTF-8 whatever the locale says: an init script runs under "C",
   * and a log that lost its dashes helps nobody.
   */
  static Terminal ofProcess() {
    return new Terminal(utf8(FileDescriptor.out), utf8(FileDescriptor.err), System.getenv());
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** Says something beside the result. */
  public void complain(String sentence) {
    err.println("sluice: " + sentence);
  }
}
