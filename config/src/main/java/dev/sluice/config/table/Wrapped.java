package dev.sluice.config.table;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A type made of another one: what it does not say itself, the other one answers.
 *
 * @param <S> the value of the type inside
 * @param <T> the value
 */
abstract class Wrapped<S, T> implements ValueType<T> {
  final ValueType<S> type;

  Wrapped(ValueType<S> type) {
    this.type = type;
  }

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

  /** It may be left out. */
  static final class Optional<T> extends Wrapped<T, T> {
    private final T absent;

    Optional(ValueType<T> type, T absent) {
      super(type);
      this.absent = absent;
    }

    @Override
    public String syntax() {
      return "[" + type.syntax() + "]";
    }

    @Override
    public boolean required() {
      return false;
    }

    @Override
    public @Nullable T read(Args args) {
      return args.hasNext() ? type.read(args) : absent;
    }
  }

  /** Read as one type and kept as another. */
  static final class Mapped<S, T> extends Wrapped<S, T> {
    private final Function<S, T> map;

    Mapped(ValueType<S> type, Function<S, T> map) {
      super(type);
      this.map = map;
    }

    @Override
    public @Nullable T read(Args args) {
      S value = type.read(args);
      return value == null ? null : map.apply(value);
    }
  }

  /** A fault has a value of its own. */
  static final class OrElse<T> extends Wrapped<T, T> {
    private final T faulty;

    OrElse(ValueType<T> type, T faulty) {
      super(type);
      this.faulty = faulty;
    }

    @Override
    public T read(Args args) {
      T value = type.read(args);
      return value == null ? faulty : value;
    }
  }

  /** With examples of its own. */
  static final class Sampled<T> extends Wrapped<T, T> {
    private final List<String> accepted;
    private final List<String> refused;

    Sampled(ValueType<T> type, List<String> accepted, List<String> refused) {
      super(type);
      this.accepted = accepted;
      this.refused = refused;
    }

    @Override
    public @Nullable T read(Args args) {
      return type.read(args);
    }

    @Override
    public List<String> accepted() {
      return accepted;
    }

    @Override
    public List<String> refused() {
      return refused;
    }
  }
}
