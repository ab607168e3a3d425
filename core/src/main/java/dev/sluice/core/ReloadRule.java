package dev.sluice.core;

import dev.sluice.config.Diagnostic;
import dev.sluice.config.LoadResult;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a reload is refused. At start we run whatever keepalived would run. A running daemon has
 * something to lose: it also refuses a file whose structure is broken, because a missing brace may
 * silently drop half of the services.
 */
final class ReloadRule {
  private static final Set<String> BROKEN_STRUCTURE =
      Set.of(
          "missing-close-brace",
          "missing-open-brace",
          "extra-brace",
          "unexpected-brace",
          "unmatched-quote",
          "missing-parameter",
          "include-unreadable",
          "line-too-long",
          "nul-byte",
          "expansion-too-long",
          "expansion-too-deep",
          "too-many-lines",
          "unreadable-file");

  private ReloadRule() {}

  /** Why this configuration must not replace the running one; null: it may. */
  static @Nullable String refusal(LoadResult loaded) {
    for (Diagnostic d : loaded.diagnostics()) {
      if (BROKEN_STRUCTURE.contains(d.code())) {
        return place(d) + d.message();
      }
    }
    if (!loaded.verdict().startable()) {
      for (Diagnostic d : loaded.diagnostics()) {
        if (d.severity() == Diagnostic.Severity.FATAL) {
          return place(d) + d.message();
        }
      }
      return "it cannot be run";
    }
    return null;
  }

  private static String place(Diagnostic d) {
    return d.position() == null ? "" : d.position() + ": ";
  }
}
