package dev.sluice.config;

import dev.sluice.config.build.Loader;
import dev.sluice.config.model.Configuration;
import dev.sluice.config.table.Context;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.LineReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Text to model: the one entrance of the language. Never throws for what a file contains. */
public final class ConfigLoader {
  private ConfigLoader() {}

  /** Reads a file and what it includes. A file that cannot be read is a diagnostic, verdict 6. */
  public static LoadResult load(Path file, ConfigEnvironment environment) {
    Diagnostics diagnostics = new Diagnostics();
    LineReader reader = new LineReader(environment, diagnostics);
    if (!reader.open(file)) {
      return new LoadResult(
          Configuration.empty(), diagnostics.list(), diagnostics.verdict(), Positions.none());
    }
    return finish(environment, diagnostics, reader);
  }

  /**
   * Reads a text.
   *
   * @param fileName what diagnostics call it; relative includes are looked up beside it
   */
  public static LoadResult parse(String fileName, String text, ConfigEnvironment environment) {
    Diagnostics diagnostics = new Diagnostics();
    LineReader reader = new LineReader(environment, diagnostics);
    reader.open(fileName, text, directoryOf(fileName));
    return finish(environment, diagnostics, reader);
  }

  private static @Nullable Path directoryOf(String fileName) {
    try {
      return Path.of(fileName).toAbsolutePath().getParent();
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static LoadResult finish(
      ConfigEnvironment environment, Diagnostics diagnostics, LineReader reader) {
    Context context = new Context(environment, diagnostics, reader);
    Configuration configuration;
    try {
      configuration = Loader.load(context);
    } catch (RuntimeException e) {
      // A defect of ours must not stop a running daemon: it keeps the configuration it has.
      configuration = Configuration.empty();
      diagnostics.add(
          Diagnostic.Severity.FATAL,
          Diagnostics.Effect.NO_CONFIGURATION,
          "internal",
          null,
          "sluice failed to read this configuration: " + e,
          "nothing of it is used",
          "this is a defect of sluice; please report it with the file");
    }
    return new LoadResult(
        configuration,
        diagnostics.list(),
        diagnostics.verdict(),
        new Positions(context.positions()));
  }
}
