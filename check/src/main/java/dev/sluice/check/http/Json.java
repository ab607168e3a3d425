package dev.sluice.check.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small reader of JSON (RFC 8259): objects as maps, arrays as lists, texts as strings, everything
 * else as the word that stands there. Depth is bounded, as the text is a server's.
 */
final class Json {
  private static final int MAX_DEPTH = 64;

  /** What is not there. */
  static final Object ABSENT = new Object();

  /** A number, true, false or null, as written. */
  record Word(String text) {}

  /** The text is no JSON. */
  static final class NotJson extends Exception {
    private static final long serialVersionUID = 1;

    NotJson(String what, int at) {
      super(what + " at character " + at);
    }
  }

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) throws NotJson {
    var json = new Json(text);
    Object value = json.value(0);
    json.blanks();
    if (json.at < text.length()) {
      throw new NotJson("something behind the value", json.at);
    }
    return value;
  }

  /**
   * The value at a path such as {@code $.checks[0].status}; {@link #ABSENT} when it is not there.
   * The leading {@code $.} may be left out; a name in {@code ['…']} may hold dots.
   */
  static Object at(Object value, String path) {
    Object here = value;
    for (String step : steps(path)) {
      if (here instanceof Map<?, ?> map && map.containsKey(step)) {
        here = java.util.Objects.requireNonNull(map.get(step));
      } else if (here instanceof List<?> list && step.matches("\\d{1,6}")) {
        int i = Integer.parseInt(step);
        here = i < list.size() ? java.util.Objects.requireNonNull(list.get(i)) : ABSENT;
      } else {
        return ABSENT;
      }
    }
    return here;
  }

  static List<String> steps(String path) {
    var steps = new ArrayList<String>();
    String rest = path.startsWith("$") ? path.substring(1) : path;
    int i = 0;
    while (i < rest.length()) {
      if (rest.charAt(i) == '.') {
        i++;
      } else if (rest.charAt(i) == '[') {
        int end = rest.indexOf(']', i);
        end = end < 0 ? rest.length() : end;
        String inner = rest.substring(i + 1, end);
        boolean quoted = inner.length() >= 2 && "'\"".indexOf(inner.charAt(0)) >= 0;
        steps.add(quoted ? inner.substring(1, inner.length() - 1) : inner);
        i = end + 1;
      } else {
        int end = i;
        while (end < rest.length() && rest.charAt(end) != '.' && rest.charAt(end) != '[') {
          end++;
        }
        steps.add(rest.substring(i, end));
        i = end;
      }
    }
    return steps;
  }

  /** A value as one would write it in the configuration. */
  static String text(Object value) {
    return switch (value) {
      case Word(String word) -> word;
      case Map<?, ?> map -> "an object with " + map.size() + " members";
      case List<?> list -> "an array of " + list.size();
      default -> value.toString();
    };
  }

  private Object value(int depth) throws NotJson {
    if (depth > MAX_DEPTH) {
      throw new NotJson("nested deeper than " + MAX_DEPTH, at);
    }
    blanks();
    char c = peek();
    if (c == '{') {
      return object(depth);
    }
    if (c == '[') {
      return array(depth);
    }
    return c == '"' ? string() : word();
  }

  private Map<String, Object> object(int depth) throws NotJson {
    var map = new LinkedHashMap<String, Object>();
    at++;
    blanks();
    if (peek() == '}') {
      at++;
      return map;
    }
    while (true) {
      blanks();
      if (peek() != '"') {
        throw new NotJson("no name", at);
      }
      String name = string();
      blanks();
      expect(':');
      map.put(name, value(depth + 1));
      blanks();
      if (peek() == ',') {
        at++;
      } else {
        expect('}');
        return map;
      }
    }
  }

  private List<Object> array(int depth) throws NotJson {
    var list = new ArrayList<>();
    at++;
    blanks();
    if (peek() == ']') {
      at++;
      return list;
    }
    while (true) {
      list.add(value(depth + 1));
      blanks();
      if (peek() == ',') {
        at++;
      } else {
        expect(']');
        return list;
      }
    }
  }

  private String string() throws NotJson {
    var out = new StringBuilder();
    at++;
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return out.toString();
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = peek();
      at++;
      switch (escaped) {
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'u' -> {
          if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
            throw new NotJson("no character", at);
          }
          out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        }
        default -> out.append(escaped);
      }
    }
  }

  private Word word() throws NotJson {
    int from = at;
    while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(from, at);
    if (!word.matches("true|false|null|-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?")) {
      throw new NotJson("no value", from);
    }
    return new Word(word);
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws NotJson {
    if (at >= text.length()) {
      throw new NotJson("it ends", at);
    }
    return text.charAt(at);
  }

  private void expect(char c) throws NotJson {
    if (peek() != c) {
      throw new NotJson("no " + c, at);
    }
    at++;
  }
}
