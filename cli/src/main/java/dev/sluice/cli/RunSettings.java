package dev.sluice.cli;

import dev.sluice.core.RunOptions;
import dev.sluice.core.RunOptions.PlaneKind;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The words of {@code run}'s options as values, for both command lines that start a daemon. */
public final class RunSettings {
  private static final List<String> XDP_MODES = List.of("auto", "native", "generic", "tc");
  private static final List<String> LOG_LEVELS = List.of("error", "warning", "info", "debug");
  private static final List<String> PLANES = List.of("xdp", "ipvs", "none");

  private RunSettings() {}

  /** {@code --plane}; null: not given. */
  public static @Nullable PlaneKind plane(@Nullable String word) {
    if (word == null) {
      return null;
    }
    return switch (word) {
      case "xdp" -> PlaneKind.XDP;
      case "none" -> PlaneKind.NONE;
      case "ipvs" ->
          throw CommandException.failed(
              "--plane ipvs: driving the kernel's IPVS is not built yet; use --plane xdp, which"
                  + " needs no ip_vs module");
      default -> throw unknown("--plane", word, PLANES);
    };
  }

  /** {@code --xdp-mode}; null: not given. */
  public static String xdpMode(@Nullable String word) {
    if (word == null) {
      return "auto";
    }
    if (!XDP_MODES.contains(word)) {
      throw unknown("--xdp-mode", word, XDP_MODES);
    }
    return word;
  }

  /** {@code --log-level}; null: not given. */
  public static Level logLevel(@Nullable String word, Level otherwise) {
    if (word == null) {
      return otherwise;
    }
    return switch (word) {
      case "error" -> Level.ERROR;
      case "warning" -> Level.WARNING;
      case "info" -> Level.INFO;
      case "debug" -> Level.DEBUG;
      default -> throw unknown("--log-level", word, LOG_LEVELS);
    };
  }

  /** {@code -f}: an existing readable file, absolute; null: not given. */
  public static @Nullable Path configFile(@Nullable String word) {
    if (word == null) {
      return null;
    }
    Path file = path("-f", word);
    if (Files.isDirectory(file)) {
      throw CommandException.failed(file + " is a directory; name the file in it");
    }
    if (!Files.exists(file)) {
      throw CommandException.failed("there is no file " + file);
    }
    if (!Files.isReadable(file)) {
      throw CommandException.failed("no permission to read " + file + "; run as root");
    }
    return file;
  }

  /** A path option's value, absolute. */
  public static Path path(String option, String word) {
    try {
      return Path.of(word).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw CommandException.usage(option + " '" + word + "': not a path");
    }
  }

  private static CommandException unknown(String option, String word, List<String> known) {
    Optional<String> meant = Nearest.to(word, known);
    return CommandException.usage(
        option
            + " '"
            + word
            + "': expected "
            + String.join(", ", known)
            + meant.map(m -> "; did you mean '" + m + "'?").orElse(""));
  }

  /** Starts the daemon here, in the foreground; answers its exit code. */
  public static int runDaemon(RunOptions options) {
    return dev.sluice.core.Daemon.run(options);
  }
}
