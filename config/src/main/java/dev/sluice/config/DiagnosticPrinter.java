package dev.sluice.config;

import dev.sluice.config.Diagnostic.Severity;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Diagnostics as a compiler prints them:
 *
 * <pre>
 * keepalived.conf:7:5: error: unknown keyword 'virtual_router_if' [unknown-keyword]
 *     virtual_router_if 51
 *     ^~~~~~~~~~~~~~~~~
 *   = help: did you mean 'virtual_router_id'?
 * </pre>
 */
public final class DiagnosticPrinter {
  private static final int WIDEST_LINE = 200;

  private final boolean color;

  /**
   * @param color write ANSI colours: only for a terminal
   */
  public DiagnosticPrinter(boolean color) {
    this.color = color;
  }

  /** The text of one diagnostic, several lines, each ended by a newline. */
  public String format(Diagnostic diagnostic) {
    StringBuilder out = new StringBuilder(200);
    SourcePosition position = diagnostic.position();
    if (position != null) {
      out.append(paint("1", printable(position.toString()))).append(": ");
    }
    out.append(paint(colorOf(diagnostic.severity()), word(diagnostic.severity())))
        .append(": ")
        .append(printable(diagnostic.message()));
    if (!diagnostic.consequence().isEmpty()) {
      out.append("; ").append(printable(diagnostic.consequence()));
    }
    out.append(" [").append(diagnostic.code()).append("]\n");
    excerpt(out, position, diagnostic.sourceLine(), colorOf(diagnostic.severity()));
    if (!diagnostic.remedy().isEmpty()) {
      out.append("  = ").append(paint("1", "help")).append(": ");
      out.append(printable(diagnostic.remedy())).append('\n');
    }
    for (Diagnostic.Note note : diagnostic.notes()) {
      out.append("  ").append(printable(note.position().toString())).append(": ");
      out.append(paint("36", "note")).append(": ").append(printable(note.text())).append('\n');
      excerpt(out, note.position(), note.sourceLine(), "36");
    }
    return out.toString();
  }

  private void excerpt(
      StringBuilder out, @Nullable SourcePosition position, @Nullable String line, String hue) {
    if (position == null || line == null) {
      return;
    }
    int start = Math.max(0, Math.min(position.column() - 1, line.length()));
    int length = Math.max(1, Math.min(position.length(), line.length() - start));
    int from = 0;
    String shown = line;
    if (line.length() > WIDEST_LINE) {
      from = Math.max(0, Math.min(start - WIDEST_LINE / 4, line.length() - WIDEST_LINE));
      shown = line.substring(from, Math.min(line.length(), from + WIDEST_LINE));
      length = Math.min(length, Math.max(1, shown.length() - (start - from)));
    }
    out.append("    ").append(printable(shown)).append('\n').append("    ");
    for (int i = 0; i < start - from; i++) {
      out.append(shown.charAt(i) == '\t' ? '\t' : ' ');
    }
    out.append(paint(hue, "^" + "~".repeat(length - 1))).append('\n');
  }

  /** Control characters would move the cursor or colour the terminal: shown as a dot. */
  private static String printable(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((Character.isISOControl(c) && c != '\t')
          || (Character.isSurrogate(c) && lonely(text, i))) {
        if (clean == null) {
          clean = new StringBuilder(text);
        }
        clean.setCharAt(i, '\u00b7');
      }
    }
    return clean == null ? text : clean.toString();
  }

  private static boolean lonely(String text, int i) {
    char c = text.charAt(i);
    return Character.isHighSurrogate(c)
        ? i + 1 >= text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
        : i == 0 || !Character.isHighSurrogate(text.charAt(i - 1));
  }

  private String paint(String code, String text) {
    return color ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  private static String word(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  private static String colorOf(Severity severity) {
    return switch (severity) {
      case INFO -> "36";
      case WARNING -> "1;33";
      case ERROR, FATAL -> "1;31";
    };
  }
}
