package dev.sluice.config.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Words to a value. Everything a keyword's documentation, completion and tests need to know about
 * its parameter is here, too.
 *
 * @param <T> the value
 */
public interface ValueType<T> {
  /** How the parameter is written: {@code 1..255}, {@code on|off}. Empty for a flag. */
  String syntax();

  /** Whether the line is cut by the rules for scripts: single quotes, backslash escapes. */
  default boolean escaped() {
    return false;
  }

  /** Whether leaving the parameter out is a mistake. */
  default boolean required() {
    return true;
  }

  /** The value; null when it cannot be used, which has been reported. */
  @Nullable T read(Args args);

  /**
   * Parameters that are accepted without a message: the smallest, the largest, one of each kind.
   */
  default List<String> accepted() {
    return List.of();
  }

  /** Parameters that are reported: just outside, of the wrong kind. */
  default List<String> refused() {
    return List.of();
  }

  /** Fixed words that may be written, for completion. */
  default List<String> words() {
    return List.of();
  }
}
