package dev.sluice.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Pretty-prints a configuration without changing what it means and without losing a comment: one
 * statement per line, the brace behind its keyword, four blanks per level, no double blank lines.
 *
 * <p>Where moving a brace could change the meaning, the line stays as it is, only its indentation
 * is mended: lines with a {@code $}, conditional lines, generators, includes, single quotes and
 * backslashes. Definitions of several lines and lines too long to be read stay untouched.
 * Formatting twice changes nothing.
 */
public final class Formatter {
  private static final int LONGEST_LINE = 1023;
  private static final String INDENT = "    ";

  private final List<String> out = new ArrayList<>();
  private int depth;
  private boolean blankPending;

  /** A statement that may still get its opening brace. */
  private String header = "";

  private String headerComment = "";
  private boolean definition;
  private boolean headerBlank;

  private Formatter() {}

  /** The formatted text; it ends with a newline unless it is empty. */
  public static String format(String text) {
    Formatter formatter = new Formatter();
    int from = 0;
    while (from < text.length()) {
      int end = text.indexOf('\n', from);
      formatter.line(text.substring(from, end < 0 ? text.length() : end));
      from = end < 0 ? text.length() : end + 1;
    }
    formatter.flushHeader();
    while (!formatter.out.isEmpty() && formatter.out.getLast().isEmpty()) {
      formatter.out.removeLast();
    }
    return formatter.out.isEmpty() ? "" : String.join("\n", formatter.out) + "\n";
  }

  private void line(String raw) {
    String line = raw;
    while (line.endsWith("\r")) {
      line = line.substring(0, line.length() - 1);
    }
    if (tooLong(line) || line.indexOf('\0') >= 0) {
      flushHeader();
      put(line);
      definition = false;
      return;
    }
    int comment = commentStart(line);
    String code = line.substring(0, comment).strip();
    String remark = line.substring(comment).stripTrailing();
    if (definition) {
      definition = code.endsWith("\\");
      put(line.stripTrailing());
      return;
    }
    if (code.isEmpty() && remark.isEmpty()) {
      if (header.isEmpty()) {
        blankPending = true;
      } else {
        headerBlank = true;
      }
      return;
    }
    if (code.isEmpty()) {
      flushHeader();
      emit(remark, "");
      return;
    }
    if (code.startsWith("$") && code.matches("\\$[A-Za-z_][A-Za-z0-9_]*=.*")) {
      flushHeader();
      definition = code.endsWith("\\");
      emit(code, remark);
      return;
    }
    if (fragile(code)) {
      verbatim(code, remark);
      return;
    }
    List<String> parts = split(code);
    if (changesWhenCut(parts)) {
      verbatim(code, remark);
    } else {
      pieces(parts, remark);
    }
  }

  /** What stands behind a brace is words; at the start of a line it would be more than that. */
  private static boolean changesWhenCut(List<String> parts) {
    for (String part : parts.subList(1, parts.size())) {
      if (part.startsWith("@") || part.startsWith("~") || part.startsWith("include")) {
        return true;
      }
    }
    return false;
  }

  private void verbatim(String code, String remark) {
    flushHeader();
    int before = depth;
    int change = depthChange(code);
    if (code.startsWith("}")) {
      depth = Math.max(0, depth - 1);
    }
    emit(code, remark);
    depth = Math.max(0, before + change);
  }

  private void pieces(List<String> parts, String remark) {
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      String note = i == parts.size() - 1 ? remark : "";
      switch (part) {
        case "{" -> open(note);
        case "}" -> {
          flushHeader();
          depth = Math.max(0, depth - 1);
          blankPending = false;
          emit("}", note);
        }
        default -> {
          flushHeader();
          header = squeeze(part);
          headerComment = note;
        }
      }
    }
  }

  private void open(String note) {
    if (header.isEmpty()) {
      emit("{", note);
    } else {
      String first = headerComment.isEmpty() ? note : headerComment;
      String second = headerComment.isEmpty() ? "" : note;
      String text = header + " {";
      header = "";
      headerComment = "";
      headerBlank = false;
      emit(text, first);
      if (!second.isEmpty()) {
        depth++;
        emit(second, "");
        depth--;
      }
    }
    depth++;
    blankPending = false;
  }

  private void flushHeader() {
    if (header.isEmpty()) {
      return;
    }
    String text = header;
    String note = headerComment;
    header = "";
    headerComment = "";
    emit(text, note);
    blankPending = headerBlank;
    headerBlank = false;
  }

  private void emit(String code, String remark) {
    String text = remark.isEmpty() ? code : code + " " + remark;
    String indented = INDENT.repeat(depth) + text;
    if (tooLong(indented)) {
      indented = tooLong(text) ? code + remark : text;
    }
    put(indented);
  }

  private void put(String line) {
    if (blankPending && !out.isEmpty()) {
      out.add("");
    }
    blankPending = false;
    out.add(line);
  }

  private static boolean tooLong(String line) {
    return line.length() * 3L > LONGEST_LINE
        && line.getBytes(StandardCharsets.UTF_8).length > LONGEST_LINE;
  }

  /** Where the comment begins, by the reader's rule; the length where there is none. */
  private static int commentStart(String line) {
    boolean quote = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        quote = !quote;
      } else if (!quote && (c == '#' || c == '!')) {
        return i;
      }
    }
    return line.length();
  }

  private static boolean fragile(String code) {
    char first = code.charAt(0);
    if (first == '@' || first == '~' || code.startsWith("include")) {
      return true;
    }
    return code.indexOf('$') >= 0
        || code.indexOf('\'') >= 0
        || code.indexOf('\\') >= 0
        || code.chars().filter(c -> c == '"').count() % 2 != 0;
  }

  /** Opening less closing braces outside double quotes; those of {@code ${NAME}} do not count. */
  private static int depthChange(String code) {
    if (code.startsWith("include")) {
      return 0;
    }
    String text = code;
    if (text.startsWith("~")) {
      int close = text.indexOf(')');
      text = close < 0 ? "" : text.substring(close + 1);
    }
    int change = 0;
    boolean quote = false;
    int names = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quote = !quote;
      } else if (!quote && c == '{') {
        if (i > 0 && text.charAt(i - 1) == '$') {
          names++;
        } else {
          change++;
        }
      } else if (!quote && c == '}') {
        if (names > 0) {
          names--;
        } else {
          change--;
        }
      }
    }
    return change;
  }

  /** Cuts at braces outside double quotes. */
  private static List<String> split(String code) {
    List<String> parts = new ArrayList<>();
    boolean quote = false;
    int from = 0;
    for (int i = 0; i < code.length(); i++) {
      char c = code.charAt(i);
      if (c == '"') {
        quote = !quote;
      } else if (!quote && (c == '{' || c == '}')) {
        String before = code.substring(from, i).strip();
        if (!before.isEmpty()) {
          parts.add(before);
        }
        parts.add(String.valueOf(c));
        from = i + 1;
      }
    }
    String rest = code.substring(from).strip();
    if (!rest.isEmpty()) {
      parts.add(rest);
    }
    return parts;
  }

  /** One blank between words; inside quotes everything stays. */
  private static String squeeze(String statement) {
    StringBuilder text = new StringBuilder(statement.length());
    boolean quote = false;
    for (int i = 0; i < statement.length(); i++) {
      char c = statement.charAt(i);
      if (c == '"') {
        quote = !quote;
      }
      boolean blank = !quote && (c == ' ' || c == '\t');
      if (!blank) {
        text.append(c);
      } else if (text.charAt(text.length() - 1) != ' ') {
        text.append(' ');
      }
    }
    return text.toString();
  }
}
