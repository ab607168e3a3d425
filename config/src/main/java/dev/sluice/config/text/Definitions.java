package dev.sluice.config.text;

import dev.sluice.config.ConfigEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** {@code $NAME=value} and what the language defines by itself. */
final class Definitions {
  /**
   * One definition.
   *
   * @param lines the value; more than one entry only when multiLine
   */
  record Definition(String name, List<Traced> lines, boolean multiLine) {}

  /**
   * What an expansion gave.
   *
   * @param text the line with every name replaced
   * @param more the further lines of a multi-line definition, to be read next
   */
  record Expansion(Traced text, List<Traced> more, boolean changed) {}

  private final Map<String, Definition> user = new HashMap<>();
  private final ConfigEnvironment environment;
  private final Diagnostics diagnostics;
  private Random random = new Random();
  private long produced;

  Definitions(ConfigEnvironment environment, Diagnostics diagnostics) {
    this.environment = environment;
    this.diagnostics = diagnostics;
  }

  void seed(long seed) {
    random = new Random(seed);
  }

  void define(Definition definition) {
    user.put(definition.name(), definition);
  }

  /** The length of the name in {@code $NAME=…}; 0 when the line is no definition. */
  static int definedNameLength(String line) {
    if (line.length() < 3 || line.charAt(0) != '$' || !isNameStart(line.charAt(1))) {
      return 0;
    }
    int end = 2;
    while (end < line.length() && isNamePart(line.charAt(end))) {
      end++;
    }
    return end < line.length() && line.charAt(end) == '=' ? end - 1 : 0;
  }

  static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  static boolean isNamePart(char c) {
    return isNameStart(c) || (c >= '0' && c <= '9');
  }

  /** Replaces every defined name, also in what a replacement brought. */
  Expansion expand(Traced line, SourceText source) {
    Traced current = line;
    List<Traced> more = List.of();
    boolean changed = false;
    int position = 0;
    int replacements = 0;
    while ((position = current.text().indexOf('$', position)) >= 0) {
      Use use = useAt(current.text(), position, source);
      if (use == null) {
        position++;
        continue;
      }
      if (++replacements > Limits.REPLACEMENTS_PER_LINE
          || current.length() + use.firstLength() > Limits.EXPANDED_LINE_CHARS
          || (produced += use.firstLength() + 1L) > Limits.EXPANDED_CHARS) {
        diagnostics.error(
            new At(line, 0, line.length()),
            "expansion-too-long",
            "expanding $" + use.name + " never ends or gets too long",
            "the line is ignored",
            "a definition must not contain itself; the longest line is "
                + Limits.EXPANDED_LINE_CHARS
                + " characters");
        return new Expansion(current.substring(0, 0), List.of(), true);
      }
      changed = true;
      Origin at = current.originAt(position);
      Origin place =
          at.length() > 0
              ? at
              : new Origin(
                  at.source(), at.lineText(), at.line(), at.column(), use.end - position, null);
      Traced.Builder out = new Traced.Builder().append(current.substring(0, position));
      Definition definition = use.definition;
      if (definition != null && !definition.lines().isEmpty()) {
        out.append(definition.lines().get(0), place);
        if (definition.multiLine()) {
          List<Traced> rest = relocated(definition.lines(), place);
          rest.addAll(more); // An outer definition goes on behind the inner one.
          more = rest;
        }
      } else if (use.computed != null) {
        out.append(Traced.literal(use.computed, place));
      }
      out.append(current.substring(use.end));
      current = out.build(place);
    }
    return new Expansion(current, more, changed);
  }

  private static List<Traced> relocated(List<Traced> lines, Origin place) {
    List<Traced> rest = new ArrayList<>(lines.size());
    for (Traced line : lines.subList(1, lines.size())) {
      rest.add(new Traced.Builder().append(line, place).build(place));
    }
    return rest;
  }

  /** A name in the text that stands for something. */
  private record Use(
      String name, int end, @Nullable Definition definition, @Nullable String computed) {
    int firstLength() {
      if (definition != null) {
        return definition.lines().isEmpty() ? 0 : definition.lines().get(0).length();
      }
      return computed == null ? 0 : computed.length();
    }
  }

  private @Nullable Use useAt(String text, int dollar, SourceText source) {
    int i = dollar + 1;
    boolean braced = i < text.length() && text.charAt(i) == '{';
    if (braced) {
      i++;
    }
    if (i >= text.length() || !isNameStart(text.charAt(i))) {
      return null;
    }
    int nameStart = i;
    while (i < text.length() && isNamePart(text.charAt(i))) {
      i++;
    }
    String name = text.substring(nameStart, i);
    List<String> parameters = List.of();
    int end = i;
    if (braced) {
      int close = text.indexOf('}', i);
      if (close < 0) {
        return null;
      }
      String inside = text.substring(i, close);
      if (!inside.isEmpty()) {
        for (int k = 0; k < inside.length(); k++) {
          if (!isNamePart(inside.charAt(k)) && !Traced.isBlank(inside.charAt(k))) {
            return null;
          }
        }
        if (inside.isBlank() || Traced.isBlank(inside.charAt(inside.length() - 1))) {
          return null;
        }
        parameters = List.of(inside.strip().split("[ \t]+"));
      }
      end = close + 1;
    } else if (i < text.length() && " \t,)".indexOf(text.charAt(i)) < 0) {
      return null;
    }
    Definition definition = user.get(name);
    if (definition != null) {
      if (!parameters.isEmpty() || (definition.multiLine() && end != text.length())) {
        return null;
      }
      return new Use(name, end, definition, null);
    }
    String computed = computed(name, parameters, source);
    return computed == null ? null : new Use(name, end, null, computed);
  }

  private @Nullable String computed(String name, List<String> parameters, SourceText source) {
    if (name.charAt(0) != '_') {
      return null;
    }
    return switch (name) {
      case "_PWD" -> parameters.isEmpty() ? directory(source) : null;
      case "_INSTANCE" -> parameters.isEmpty() ? environment.configId() : null;
      case "_HASH" -> parameters.isEmpty() ? "#" : null;
      case "_BANG" -> parameters.isEmpty() ? "!" : null;
      case "_ENV" ->
          parameters.size() == 1
              ? environment.environmentVariable(parameters.get(0)).orElse("")
              : null;
      case "_RANDOM" -> random(parameters);
      default -> null;
    };
  }

  private static String directory(SourceText source) {
    Path directory = source.directory();
    return (directory == null ? Path.of("") : directory).toAbsolutePath().normalize().toString();
  }

  private @Nullable String random(List<String> parameters) {
    try {
      long low = parameters.isEmpty() ? 0 : Integer.parseInt(parameters.get(0));
      long high = parameters.size() < 2 ? 32767 : Integer.parseInt(parameters.get(1));
      if (parameters.size() > 2 || high < low) {
        return null;
      }
      return Long.toString(low + random.nextLong(high - low + 1));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
