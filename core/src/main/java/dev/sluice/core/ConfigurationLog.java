package dev.sluice.core;

import dev.sluice.config.Diagnostic;
import dev.sluice.config.DiagnosticPrinter;
import dev.sluice.config.LoadResult;
import java.nio.file.Path;

/** Writes what reading a configuration brought to the log. */
final class ConfigurationLog {
  private static final System.Logger LOG = System.getLogger(ConfigurationLog.class.getName());
  private static final int MOST = 100;

  private ConfigurationLog() {}

  static void write(LoadResult loaded, Path file) {
    var printer = new DiagnosticPrinter(false);
    int written = 0;
    for (Diagnostic d : loaded.diagnostics()) {
      if (written++ == MOST) {
        LOG.log(
            System.Logger.Level.WARNING,
            (loaded.diagnostics().size() - MOST) + " more: 'sluice check " + file + "' shows all");
        return;
      }
      LOG.log(level(d.severity()), printer.format(d).stripTrailing());
    }
  }

  private static System.Logger.Level level(Diagnostic.Severity severity) {
    return switch (severity) {
      case INFO -> System.Logger.Level.INFO;
      case WARNING -> System.Logger.Level.WARNING;
      case ERROR, FATAL -> System.Logger.Level.ERROR;
    };
  }
}
