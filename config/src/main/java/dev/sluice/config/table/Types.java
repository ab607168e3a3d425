package dev.sluice.config.table;

import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.text.Word;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kinds of parameter the language knows. */
public final class Types {
  private Types() {}

  private record Flag() implements ValueType<Boolean> {
    @Override
    public String syntax() {
      return "";
    }

    @Override
    public boolean required() {
      return false;
    }

    @Override
    public Boolean read(Args args) {
      return true;
    }

    @Override
    public List<String> accepted() {
      return List.of("");
    }
  }

  /** No parameter: being there is all. */
  public static ValueType<Boolean> flag() {
    return new Flag();
  }

  private record Bool(boolean optional) implements ValueType<Boolean> {
    @Override
    public String syntax() {
      return optional ? "[on|off]" : "on|off";
    }

    @Override
    public boolean required() {
      return !optional;
    }

    @Override
    public @Nullable Boolean read(Args args) {
      if (optional && !args.hasNext()) {
        return true;
      }
      Word word = args.require("on or off");
      if (word == null) {
        return null;
      }
      return switch (word.text()) {
        case "true", "on", "yes" -> true;
        case "false", "off", "no" -> false;
        default -> {
          args.invalid(
              word,
              "not-a-boolean",
              "'" + word.text() + "' is neither on nor off",
              "write true, on, yes, or false, off, no, in lower case");
          yield null;
        }
      };
    }

    @Override
    public List<String> accepted() {
      return List.of("true", "on", "yes", "false", "off", "no");
    }

    @Override
    public List<String> refused() {
      return List.of("maybe", "TRUE", "1");
    }

    @Override
    public List<String> words() {
      return List.of("on", "off");
    }
  }

  /** A boolean; alone it means on. */
  public static ValueType<Boolean> optionalBool() {
    return new Bool(true);
  }

  /** A boolean that must be written. */
  public static ValueType<Boolean> bool() {
    return new Bool(false);
  }

  private record Int(long least, long most) implements ValueType<Long> {
    @Override
    public String syntax() {
      return least + ".." + most;
    }

    @Override
    public @Nullable Long read(Args args) {
      Word word = args.poll();
      if (word == null) {
        args.missing("a number " + syntax());
        return null;
      }
      return integer(args, word, least, most);
    }

    @Override
    public List<String> accepted() {
      return List.of(Long.toString(least), Long.toString(most));
    }

    @Override
    public List<String> refused() {
      return List.of(Long.toString(least - 1), Long.toString(most + 1), "x", "0x11");
    }
  }

  /** A whole number within bounds. */
  public static ValueType<Long> integer(long least, long most) {
    return new Int(least, most);
  }

  /** Reads a decimal number; null, and a message, when it is none or outside the bounds. */
  public static @Nullable Long integer(Args args, Word word, long least, long most) {
    Long value = parse(word.text());
    if (value == null) {
      args.invalid(
          word,
          "not-a-number",
          "'" + word.text() + "' is no whole number",
          word.text().startsWith("$")
              ? "nothing is defined under this name: $NAME=value, before this line"
              : "a number from " + least + " to " + most + " is expected");
      return null;
    }
    if (value < least || value > most) {
      args.invalid(
          word,
          "out-of-range",
          args.subject() + ": " + word.text() + " is outside " + least + ".." + most,
          "a number from " + least + " to " + most + " is expected");
      return null;
    }
    return value;
  }

  static @Nullable Long parse(String text) {
    int i = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    if (i >= text.length() || text.length() > 20) {
      return null;
    }
    for (int k = i; k < text.length(); k++) {
      if (text.charAt(k) < '0' || text.charAt(k) > '9') {
        return null;
      }
    }
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** A time in seconds, up to six decimals, up to keepalived's largest. */
  public static ValueType<Duration> seconds() {
    return TimeType.seconds("0", TimeType.LONGEST_MICROS);
  }

  /** A time in seconds within bounds. */
  public static ValueType<Duration> seconds(String least, String most) {
    return TimeType.seconds(least, TimeType.micros(most));
  }

  /** A time in seconds from a least value up to keepalived's largest. */
  public static ValueType<Duration> secondsFrom(String least) {
    return TimeType.seconds(least, TimeType.LONGEST_MICROS);
  }

  /** A time in milliseconds within bounds. */
  public static ValueType<Duration> milliseconds(long least, long most) {
    return new TimeType(least * 1000, most * 1000, 3, 3);
  }

  /** A time in microseconds within bounds. */
  public static ValueType<Duration> microseconds(long least, long most) {
    return new TimeType(least, most, 0, 0);
  }

  private record Text(String what, int longest) implements ValueType<String> {
    @Override
    public String syntax() {
      return what;
    }

    @Override
    public @Nullable String read(Args args) {
      Word word = args.require(what);
      if (word == null) {
        return null;
      }
      if (word.text().length() > longest) {
        args.diagnostics()
            .error(
                word.at(),
                "too-long",
                "'" + word.text() + "' is longer than " + longest + " characters",
                "it is cut",
                "");
        return word.text().substring(0, longest);
      }
      return word.text();
    }

    @Override
    public List<String> accepted() {
      return List.of("something");
    }
  }

  /** Any word. */
  public static ValueType<String> text(String what) {
    return new Text(what, Integer.MAX_VALUE);
  }

  /** A word of limited length; a longer one is cut with a message. */
  public static ValueType<String> text(String what, int longest) {
    return new Text(what, longest);
  }

  /** A parameter that may be left out. */
  public static <T> ValueType<T> optional(ValueType<T> type, T absent) {
    return new Wrapped.Optional<>(type, absent);
  }

  private record OneOf<T>(Map<String, T> values, boolean anyCase) implements ValueType<T> {
    @Override
    public String syntax() {
      return String.join("|", values.keySet());
    }

    @Override
    public @Nullable T read(Args args) {
      Word word = args.poll();
      if (word == null) {
        args.missing("one of " + String.join(", ", values.keySet()));
        return null;
      }
      T value = values.get(word.text());
      if (value == null && anyCase) {
        for (Map.Entry<String, T> entry : values.entrySet()) {
          if (entry.getKey().equalsIgnoreCase(word.text())) {
            return entry.getValue();
          }
        }
      }
      if (value == null) {
        args.invalid(
            word,
            "unknown-value",
            args.subject() + ": '" + word.text() + "' is not known",
            Nearest.of(word.text(), values.keySet())
                .map(near -> "did you mean '" + near + "'?")
                .orElse("one of " + String.join(", ", values.keySet())));
      }
      return value;
    }

    @Override
    public List<String> accepted() {
      return List.copyOf(values.keySet());
    }

    @Override
    public List<String> refused() {
      return List.of("certainly-not");
    }

    @Override
    public List<String> words() {
      return List.copyOf(values.keySet());
    }
  }

  /** One of a few words. The map's order is the documentation's. */
  public static <T> ValueType<T> oneOf(Map<String, T> values) {
    // Sorted: a Map.of tells its words in another order in every process.
    return new OneOf<>(new TreeMap<>(values), false);
  }

  /** One of a few words, in any case. */
  public static <T> ValueType<T> oneOfAnyCase(Map<String, T> values) {
    return new OneOf<>(new TreeMap<>(values), true);
  }

  /** An IPv4 or IPv6 address. */
  public static ValueType<InetAddress> address() {
    return new Addresses.Type();
  }

  /** A parameter read as one type and kept as another. */
  public static <S, T> ValueType<T> map(ValueType<S> type, Function<S, T> map) {
    return new Wrapped.Mapped<>(type, map);
  }

  /** A value and what swaps its sense. */
  public record Weight(int value, boolean reverse) {}

  private record WeightType(int limit) implements ValueType<Weight> {
    @Override
    public String syntax() {
      return "-" + limit + ".." + limit + " [reverse]";
    }

    @Override
    public @Nullable Weight read(Args args) {
      Word word = args.require("a weight");
      if (word == null) {
        return null;
      }
      Long value = integer(args, word, -limit, limit);
      boolean reverse = false;
      Word option = args.peek();
      if (option != null) {
        if (option.text().equals("reverse")) {
          args.poll();
          reverse = true;
        } else if (option.text().equals("noreverse")) {
          args.poll();
        } else {
          args.poll();
          args.invalid(option, "unknown-option", "unknown word '" + option.text() + "'", "reverse");
        }
      }
      return value == null ? null : new Weight(value.intValue(), reverse);
    }

    @Override
    public List<String> accepted() {
      return List.of("-" + limit, Integer.toString(limit), "5 reverse");
    }

    @Override
    public List<String> refused() {
      return List.of(Integer.toString(limit + 1), Integer.toString(-limit - 1), "heavy");
    }
  }

  /** A weight, optionally reversed. */
  public static ValueType<Weight> weight(int limit) {
    return new WeightType(limit);
  }

  /** A command, optionally with the user and group it runs as. */
  public static ValueType<Command> command() {
    return new Commands.CommandType(true);
  }

  /** A command alone. */
  public static ValueType<Command> commandOnly() {
    return new Commands.CommandType(false);
  }

  /** A user, optionally with a group. */
  public static ValueType<ScriptUser> user() {
    return new Commands.UserType();
  }

  static boolean isNumber(String text) {
    return parse(text) != null;
  }

  /** A parameter whose fault has a consequence: a value of its own. */
  public static <T> ValueType<T> orElse(ValueType<T> type, T faulty) {
    return new Wrapped.OrElse<>(type, faulty);
  }

  /** A type whose keyword narrows it: examples of what it takes and what it does not. */
  public static <T> ValueType<T> samples(
      ValueType<T> type, List<String> accepted, List<String> refused) {
    return new Wrapped.Sampled<>(type, accepted, refused);
  }
}
