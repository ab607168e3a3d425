package dev.sluice.config.table;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.SourcePosition;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.LineReader;
import java.util.LinkedHashMap;
import java.util.Map;

/** What every part of one load shares. */
public final class Context {
  private final ConfigEnvironment environment;
  private final Diagnostics diagnostics;
  private final LineReader reader;
  private final Map<String, SourcePosition> positions = new LinkedHashMap<>();

  public Context(ConfigEnvironment environment, Diagnostics diagnostics, LineReader reader) {
    this.environment = environment;
    this.diagnostics = diagnostics;
    this.reader = reader;
  }

  public ConfigEnvironment environment() {
    return environment;
  }

  public Diagnostics diagnostics() {
    return diagnostics;
  }

  public LineReader reader() {
    return reader;
  }

  /** Where named blocks stand, filled as they are read. */
  public Map<String, SourcePosition> positions() {
    return positions;
  }
}
