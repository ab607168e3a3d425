package dev.sluice.config.text;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file being read, cut into lines on demand. */
public final class SourceText {
  private final String name;
  private final String text;
  private final @Nullable Path directory;
  private final @Nullable Origin includedFrom;
  private int next;
  private int line;

  /**
   * @param name what diagnostics call it
   * @param directory where its relative includes are looked up; null: the working directory
   * @param includedFrom the include line; null for the first file
   */
  public SourceText(
      String name, String text, @Nullable Path directory, @Nullable Origin includedFrom) {
    this.name = name;
    this.text = text;
    this.directory = directory;
    this.includedFrom = includedFrom;
  }

  public String name() {
    return name;
  }

  public @Nullable Path directory() {
    return directory;
  }

  public @Nullable Origin includedFrom() {
    return includedFrom;
  }

  /** The number of the line that {@link #nextLine} gave last, from 1. */
  public int lineNumber() {
    return line;
  }

  /** The next line without its end; null after the last. */
  @Nullable String nextLine() {
    if (next >= text.length()) {
      return null;
    }
    int end = text.indexOf('\n', next);
    int stop = end < 0 ? text.length() : end;
    String found = text.substring(next, stop);
    next = end < 0 ? text.length() : end + 1;
    line++;
    return found;
  }

  /** A line by its number, for the excerpt under a message. */
  public String lineText(int number) {
    int from = 0;
    for (int i = 1; i < number; i++) {
      int end = text.indexOf('\n', from);
      if (end < 0) {
        return "";
      }
      from = end + 1;
    }
    int end = text.indexOf('\n', from);
    String found = text.substring(from, end < 0 ? text.length() : end);
    return found.endsWith("\r") ? found.substring(0, found.length() - 1) : found;
  }
}
