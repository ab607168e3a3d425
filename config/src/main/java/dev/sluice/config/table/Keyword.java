package dev.sluice.config.table;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One row of a block's table.
 *
 * @param <B> what the block builds
 */
public final class Keyword<B> {
  /** Whether the running daemon does what the keyword says. */
  public enum Built {
    /** It does. */
    YES,
    /** It is read, checked and kept in the model; nothing acts on it yet. */
    NOT_YET,
    /** keepalived itself ignores it, or it has no meaning here. */
    NO_EFFECT
  }

  private final String name;
  private final Shape<B> shape;
  private List<String> aliases = List.of();
  private List<String> deprecated = List.of();
  private String standard = "";
  private String since = "";
  private String meaning = "";
  private String deprecation = "";
  private String dialect = "";
  private String faultMeans = "";
  private String standardUsed = "";
  private boolean absentIsError;
  private boolean lineNeeded;
  private Built built = Built.YES;

  Keyword(String name, Shape<B> shape) {
    this.name = name;
    this.shape = shape;
  }

  /** What follows the keyword. */
  sealed interface Shape<B> {
    /** Values on the line. */
    record Values<B, T>(ValueType<T> type, Setter<B, T> set) implements Shape<B> {}

    /** A block of lines that are no keywords: names, addresses. */
    record Lines<B>(String lineSyntax, Consumer<B> begin, BiConsumer<B, Args> line)
        implements Shape<B> {}

    /** A block with a header, of lines that are no keywords. */
    record NamedLines<B, C>(
        String header,
        String lineSyntax,
        BiFunction<B, Args, @Nullable C> open,
        BiConsumer<C, Args> line,
        Closer<B, C> close)
        implements Shape<B> {}

    /** A block with a table of its own. */
    record Sub<B, C>(
        String header, Block<C> block, BiFunction<B, Args, @Nullable C> open, Closer<B, C> close)
        implements Shape<B> {}
  }

  /** Puts a value into what is being built. */
  @FunctionalInterface
  public interface Setter<B, T> {
    void set(B builder, T value, Args args);
  }

  /** What happens at the end of a sub-block. */
  @FunctionalInterface
  public interface Closer<B, C> {
    void close(B builder, C child, Context context);
  }

  public String name() {
    return name;
  }

  /** Other names of the same keyword. */
  public List<String> aliases() {
    return aliases;
  }

  /** Old names, accepted with a message. */
  public List<String> deprecatedNames() {
    return deprecated;
  }

  Shape<B> shape() {
    return shape;
  }

  /** What holds when the keyword is absent, as one would write it; empty: nothing. */
  public String standard() {
    return standard;
  }

  /** The keepalived version that knows it first; empty: older than 2.2.7. */
  public String since() {
    return since;
  }

  public String meaning() {
    return meaning;
  }

  /** Why the keyword should no longer be used; empty: it may. */
  public String deprecation() {
    return deprecation;
  }

  /** The dialect of keepalived that knows the keyword; empty: the original. */
  public String dialect() {
    return dialect;
  }

  public Built built() {
    return built;
  }

  boolean absenceTolerated() {
    return absentIsError;
  }

  /** How its parameters are written. */
  public String syntax() {
    return switch (shape) {
      case Shape.Values<B, ?> values -> values.type().syntax();
      case Shape.Lines<B> lines -> "{ " + lines.lineSyntax() + " … }";
      case Shape.NamedLines<B, ?> lines -> lines.header() + " { " + lines.lineSyntax() + " … }";
      case Shape.Sub<B, ?> sub -> (sub.header().isEmpty() ? "" : sub.header() + " ") + "{ … }";
    };
  }

  /** The type of its parameter; null for blocks. */
  public @Nullable ValueType<?> type() {
    return shape instanceof Shape.Values<B, ?> values ? values.type() : null;
  }

  /** The table of its block; null where it has none. */
  public @Nullable Block<?> block() {
    return shape instanceof Shape.Sub<B, ?> sub ? sub.block() : null;
  }

  /** Whether a brace follows. */
  public boolean isBlock() {
    return !(shape instanceof Shape.Values<B, ?>);
  }

  boolean escaped() {
    return shape instanceof Shape.Values<B, ?> values && values.type().escaped();
  }

  public Keyword<B> alias(String... names) {
    aliases = List.of(names);
    return this;
  }

  public Keyword<B> old(String... names) {
    deprecated = List.of(names);
    return this;
  }

  public Keyword<B> standard(String value) {
    standard = value;
    standardUsed = "default " + value + " used";
    return this;
  }

  public Keyword<B> since(String version) {
    since = version;
    return this;
  }

  public Keyword<B> meaning(String text) {
    meaning = text;
    return this;
  }

  public Keyword<B> notYet() {
    built = Built.NOT_YET;
    return this;
  }

  public Keyword<B> noEffect() {
    built = Built.NO_EFFECT;
    return this;
  }

  /** Whether anything acts on it, where that is decided elsewhere. */
  public Keyword<B> as(Built how) {
    built = how;
    return this;
  }

  public Keyword<B> deprecated(String reason) {
    deprecation = reason;
    return this;
  }

  /** An absent parameter is an ordinary error with this keyword, not the deadly one. */
  public Keyword<B> absentIsError() {
    absentIsError = true;
    return this;
  }

  /** What happens when its value cannot be used, where that is not the default. */
  public Keyword<B> faultMeans(String consequence) {
    faultMeans = consequence;
    return this;
  }

  /** What holds when the value is dropped, as messages say it. */
  String fallback() {
    return faultMeans.isEmpty() ? standardUsed : faultMeans;
  }

  /** An empty block is a mistake. */
  public Keyword<B> atLeastOneLine() {
    lineNeeded = true;
    return this;
  }

  boolean lineNeeded() {
    return lineNeeded;
  }

  /** A keyword of a relative of keepalived: reported as unknown, with an explanation. */
  public Keyword<B> dialect(String name) {
    dialect = name;
    return this;
  }
}
