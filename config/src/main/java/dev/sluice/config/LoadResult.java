package dev.sluice.config;

import dev.sluice.config.model.Configuration;
import java.util.List;

/**
 * What reading a configuration gave.
 *
 * @param configuration what would run; usable whenever {@link Verdict#startable()}
 * @param diagnostics in the order of the text, then what concerns the whole
 * @param verdict keepalived's judgement
 * @param positions where the named blocks stand
 */
public record LoadResult(
    Configuration configuration,
    List<Diagnostic> diagnostics,
    Verdict verdict,
    Positions positions) {

  public LoadResult {
    diagnostics = List.copyOf(diagnostics);
  }
}
