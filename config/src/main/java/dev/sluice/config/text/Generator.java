package dev.sluice.config.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code ~SEQ(var, [start, [step,]] end) text} and {@code ~LST(var, v1, v2 …) text}: the text once
 * for each value. Lazy: a long sequence costs nothing but its turns.
 */
final class Generator {
  private final List<String> variables;
  private final @Nullable List<List<String>> values;
  private final Traced parameters;
  private final Traced text;
  private final boolean hex;
  private final long step;
  private final long last;
  private long next;

  private Generator(
      List<String> variables,
      @Nullable List<List<String>> values,
      Traced parameters,
      Traced text,
      boolean hex,
      long start,
      long step,
      long last) {
    this.variables = variables;
    this.values = values;
    this.parameters = parameters;
    this.text = text;
    this.hex = hex;
    this.next = start;
    this.step = step;
    this.last = last;
  }

  static boolean opens(String line) {
    return line.startsWith("~SEQ") || line.startsWith("~LST");
  }

  /** The next turn's text, its variables defined; null after the last. */
  @Nullable Traced next(Definitions definitions) {
    List<String> turn;
    if (values != null) {
      if (next > last) {
        return null;
      }
      turn = values.get((int) next);
    } else {
      if (step > 0 ? next > last : next < last) {
        return null;
      }
      turn = List.of(hex ? Long.toHexString(next) : Long.toString(next));
    }
    next += step;
    Origin place = parameters.originAt(0);
    for (int i = 0; i < variables.size(); i++) {
      Traced value = Traced.literal(i < turn.size() ? turn.get(i) : "", place);
      definitions.define(new Definitions.Definition(variables.get(i), List.of(value), false));
    }
    return text;
  }

  /** Reads a generator's line; null when it is malformed, which is reported. */
  static @Nullable Generator parse(
      Traced line, Definitions definitions, SourceText source, Diagnostics diagnostics) {
    boolean sequence = line.text().startsWith("~SEQ");
    int at = 4;
    boolean hex = sequence && line.text().startsWith("x", at);
    if (hex) {
      at++;
    }
    int open = line.text().indexOf('(', at);
    int close = closing(line.text(), open);
    if (open < 0 || close < 0 || !line.text().substring(at, open).isBlank()) {
      return malformed(line, diagnostics, "the list in parentheses is missing or not closed");
    }
    Traced inside = definitions.expand(line.substring(open + 1, close), source).text();
    Traced text = line.substring(close + 1).strip();
    return sequence
        ? sequence(line, inside, text, hex, diagnostics)
        : list(line, inside, text, diagnostics);
  }

  private static int closing(String text, int open) {
    // Braces of ${NAME} may stand inside, parentheses may not.
    return open < 0 ? -1 : text.indexOf(')', open);
  }

  private static @Nullable Generator malformed(
      Traced line, Diagnostics diagnostics, String reason) {
    diagnostics.error(
        At.all(line),
        "generator",
        "not a valid " + line.text().substring(0, 4) + ": " + reason,
        "the line is ignored",
        "~SEQ(var, [start, [step,]] end) text, or ~LST(var, value, value …) text");
    return null;
  }

  private static @Nullable Generator sequence(
      Traced line, Traced inside, Traced text, boolean hex, Diagnostics diagnostics) {
    String[] parts = inside.text().split(",", -1);
    if (parts.length < 2 || parts.length > 4) {
      return malformed(line, diagnostics, "a variable and one to three numbers are expected");
    }
    String variable = parts[0].strip();
    long[] numbers = new long[parts.length - 1];
    for (int i = 1; i < parts.length; i++) {
      try {
        numbers[i - 1] = Long.decode(parts[i].strip());
      } catch (NumberFormatException e) {
        return malformed(line, diagnostics, "'" + parts[i].strip() + "' is no number");
      }
      if (Math.abs(numbers[i - 1]) > (1L << 40)) {
        return malformed(line, diagnostics, "'" + parts[i].strip() + "' is too far away");
      }
    }
    if (variable.isEmpty() || !Definitions.isNameStart(variable.charAt(0))) {
      return malformed(line, diagnostics, "'" + variable + "' cannot be a variable");
    }
    long start;
    long step;
    long end = numbers[numbers.length - 1];
    switch (numbers.length) {
      case 1 -> {
        step = end < 1 ? -1 : 1;
        start = end < 0 ? -1 : 1;
      }
      case 2 -> {
        start = numbers[0];
        step = start <= end ? 1 : -1;
      }
      default -> {
        start = numbers[0];
        step = numbers[1];
      }
    }
    if (step == 0 || (start < end && step < 0) || (start > end && step > 0)) {
      return malformed(line, diagnostics, "the step leads away from the end");
    }
    if (hex && (start < 0 || end < 0)) {
      return malformed(line, diagnostics, "~SEQx counts positive numbers only");
    }
    if (Math.abs(end - start) / Math.abs(step) >= Limits.LINES_PER_GENERATOR) {
      return malformed(
          line, diagnostics, "it would repeat more than " + Limits.LINES_PER_GENERATOR + " times");
    }
    return new Generator(List.of(variable), null, line, text, hex, start, step, end);
  }

  private static @Nullable Generator list(
      Traced line, Traced inside, Traced text, Diagnostics diagnostics) {
    List<List<String>> groups = groups(inside.text());
    if (groups == null || groups.size() < 2) {
      return malformed(line, diagnostics, "a variable and its values are expected");
    }
    List<String> variables = groups.get(0);
    for (String variable : variables) {
      if (variable.isEmpty() || !Definitions.isNameStart(variable.charAt(0))) {
        return malformed(line, diagnostics, "'" + variable + "' cannot be a variable");
      }
    }
    List<List<String>> values = groups.subList(1, groups.size());
    for (List<String> value : values) {
      if (value.size() > variables.size()) {
        return malformed(
            line,
            diagnostics,
            "a group has " + value.size() + " values for " + variables.size() + " variables");
      }
    }
    return new Generator(variables, values, line, text, false, 0, 1, values.size() - 1L);
  }

  /** {@code a, b, {c, d}} to groups; null when braces do not match. */
  private static @Nullable List<List<String>> groups(String text) {
    List<List<String>> groups = new ArrayList<>();
    int i = 0;
    while (true) {
      while (i < text.length() && Traced.isBlank(text.charAt(i))) {
        i++;
      }
      int end;
      if (i < text.length() && text.charAt(i) == '{') {
        int close = text.indexOf('}', i);
        if (close < 0) {
          return null;
        }
        List<String> group = new ArrayList<>();
        for (String value : text.substring(i + 1, close).split(",", -1)) {
          group.add(value.strip());
        }
        groups.add(group);
        end = close + 1;
        while (end < text.length() && Traced.isBlank(text.charAt(end))) {
          end++;
        }
        if (end < text.length() && text.charAt(end) != ',') {
          return null;
        }
      } else {
        end = text.indexOf(',', i);
        if (end < 0) {
          end = text.length();
        }
        groups.add(List.of(text.substring(i, end).strip()));
      }
      if (end >= text.length()) {
        return groups;
      }
      i = end + 1;
    }
  }
}
