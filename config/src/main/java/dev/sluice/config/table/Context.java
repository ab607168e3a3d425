package dev.sluice.config.table;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.SourcePosition;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.LineReader;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What every part of one load shares. */
public final class Context {
  private final ConfigEnvironment environment;
  private final Diagnostics diagnostics;
  private final LineReader reader;
  private final Map<String, SourcePosition> positions = new LinkedHashMap<>();
  private final Set<String> announced = new HashSet<>();

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

  /**
   * Says once a load that something is read and has no effect yet.
   *
   * @param what in the words of a message: {@code 'lb_kind NAT'}, quotes included
   */
  public void notYet(At at, String what) {
    if (announced.add(what)) {
      diagnostics.info(at, "not-yet", what + " is accepted, not yet acted on", "", "");
    }
  }

  /** Where named blocks stand, filled as they are read. */
  public Map<String, SourcePosition> positions() {
    return positions;
  }
}
