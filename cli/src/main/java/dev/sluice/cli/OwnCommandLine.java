package dev.sluice.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this very process was started. */
public final class OwnCommandLine {
  /** What ends the JVM's part of a command line. */
  private static final String MAIN_CLASS = Main.class.getName();

  private OwnCommandLine() {}

  /** The JVM with its flags and the main class, without sluice's own arguments. */
  public static List<String> withoutArguments() {
    List<String> words = new ArrayList<>();
    try {
      Path self = Path.of("/proc/self/cmdline");
      String text = new String(Files.readAllBytes(self), Charset.defaultCharset());
      for (String word : text.split("\0", -1)) {
        words.add(word);
        if (word.equals(MAIN_CLASS) || word.endsWith("/" + MAIN_CLASS)) {
          words.set(0, System.getProperty("java.home") + "/bin/java");
          return words;
        }
      }
    } catch (IOException e) {
      throw CommandException.failed("cannot read /proc/self/cmdline: is /proc mounted?");
    }
    throw CommandException.failed("cannot tell how this process was started");
  }
}
