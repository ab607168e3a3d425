package dev.sluice.config.text;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file being read, cut into lines on demand. */
public final class SourceText {
  private final String name;
  private final String text;
  private final @Nullable Path directory;
  private final @Nullable Origin includedFrom;
  private final StringPool pool;
  private int next;
  private int line;
  private int lineStart;
  private int lineEnd;

  /**
   * @param name what diagnostics call it
   * @param directory where its relative includes are looked up; null: the working directory
   * @param includedFrom the include line; null for the first file
   * @param pool of the load: all files share it
   */
  SourceText(
      String name,
      String text,
      @Nullable Path directory,
      @Nullable Origin includedFrom,
      StringPool pool) {
    this.name = name;
    this.text = text;
    this.directory = directory;
    this.includedFrom = includedFrom;
    this.pool = pool;
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

  /** The number of the line that {@link #advance} went to, from 1. */
  public int lineNumber() {
    return line;
  }

  /** Goes to the next line; false behind the last. */
  boolean advance() {
    if (next >= text.length()) {
      return false;
    }
    int end = text.indexOf('\n', next);
    int stop = end < 0 ? text.length() : end;
    lineStart = next;
    next = end < 0 ? text.length() : end + 1;
    while (stop > lineStart && text.charAt(stop - 1) == '\r') {
      stop--;
    }
    lineEnd = stop;
    line++;
    return true;
  }

  StringPool pool() {
    return pool;
  }

  /** All characters of the file; a line is a stretch of them. */
  String characters() {
    return text;
  }

  /** Where the line begins that {@link #advance} went to. */
  int lineStart() {
    return lineStart;
  }

  /** One behind the last character of that line, its end not counted. */
  int lineEnd() {
    return lineEnd;
  }

  /** The line that begins at an offset, without its end; for the excerpt under a message. */
  String lineAt(int start) {
    int end = text.indexOf('\n', start);
    int stop = end < 0 ? text.length() : end;
    while (stop > start && text.charAt(stop - 1) == '\r') {
      stop--;
    }
    return text.substring(start, stop);
  }
}
