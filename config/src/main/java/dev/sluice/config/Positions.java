package dev.sluice.config;

import java.util.Map;
import java.util.Optional;

/**
 * Where named blocks stand in the text. Kept beside the model, so that moving a block in the file
 * is no change of the configuration.
 */
public final class Positions {
  private final Map<String, SourcePosition> byKey;

  Positions(Map<String, SourcePosition> byKey) {
    this.byKey = Map.copyOf(byKey);
  }

  /** No place known. */
  public static Positions none() {
    return new Positions(Map.of());
  }

  /**
   * Where a block's name stands.
   *
   * @param block the keyword and its name as written: {@code vrrp_instance VI_1}, {@code
   *     virtual_server 10.0.0.1 80}
   */
  public Optional<SourcePosition> of(String block) {
    return Optional.ofNullable(byKey.get(block));
  }

  /** Every known block. */
  public Map<String, SourcePosition> all() {
    return byKey;
  }
}
