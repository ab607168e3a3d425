package dev.sluice.config.table;

import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.text.Word;
import dev.sluice.config.text.Words;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kinds of parameter the language knows. */
public final class Types {
  private Types() {}

  /** The longest time keepalived can store, in microseconds. */
  private static final long LONGEST_MICROS = 4_294_967_295L;

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
      Word word = args.require("a number " + syntax());
      return word == null ? null : integer(args, word, least, most);
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

  private record Time(long leastMicros, long mostMicros, int decimals, int secondShift)
      implements ValueType<Duration> {
    @Override
    public String syntax() {
      return plain(leastMicros) + ".." + plain(mostMicros) + unit();
    }

    private String unit() {
      return switch (secondShift) {
        case 6 -> " s";
        case 3 -> " ms";
        default -> " µs";
      };
    }

    private String plain(long micros) {
      return decimal(micros, secondShift);
    }

    @Override
    public @Nullable Duration read(Args args) {
      Word word = args.require("a time " + syntax());
      return word == null ? null : time(args, word, this);
    }

    @Override
    public List<String> accepted() {
      return List.of(plain(leastMicros), plain(mostMicros));
    }

    @Override
    public List<String> refused() {
      List<String> texts = new ArrayList<>(List.of("x", "1s", "-1"));
      if (leastMicros > 0) {
        texts.add("0");
      }
      texts.add(decimal(mostMicros + (long) Math.pow(10, secondShift), secondShift));
      return texts;
    }
  }

  private static String decimal(long micros, int shift) {
    return BigDecimal.valueOf(micros, shift).stripTrailingZeros().toPlainString();
  }

  /** A time in seconds, up to six decimals, up to keepalived's largest. */
  public static ValueType<Duration> seconds() {
    return new Time(0, LONGEST_MICROS, 6, 6);
  }

  /** A time in seconds within bounds. */
  public static ValueType<Duration> seconds(String least, String most) {
    return new Time(micros(least, 6), micros(most, 6), 6, 6);
  }

  /** A time in seconds from a least value up to keepalived's largest. */
  public static ValueType<Duration> secondsFrom(String least) {
    return new Time(micros(least, 6), LONGEST_MICROS, 6, 6);
  }

  /** A time in milliseconds within bounds. */
  public static ValueType<Duration> milliseconds(long least, long most) {
    return new Time(least * 1000, most * 1000, 3, 3);
  }

  /** A time in microseconds within bounds. */
  public static ValueType<Duration> microseconds(long least, long most) {
    return new Time(least, most, 0, 0);
  }

  private static long micros(String text, int shift) {
    return new BigDecimal(text).movePointRight(shift).longValueExact();
  }

  private static @Nullable Duration time(Args args, Word word, Time type) {
    String text = word.text();
    if (!isDecimal(text)) {
      boolean negative = text.startsWith("-");
      args.invalid(
          word,
          "not-a-number",
          "'" + text + "' is no time" + (negative ? ": it is negative" : ""),
          "write" + type.unit().replace(" s", " seconds") + " without a unit: " + type.syntax());
      return null;
    }
    BigDecimal exact = new BigDecimal(text.startsWith(".") ? "0" + text : text);
    BigDecimal micros = exact.movePointRight(type.secondShift());
    if (exact.stripTrailingZeros().scale() > type.decimals() && exact.scale() > type.decimals()) {
      micros =
          exact.setScale(type.decimals(), RoundingMode.HALF_UP).movePointRight(type.secondShift());
      args.diagnostics()
          .error(
              word.at(),
              "too-many-decimals",
              "'" + text + "' has more than " + type.decimals() + " decimals",
              "it is rounded",
              "");
    }
    if (micros.compareTo(BigDecimal.valueOf(type.leastMicros())) < 0
        || micros.compareTo(BigDecimal.valueOf(type.mostMicros())) > 0) {
      args.invalid(
          word,
          "out-of-range",
          args.subject() + ": " + text + " is outside " + type.syntax(),
          "a time of " + type.syntax() + " is expected");
      return null;
    }
    return Duration.ofNanos(micros.longValue() * 1000);
  }

  private static boolean isDecimal(String text) {
    boolean digit = false;
    boolean point = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digit = true;
      } else if (c == '.' && !point) {
        point = true;
      } else {
        return false;
      }
    }
    return digit && text.length() <= 24;
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

  private record Optional<T>(ValueType<T> type, T absent) implements ValueType<T> {
    @Override
    public String syntax() {
      return "[" + type.syntax() + "]";
    }

    @Override
    public boolean required() {
      return false;
    }

    @Override
    public boolean escaped() {
      return type.escaped();
    }

    @Override
    public @Nullable T read(Args args) {
      return args.hasNext() ? type.read(args) : absent;
    }

    @Override
    public List<String> accepted() {
      return type.accepted();
    }

    @Override
    public List<String> refused() {
      return type.refused();
    }

    @Override
    public List<String> words() {
      return type.words();
    }
  }

  /** A parameter that may be left out. */
  public static <T> ValueType<T> optional(ValueType<T> type, T absent) {
    return new Optional<>(type, absent);
  }

  private record OneOf<T>(Map<String, T> values, boolean anyCase) implements ValueType<T> {
    @Override
    public String syntax() {
      return String.join("|", values.keySet());
    }

    @Override
    public @Nullable T read(Args args) {
      Word word = args.require("one of " + String.join(", ", values.keySet()));
      if (word == null) {
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

  private record Address() implements ValueType<InetAddress> {
    @Override
    public String syntax() {
      return "ADDRESS";
    }

    @Override
    public @Nullable InetAddress read(Args args) {
      Word word = args.require("an address");
      if (word == null) {
        return null;
      }
      InetAddress address = parseAddress(word.text());
      if (address == null) {
        args.invalid(
            word,
            "not-an-address",
            "'" + word.text() + "' is no IP address",
            "write an IPv4 or IPv6 address, not a name");
      }
      return address;
    }

    @Override
    public List<String> accepted() {
      return List.of("10.0.0.1", "2001:db8::1");
    }

    @Override
    public List<String> refused() {
      return List.of("10.0.0.300", "example", "10.0.0");
    }
  }

  /** An IPv4 or IPv6 address. */
  public static ValueType<InetAddress> address() {
    return new Address();
  }

  /** A literal address; null for anything else. Names are never looked up. */
  public static @Nullable InetAddress parseAddress(String text) {
    if (text.indexOf(':') >= 0) {
      if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0 || text.length() > 45) {
        return null;
      }
      try {
        return java.net.Inet6Address.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    int dots = 0;
    int digits = 0;
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (digits == 0) {
          return null;
        }
        dots++;
        digits = 0;
        value = 0;
      } else if (c >= '0' && c <= '9' && digits < 3) {
        if (digits > 0 && value == 0) {
          return null; // A leading zero would mean octal to some and decimal to others.
        }
        value = value * 10 + (c - '0');
        digits++;
        if (value > 255) {
          return null;
        }
      } else {
        return null;
      }
    }
    return dots == 3 && digits > 0 ? Inet4Address.ofLiteral(text) : null;
  }

  private record Mapped<S, T>(ValueType<S> type, Function<S, T> map) implements ValueType<T> {
    @Override
    public String syntax() {
      return type.syntax();
    }

    @Override
    public boolean required() {
      return type.required();
    }

    @Override
    public boolean escaped() {
      return type.escaped();
    }

    @Override
    public @Nullable T read(Args args) {
      S value = type.read(args);
      return value == null ? null : map.apply(value);
    }

    @Override
    public List<String> accepted() {
      return type.accepted();
    }

    @Override
    public List<String> refused() {
      return type.refused();
    }

    @Override
    public List<String> words() {
      return type.words();
    }
  }

  /** A parameter read as one type and kept as another. */
  public static <S, T> ValueType<T> map(ValueType<S> type, Function<S, T> map) {
    return new Mapped<>(type, map);
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

  /** A command and whom it runs as, as written. */
  public record Command(List<String> command, @Nullable ScriptUser user, Word word) {}

  private record CommandType(boolean withUser) implements ValueType<Command> {
    @Override
    public String syntax() {
      return withUser ? "COMMAND [USER [GROUP]]" : "COMMAND";
    }

    @Override
    public boolean escaped() {
      return true;
    }

    @Override
    public @Nullable Command read(Args args) {
      Word word = args.require("a command");
      if (word == null) {
        return null;
      }
      List<String> command = Words.arguments(word, args.diagnostics());
      if (command.isEmpty()) {
        if (word.text().isBlank()) {
          args.invalid(word, "no-command", args.subject() + ": the command is empty", "");
        }
        return null;
      }
      ScriptUser user = null;
      if (withUser && args.hasNext()) {
        user = readUser(args, false);
        if (user == null) {
          return null;
        }
      }
      return new Command(command, user, word);
    }

    @Override
    public List<String> accepted() {
      return List.of("/bin/true", "\"/bin/echo a 'b c'\"");
    }
  }

  /** A command, optionally with the user and group it runs as. */
  public static ValueType<Command> command() {
    return new CommandType(true);
  }

  /** A command alone. */
  public static ValueType<Command> commandOnly() {
    return new CommandType(false);
  }

  private record UserType() implements ValueType<ScriptUser> {
    @Override
    public String syntax() {
      return "USER [GROUP]";
    }

    @Override
    public @Nullable ScriptUser read(Args args) {
      if (!args.hasNext()) {
        args.missing("a user");
        return null;
      }
      return readUser(args, true);
    }

    @Override
    public List<String> accepted() {
      return List.of("root", "root root");
    }

    @Override
    public List<String> refused() {
      return List.of("no_such_user", "root no_such_group");
    }
  }

  /** A user, optionally with a group. */
  public static ValueType<ScriptUser> user() {
    return new UserType();
  }

  private static @Nullable ScriptUser readUser(Args args, boolean counted) {
    Word user = args.poll();
    if (user == null) {
      return null;
    }
    Word group = args.poll();
    String name = user.text();
    String groupName = group == null ? null : group.text();
    if (group == null && name.indexOf(':') >= 0) {
      groupName = name.substring(name.indexOf(':') + 1);
      name = name.substring(0, name.indexOf(':'));
      if (name.isEmpty()) {
        name = args.context().environment().currentUser();
      }
    }
    if (!isNumber(name) && !args.context().environment().userExists(name)) {
      absent(args, user, counted, "user", name, "create it: useradd -r " + name);
      return null;
    }
    if (groupName != null
        && !isNumber(groupName)
        && !args.context().environment().groupExists(groupName)) {
      absent(args, group == null ? user : group, counted, "group", groupName, "");
      return null;
    }
    return new ScriptUser(name, groupName);
  }

  private static boolean isNumber(String text) {
    return parse(text) != null;
  }

  /** Behind a command, keepalived logs it and does not count it. */
  private static void absent(
      Args args, Word word, boolean counted, String kind, String name, String remedy) {
    args.diagnostics()
        .add(
            counted
                ? dev.sluice.config.Diagnostic.Severity.ERROR
                : dev.sluice.config.Diagnostic.Severity.WARNING,
            counted
                ? dev.sluice.config.text.Diagnostics.Effect.ERROR
                : dev.sluice.config.text.Diagnostics.Effect.NONE,
            "no-such-" + kind,
            word.at(),
            "there is no " + kind + " '" + name + "'",
            counted ? args.ignored() : "the command is never run",
            remedy);
  }

  private record OrElse<T>(ValueType<T> type, T faulty) implements ValueType<T> {
    @Override
    public String syntax() {
      return type.syntax();
    }

    @Override
    public boolean required() {
      return type.required();
    }

    @Override
    public boolean escaped() {
      return type.escaped();
    }

    @Override
    public T read(Args args) {
      T value = type.read(args);
      return value == null ? faulty : value;
    }

    @Override
    public List<String> accepted() {
      return type.accepted();
    }

    @Override
    public List<String> refused() {
      return type.refused();
    }

    @Override
    public List<String> words() {
      return type.words();
    }
  }

  /** A parameter whose fault has a consequence: a value of its own. */
  public static <T> ValueType<T> orElse(ValueType<T> type, T faulty) {
    return new OrElse<>(type, faulty);
  }

  private record Sampled<T>(ValueType<T> type, List<String> accepted, List<String> refused)
      implements ValueType<T> {
    @Override
    public String syntax() {
      return type.syntax();
    }

    @Override
    public boolean required() {
      return type.required();
    }

    @Override
    public boolean escaped() {
      return type.escaped();
    }

    @Override
    public @Nullable T read(Args args) {
      return type.read(args);
    }

    @Override
    public List<String> words() {
      return type.words();
    }
  }

  /** A type whose keyword narrows it: examples of what it takes and what it does not. */
  public static <T> ValueType<T> samples(
      ValueType<T> type, List<String> accepted, List<String> refused) {
    return new Sampled<>(type, accepted, refused);
  }
}
