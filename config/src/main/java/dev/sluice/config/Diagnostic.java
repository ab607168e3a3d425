package dev.sluice.config;

import org.jspecify.annotations.Nullable;

/**
 * One thing worth saying about a configuration. A mistake is a value, never an exception.
 *
 * @param code a stable short name of the kind: {@code unknown-keyword}
 * @param position null: not about a place in a file (the file itself is missing)
 * @param sourceLine the whole line, for the caret; null as above
 * @param message what is wrong
 * @param consequence what happens instead: "ignored; default 1 s used"; empty when evident
 * @param remedy what to write: "did you mean 'virtual_router_id'?"; empty when there is none
 */
public record Diagnostic(
    Severity severity,
    String code,
    @Nullable SourcePosition position,
    @Nullable String sourceLine,
    String message,
    String consequence,
    String remedy) {

  /** How bad it is. */
  public enum Severity {
    /** Worth knowing; the verdict is unaffected. */
    INFO,
    /** Legal, and probably not what was meant. */
    WARNING,
    /** Something was dropped or corrected; the daemon runs. */
    ERROR,
    /** keepalived would not start with this. */
    FATAL
  }
}
