package dev.sluice.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing worth saying about a configuration. A mistake is a value, never an exception.
 *
 * @param code a stable short name of the kind: {@code unknown-keyword}
 * @param position null: not about a place in a file (the file itself is missing)
 * @param sourceLine the whole line as it stands in the file, for the caret; null as above
 * @param message what is wrong
 * @param consequence what happens instead: "ignored; default 1 s used"; empty when evident
 * @param remedy what to write: "did you mean 'virtual_router_id'?"; empty when there is none
 * @param counted keepalived complains, too, so the exit status of a test run counts it
 * @param notes other places that belong to it: where a definition was used, who included the file
 */
public record Diagnostic(
    Severity severity,
    String code,
    @Nullable SourcePosition position,
    @Nullable String sourceLine,
    String message,
    String consequence,
    String remedy,
    boolean counted,
    List<Note> notes) {

  public Diagnostic {
    notes = List.copyOf(notes);
  }

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

  /** A second place that helps to understand the first. */
  public record Note(SourcePosition position, @Nullable String sourceLine, String text) {}
}
