package dev.sluice.cli.keepalived;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses a command line as getopt_long(3) does: short options bundle ({@code -nlD}), a value may
 * stick to its letter ({@code -fFILE}), long options may be cut short while that is unambiguous
 * ({@code --use FILE}), an optional value must stick ({@code -tLOG}, {@code --config-test=LOG}),
 * options and operands mix, and {@code --} ends the options.
 */
public final class GnuOptions {
  /** Whether an option takes a value. */
  public enum Argument {
    NONE,
    REQUIRED,
    OPTIONAL
  }

  /**
   * One option.
   *
   * @param letter 0: none
   * @param name without dashes
   */
  public record Option(char letter, String name, Argument argument) {}

  /**
   * An option as it stood on the line.
   *
   * @param value null: none given
   */
  public record Given(Option option, @Nullable String value) {}

  /** The line taken apart: options in their order, and what else stood there. */
  public record Line(List<Given> options, List<String> operands) {
    public Line {
      options = List.copyOf(options);
      operands = List.copyOf(operands);
    }
  }

  /** The line breaks a rule; the message says which word and why. */
  public static final class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;

    BadLineException(String message) {
      super(message);
    }
  }

  private final List<Option> table;

  /** A parser for these options. */
  public GnuOptions(List<Option> table) {
    this.table = List.copyOf(table);
  }

  /** Takes a line apart. */
  public Line parse(List<String> words) throws BadLineException {
    List<Given> options = new ArrayList<>();
    List<String> operands = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      @Nullable String next = i + 1 < words.size() ? words.get(i + 1) : null;
      if (word.equals("--")) {
        operands.addAll(words.subList(i + 1, words.size()));
        break;
      } else if (word.startsWith("--")) {
        i += longOption(word.substring(2), next, options);
      } else if (word.length() > 1 && word.charAt(0) == '-') {
        i += shortOptions(word, next, options);
      } else {
        operands.add(word);
      }
    }
    return new Line(options, operands);
  }

  /** Answers how many words beyond its own it used. */
  private int longOption(String text, @Nullable String next, List<Given> into)
      throws BadLineException {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    @Nullable String stuck = equals < 0 ? null : text.substring(equals + 1);
    Option option = byName(name);
    if (option.argument() == Argument.NONE && stuck != null) {
      throw new BadLineException("option '--" + option.name() + "' takes no value");
    }
    boolean fromNext = option.argument() == Argument.REQUIRED && stuck == null;
    if (fromNext && next == null) {
      throw new BadLineException("option '--" + option.name() + "' needs a value");
    }
    into.add(new Given(option, fromNext ? next : stuck));
    return fromNext ? 1 : 0;
  }

  /** Answers how many words beyond its own it used. */
  private int shortOptions(String word, @Nullable String next, List<Given> into)
      throws BadLineException {
    for (int i = 1; i < word.length(); i++) {
      Option option = byLetter(word.charAt(i));
      if (option.argument() == Argument.NONE) {
        into.add(new Given(option, null));
        continue;
      }
      @Nullable String rest = i + 1 < word.length() ? word.substring(i + 1) : null;
      if (rest != null || option.argument() == Argument.OPTIONAL) {
        into.add(new Given(option, rest));
        return 0;
      }
      if (next == null) {
        throw new BadLineException("option '-" + option.letter() + "' needs a value");
      }
      into.add(new Given(option, next));
      return 1;
    }
    return 0;
  }

  private Option byLetter(char letter) throws BadLineException {
    for (Option option : table) {
      if (option.letter() == letter && letter != 0) {
        return option;
      }
    }
    throw new BadLineException("there is no option '-" + letter + "'");
  }

  private Option byName(String name) throws BadLineException {
    List<Option> begin = new ArrayList<>();
    for (Option option : table) {
      if (option.name().equals(name)) {
        return option;
      }
      if (option.name().startsWith(name)) {
        begin.add(option);
      }
    }
    if (begin.isEmpty() || name.isEmpty()) {
      throw new BadLineException("there is no option '--" + name + "'");
    }
    if (begin.size() > 1) {
      var names = begin.stream().map(o -> "--" + o.name()).toList();
      throw new BadLineException(
          "option '--" + name + "' is ambiguous: " + String.join(", ", names));
    }
    return begin.getFirst();
  }
}
