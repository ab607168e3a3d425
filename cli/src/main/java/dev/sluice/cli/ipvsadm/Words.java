package dev.sluice.cli.ipvsadm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a line apart as popt does: short options join ({@code -Lnc}), a value may stick to its
 * option ({@code -w3}, {@code --weight=3}), an optional value is the next word unless that begins
 * with a dash, long options cannot be cut short, what is no option is left over, {@code --} ends
 * the options. Read one by one, since a later word is not looked at when an earlier one is wrong.
 */
final class Words {
  private final List<String> words;
  private final List<String> leftOver = new ArrayList<>();
  private final ArrayDeque<Character> joined = new ArrayDeque<>();
  private String word = "";
  private int next;
  private @Nullable String value;

  Words(List<String> words) {
    this.words = List.copyOf(words);
  }

  /** The next option; null: the line is read. */
  @Nullable Option next() throws UsageError {
    value = null;
    if (!joined.isEmpty()) {
      return letter();
    }
    while (next < words.size()) {
      word = words.get(next++);
      if (word.equals("--")) {
        leftOver.addAll(words.subList(next, words.size()));
        next = words.size();
      } else if (word.startsWith("--")) {
        return longOption();
      } else if (word.length() > 1 && word.charAt(0) == '-') {
        for (int i = 1; i < word.length(); i++) {
          joined.add(word.charAt(i));
        }
        return letter();
      } else {
        leftOver.add(word);
      }
    }
    return null;
  }

  /** The value of the option that came last. */
  String value() {
    return String.valueOf(value);
  }

  /** The optional value of the option that came last; null: none. */
  @Nullable String optionalValue() {
    return value;
  }

  /** What was no option so far. */
  List<String> leftOver() {
    return List.copyOf(leftOver);
  }

  private Option letter() throws UsageError {
    Option option = Option.ofLetter(joined.remove());
    if (option == null) {
      throw unknown(word);
    }
    if (option.argument() == Option.Argument.NONE) {
      return option;
    }
    String stuck = null;
    if (!joined.isEmpty()) {
      var rest = new StringBuilder();
      joined.forEach(rest::append);
      joined.clear();
      stuck = rest.charAt(0) == '=' ? rest.substring(1) : rest.toString();
    }
    takeValue(option, stuck);
    return option;
  }

  private Option longOption() throws UsageError {
    int equals = word.indexOf('=');
    String name = word.substring(2, equals < 0 ? word.length() : equals);
    Option option = Option.ofWord(name);
    if (option == null || (equals >= 0 && option.argument() == Option.Argument.NONE)) {
      throw unknown(word);
    }
    if (option.argument() != Option.Argument.NONE) {
      takeValue(option, equals < 0 ? null : word.substring(equals + 1));
    }
    return option;
  }

  private void takeValue(Option option, @Nullable String stuck) throws UsageError {
    boolean optional = option.argument() == Option.Argument.OPTIONAL;
    if (stuck != null) {
      value = stuck;
    } else if (next < words.size() && !(optional && words.get(next).startsWith("-"))) {
      value = words.get(next++);
    } else if (!optional) {
      throw UsageError.refused(word + ": missing argument");
    }
  }

  private static UsageError unknown(String word) {
    return UsageError.refused(word + ": unknown option");
  }
}
