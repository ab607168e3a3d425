package dev.sluice.config.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keywords of one block.
 *
 * @param <B> what the block builds
 */
public final class Block<B> {
  private final String name;
  private final List<Keyword<B>> rows = new ArrayList<>();
  private final Map<String, Keyword<B>> byName = new HashMap<>();

  private Block(String name) {
    this.name = name;
  }

  /**
   * A table.
   *
   * @param name the block's keyword; "the configuration" for the outermost
   */
  public static <B> Block<B> named(String name) {
    return new Block<>(name);
  }

  public String name() {
    return name;
  }

  /** The rows in the order of the documentation. */
  public List<Keyword<B>> rows() {
    return List.copyOf(rows);
  }

  /** The row of a name, an alias or an old name. */
  public @Nullable Keyword<B> find(String keyword) {
    if (byName.size() < rows.size()) {
      for (Keyword<B> row : rows) {
        byName.put(row.name(), row);
        row.aliases().forEach(alias -> byName.put(alias, row));
        row.deprecatedNames().forEach(alias -> byName.put(alias, row));
      }
    }
    return byName.get(keyword);
  }

  /** Every name that may be written. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (Keyword<B> row : rows) {
      if (row.dialect().isEmpty()) {
        names.add(row.name());
        names.addAll(row.aliases());
      }
    }
    return names;
  }

  /** Completes the row with what its text says; the row is the last one added. */
  private Keyword<B> add(Keyword<B> row) {
    rows.add(row);
    return row;
  }

  /** A keyword with parameters on its line. */
  public <T> Keyword<B> row(String keyword, ValueType<T> type, BiConsumer<B, T> set) {
    return add(
        new Keyword<>(
            keyword,
            new Keyword.Shape.Values<>(
                type, (builder, value, args) -> set.accept(builder, value))));
  }

  /** A keyword whose setter wants to know the place. */
  public <T> Keyword<B> rowAt(String keyword, ValueType<T> type, Keyword.Setter<B, T> set) {
    return add(new Keyword<>(keyword, new Keyword.Shape.Values<>(type, set)));
  }

  /** A keyword without parameters. */
  public Keyword<B> flag(String keyword, Consumer<B> set) {
    return row(keyword, Types.flag(), (builder, value) -> set.accept(builder));
  }

  /** A block of lines that are no keywords. */
  public Keyword<B> lines(
      String keyword, String lineSyntax, Consumer<B> begin, BiConsumer<B, Args> line) {
    return add(new Keyword<>(keyword, new Keyword.Shape.Lines<>(lineSyntax, begin, line)));
  }

  /**
   * A block with a header, of lines that are no keywords.
   *
   * @param open what the block builds; null: its header is faulty, the whole block is skipped
   */
  public <C> Keyword<B> namedLines(
      String keyword,
      String header,
      String lineSyntax,
      BiFunction<B, Args, @Nullable C> open,
      BiConsumer<C, Args> line,
      Keyword.Closer<B, C> close) {
    return add(
        new Keyword<>(
            keyword, new Keyword.Shape.NamedLines<>(header, lineSyntax, open, line, close)));
  }

  /**
   * A block with keywords of its own.
   *
   * @param header what stands between keyword and brace
   * @param open what the block builds; null: its header is faulty, the whole block is skipped
   */
  public <C> Keyword<B> block(
      String keyword,
      String header,
      Block<C> block,
      BiFunction<B, Args, @Nullable C> open,
      Keyword.Closer<B, C> close) {
    return add(new Keyword<>(keyword, new Keyword.Shape.Sub<>(header, block, open, close)));
  }
}
