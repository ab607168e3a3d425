package dev.sluice.lab;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value as {@code ip -j} and {@code sluice status --json} print them, read loosely: absent
 * is not an error.
 */
public record Json(@Nullable Object value) {
  private static final JsonType<Object> ANY = Jsonb.builder().build().type(Object.class);

  /** The value of one JSON text. */
  public static Json parse(String text) {
    try {
      return new Json(ANY.fromJson(text));
    } catch (RuntimeException e) {
      throw new LabException("not JSON (%s): %s".formatted(e.getMessage(), text));
    }
  }

  /** The member of that name; absent when there is none. */
  public Json get(String name) {
    return new Json(value instanceof Map<?, ?> map ? map.get(name) : null);
  }

  /** The elements of an array; empty when it is none. */
  public List<Json> items() {
    return value instanceof List<?> list ? list.stream().map(Json::new).toList() : List.of();
  }

  /** The number, rounded down; 0 when it is none. */
  public long number() {
    return value instanceof Number number ? number.longValue() : 0;
  }

  /** The text of a string, number or boolean; empty when absent. */
  public String text() {
    return value == null ? "" : value.toString();
  }

  /** Whether it is there. */
  public boolean present() {
    return value != null;
  }
}
