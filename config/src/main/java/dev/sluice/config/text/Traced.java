package dev.sluice.config.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text whose every character knows where it was written. Nearly always one run that stands in a
 * file as it is; then its place is three numbers. Several runs after an expansion.
 */
public final class Traced {
  private static final int[] ONE = {0};
  private static final Origin[] NONE = {};

  private final String text;

  /** The file of the only run; null: the runs below. */
  private final @Nullable SourceText source;

  private final int lineStart;
  private final int line;
  private final int column;
  private final int[] starts;
  private final Origin[] origins;

  private Traced(
      String text,
      @Nullable SourceText source,
      int lineStart,
      int line,
      int column,
      int[] starts,
      Origin[] origins) {
    this.text = text;
    this.source = source;
    this.lineStart = lineStart;
    this.line = line;
    this.column = column;
    this.starts = starts;
    this.origins = origins;
  }

  private Traced(String text, int[] starts, Origin[] origins) {
    this(text, null, 0, 0, 0, starts, origins);
  }

  /** A text of one origin. */
  static Traced literal(String text, Origin origin) {
    return new Traced(text, ONE, new Origin[] {origin});
  }

  /**
   * A part of the line that the source is at, as it stands there.
   *
   * @param from index in the line, from 0
   */
  static Traced inLine(String text, SourceText source, int from) {
    return new Traced(text, source, source.lineStart(), source.lineNumber(), from + 1, ONE, NONE);
  }

  public String text() {
    return text;
  }

  public int length() {
    return text.length();
  }

  public boolean isEmpty() {
    return text.isEmpty();
  }

  char charAt(int i) {
    return text.charAt(i);
  }

  /** The origin of a character; of the last run for the place behind the end. */
  public Origin originAt(int index) {
    if (source != null) {
      return new Origin(source, source.lineAt(lineStart), line, column + index, 0, null);
    }
    int run = runOf(index);
    return origins[run].advanced(index - starts[run]);
  }

  /** The line of the file that a character stands in, from 1. */
  public int lineOf(int index) {
    return source != null ? line : origins[runOf(index)].line();
  }

  private int runOf(int index) {
    int run = starts.length - 1;
    while (run > 0 && starts[run] > index) {
      run--;
    }
    return run;
  }

  Traced substring(int from, int to) {
    if (from == 0 && to == text.length()) {
      return this;
    }
    if (source != null) {
      return new Traced(cut(from, to), source, lineStart, line, column + from, ONE, NONE);
    }
    int first = runOf(from);
    int last = to > from ? runOf(to - 1) : first;
    int[] newStarts = new int[last - first + 1];
    Origin[] newOrigins = new Origin[newStarts.length];
    for (int i = first; i <= last; i++) {
      newStarts[i - first] = Math.max(0, starts[i] - from);
      newOrigins[i - first] = i == first ? origins[i].advanced(from - starts[i]) : origins[i];
    }
    return new Traced(text.substring(from, to), newStarts, newOrigins);
  }

  /** The characters of a part; equal short ones are mostly the same object. */
  String cut(int from, int to) {
    return source != null ? source.pool().text(text, from, to) : text.substring(from, to);
  }

  Traced substring(int from) {
    return substring(from, text.length());
  }

  Traced strip() {
    return stripped(0, text.length());
  }

  /** A part, the blanks around it taken off. */
  Traced stripped(int first, int end) {
    int from = first;
    int to = end;
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return substring(from, to);
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  @Override
  public String toString() {
    return text;
  }

  /** Puts runs together. */
  static final class Builder {
    private final StringBuilder text = new StringBuilder();
    private final List<Origin> origins = new ArrayList<>();
    private int[] starts = new int[8];

    int length() {
      return text.length();
    }

    Builder append(Traced part) {
      if (part.isEmpty()) {
        return this;
      }
      if (part.source != null) {
        run(part.originAt(0), text.length());
      } else {
        for (int i = 0; i < part.starts.length; i++) {
          run(part.origins[i], text.length() + part.starts[i]);
        }
      }
      text.append(part.text);
      return this;
    }

    /** The characters of a definition, at the place where its name stood. */
    Builder append(Traced value, Origin use) {
      if (value.isEmpty()) {
        return this;
      }
      for (int i = 0; i < value.starts.length; i++) {
        Origin inner = value.source != null ? value.originAt(0) : value.origins[i];
        Origin definition = inner.definition() != null ? inner.definition() : inner;
        run(
            new Origin(
                use.source(), use.lineText(), use.line(), use.column(), use.length(), definition),
            text.length() + value.starts[i]);
      }
      text.append(value.text);
      return this;
    }

    private void run(Origin origin, int start) {
      if (origins.size() == starts.length) {
        starts = java.util.Arrays.copyOf(starts, starts.length * 2);
      }
      starts[origins.size()] = start;
      origins.add(origin);
    }

    Traced build(Origin whenEmpty) {
      if (origins.isEmpty()) {
        return literal("", whenEmpty);
      }
      return new Traced(
          text.toString(),
          java.util.Arrays.copyOf(starts, origins.size()),
          origins.toArray(new Origin[0]));
    }
  }
}
