package dev.sluice.config;

import java.util.List;

/**
 * What {@code keepalived -t} would answer, and whether its daemon would start. The two are
 * independent: a plain warning and a configuration that cannot run both give 5.
 *
 * @param exitStatus 0 clean, 2 a keyword lacks its parameter, 4 file or interface not found, 5
 *     anything else, 6 scripts without script security, or no configuration at all
 */
public record Verdict(int exitStatus, boolean startable) {

  /** No message at all. */
  public static final Verdict CLEAN = new Verdict(0, true);

  /**
   * The exit status when warnings count as errors, too: 5 where a clean file has a warning of ours.
   */
  public int strictExitStatus(List<Diagnostic> diagnostics) {
    if (exitStatus != 0) {
      return exitStatus;
    }
    boolean warned =
        diagnostics.stream()
            .anyMatch(d -> d.severity().compareTo(Diagnostic.Severity.WARNING) >= 0);
    return warned ? 5 : 0;
  }
}
