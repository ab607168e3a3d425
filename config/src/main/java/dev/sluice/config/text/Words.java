package dev.sluice.config.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines to words, by the two sets of rules of the language. */
public final class Words {
  private Words() {}

  /**
   * Ordinary keywords: blanks separate, {@code "a b"} is one word, a quote in the middle of a word
   * ends it. No escapes. An unmatched quote is reported and what follows it is lost.
   */
  public static List<Word> plain(Traced line, Diagnostics diagnostics) {
    Word first = word(line, 0, diagnostics);
    if (first == null) {
      return List.of();
    }
    Word second = word(line, first.to(), diagnostics);
    if (second == null) {
      return List.of(first);
    }
    Word next = word(line, second.to(), diagnostics);
    if (next == null) {
      return List.of(first, second);
    }
    List<Word> words = new ArrayList<>(4);
    words.add(first);
    words.add(second);
    while (next != null) {
      words.add(next);
      next = word(line, next.to(), diagnostics);
    }
    return words;
  }

  /** The next word at or behind an index; null when there is none, or its quote stays open. */
  private static @Nullable Word word(Traced line, int from, Diagnostics diagnostics) {
    String text = line.text();
    int i = from;
    while (i < text.length() && Traced.isBlank(text.charAt(i))) {
      i++;
    }
    if (i >= text.length()) {
      return null;
    }
    if (text.charAt(i) == '"') {
      int end = text.indexOf('"', i + 1);
      if (end < 0) {
        diagnostics.error(
            new At(line, i, text.length()),
            "unmatched-quote",
            "a quote is opened and not closed on this line",
            "everything behind it is dropped",
            "close it with another \"");
        return null;
      }
      return new Word(line.cut(i + 1, end), line, i, end + 1, true);
    }
    int end = i;
    while (end < text.length() && !Traced.isBlank(text.charAt(end)) && text.charAt(end) != '"') {
      end++;
    }
    return new Word(line.cut(i, end), line, i, end, false);
  }

  /**
   * Scripts and regular expressions: single and double quotes group, a backslash escapes, in and
   * outside quotes.
   */
  public static List<Word> escaped(Traced line, Diagnostics diagnostics) {
    List<Word> words = new ArrayList<>(4);
    if (!split(line.text(), 0, line, words)) {
      diagnostics.error(
          At.all(line),
          "unmatched-quote",
          "a quote or an escape is not finished on this line",
          "the value is dropped",
          "close the quote, or write the backslash twice");
      return List.of();
    }
    return words;
  }

  /** A command given as one quoted string, cut into its arguments by the same rules. */
  public static List<String> arguments(Word command, Diagnostics diagnostics) {
    List<Word> words = new ArrayList<>(4);
    if (!split(command.text(), -1, command.line(), words)) {
      diagnostics.error(
          command.at(),
          "unmatched-quote",
          "a quote or an escape inside the command is not finished",
          "the command is dropped",
          "close the quote, or write the backslash twice");
      return List.of();
    }
    List<String> arguments = new ArrayList<>(words.size());
    for (Word word : words) {
      arguments.add(word.text());
    }
    return arguments;
  }

  /** Splits by the escaping rules; false when a quote or escape stays open. */
  private static boolean split(String text, int base, Traced line, List<Word> words) {
    StringBuilder word = new StringBuilder();
    int i = 0;
    while (true) {
      while (i < text.length() && Traced.isBlank(text.charAt(i))) {
        i++;
      }
      if (i >= text.length()) {
        return true;
      }
      int start = i;
      boolean quoted = false;
      char quote = 0;
      word.setLength(0);
      while (i < text.length()) {
        char c = text.charAt(i);
        if (quote == 0 && Traced.isBlank(c)) {
          break;
        }
        if (c == '\\') {
          if (i + 1 >= text.length()) {
            return false;
          }
          i = escape(text, i + 1, word);
        } else if (quote == 0 && (c == '"' || c == '\'')) {
          quote = c;
          quoted = true;
          i++;
        } else if (quote != 0 && c == quote) {
          quote = 0;
          i++;
        } else {
          word.append(c);
          i++;
        }
      }
      if (quote != 0) {
        return false;
      }
      words.add(
          base < 0
              ? new Word(word.toString(), line, 0, 0, quoted)
              : new Word(word.toString(), line, start, i, quoted));
    }
  }

  /** Appends what the escape at {@code i} (behind the backslash) means; the index behind it. */
  private static int escape(String text, int i, StringBuilder word) {
    char c = text.charAt(i);
    if (c == 'x' && i + 1 < text.length() && Character.digit(text.charAt(i + 1), 16) >= 0) {
      int value = 0;
      int end = i + 1;
      while (end < text.length() && end < i + 3 && Character.digit(text.charAt(end), 16) >= 0) {
        value = value * 16 + Character.digit(text.charAt(end), 16);
        end++;
      }
      word.append((char) value);
      return end;
    }
    if (c == 'c' && i + 1 < text.length()) {
      word.append((char) (text.charAt(i + 1) & 0x1f));
      return i + 2;
    }
    if (c >= '0' && c <= '7') {
      int value = 0;
      int end = i;
      while (end < text.length()
          && end < i + 3
          && text.charAt(end) >= '0'
          && text.charAt(end) <= '7') {
        value = value * 8 + (text.charAt(end) - '0');
        end++;
      }
      word.append((char) (value & 0xff));
      return end;
    }
    word.append(
        switch (c) {
          case 'a' -> '\u0007';
          case 'b' -> '\b';
          case 'E' -> '\u001b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'v' -> '\u000b';
          default -> c;
        });
    return i + 1;
  }
}
