package dev.sluice.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON: a configuration model, diagnostics, keyword data. Components keep their order;
 * null components are left out; durations are seconds, addresses text; passwords are masked.
 */
public final class ModelJson {
  private static final Set<String> SECRET = Set.of("password", "material");

  private final StringBuilder out = new StringBuilder();

  private ModelJson() {}

  /** The JSON of a value, indented by two. */
  public static String of(Object value) {
    ModelJson json = new ModelJson();
    json.value(value, 0);
    return json.out.append('\n').toString();
  }

  /**
   * Diagnostics and verdict, for editors and CI.
   *
   * @param file what was checked
   */
  public static String diagnostics(String file, LoadResult result) {
    return of(new Report(file, result.verdict(), result.diagnostics()));
  }

  private record Report(String file, Verdict verdict, java.util.List<Diagnostic> diagnostics) {}

  private void value(@Nullable Object value, int depth) {
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b);
      case Number n -> out.append(n);
      case Duration d -> seconds(d);
      case InetAddress a -> string(a.getHostAddress());
      case Enum<?> e -> string(e.name());
      case BitSet bits -> string(ranges(bits));
      case Optional<?> o -> value(o.orElse(null), depth);
      case Map<?, ?> map -> map(map, depth);
      case Collection<?> list -> list(list, depth);
      case Record r -> object(r, depth);
      default -> string(value.toString());
    }
  }

  private void seconds(Duration d) {
    out.append(
        java.math.BigDecimal.valueOf(d.getSeconds())
            .add(java.math.BigDecimal.valueOf(d.getNano(), 9))
            .stripTrailingZeros()
            .toPlainString());
  }

  private static String ranges(BitSet bits) {
    StringBuilder text = new StringBuilder();
    for (int from = bits.nextSetBit(0); from >= 0; ) {
      int to = bits.nextClearBit(from) - 1;
      text.append(text.isEmpty() ? "" : " ").append(from);
      if (to > from) {
        text.append('-').append(to);
      }
      from = bits.nextSetBit(to + 1);
    }
    return text.toString();
  }

  private void list(Collection<?> list, int depth) {
    if (list.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    String separator = "";
    for (Object item : list) {
      out.append(separator);
      newLine(depth + 1);
      value(item, depth + 1);
      separator = ",";
    }
    newLine(depth);
    out.append(']');
  }

  private void map(Map<?, ?> map, int depth) {
    out.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : new java.util.TreeMap<>(map).entrySet()) {
      out.append(separator);
      newLine(depth + 1);
      string(String.valueOf(entry.getKey()));
      out.append(": ");
      value(entry.getValue(), depth + 1);
      separator = ",";
    }
    if (!map.isEmpty()) {
      newLine(depth);
    }
    out.append('}');
  }

  private void object(Record record, int depth) {
    out.append('{');
    String separator = "";
    if (record.getClass().getEnclosingClass() != null
        && record.getClass().getEnclosingClass().isInterface()) {
      newLine(depth + 1);
      out.append("\"type\": ");
      string(record.getClass().getSimpleName());
      separator = ",";
    }
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = read(record, component);
      if (value == null) {
        continue;
      }
      out.append(separator);
      newLine(depth + 1);
      string(component.getName());
      out.append(": ");
      value(SECRET.contains(component.getName()) ? "********" : value, depth + 1);
      separator = ",";
    }
    if (!separator.isEmpty()) {
      newLine(depth);
    }
    out.append('}');
  }

  private static @Nullable Object read(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private void newLine(int depth) {
    out.append('\n').append("  ".repeat(depth));
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
