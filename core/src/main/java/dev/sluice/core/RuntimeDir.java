package dev.sluice.core;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where one daemon keeps what belongs to its run. Many daemons on one machine differ by it.
 *
 * @param directory holds the control socket and the pid file
 * @param state persistent: {@code DIR/state} where a directory was asked for, else {@code
 *     /var/lib/sluice}
 */
public record RuntimeDir(Path directory, Path state) {
  /** The environment's name for {@code --runtime-dir}. */
  public static final String VARIABLE = "SLUICE_RUNTIME_DIR";

  private static final Path DEFAULT = Path.of("/run/sluice");
  private static final Path DEFAULT_STATE = Path.of("/var/lib/sluice");

  /**
   * The directory of the option, else of the environment, else the default.
   *
   * @param option value of {@code --runtime-dir}; null: not given
   */
  public static RuntimeDir of(@Nullable String option, Map<String, String> environment) {
    String asked = option != null ? option : environment.get(VARIABLE);
    if (asked == null || asked.isEmpty()) {
      return new RuntimeDir(DEFAULT, DEFAULT_STATE);
    }
    Path directory = Path.of(asked).toAbsolutePath().normalize();
    return new RuntimeDir(directory, directory.resolve("state"));
  }

  /** Whether it was asked for, and is not the machine's own. */
  public boolean asked() {
    return state.startsWith(directory);
  }

  /** The control socket. */
  public Path controlSocket() {
    return directory.resolve("control.sock");
  }

  /** The pid file. */
  public Path pidFile() {
    return directory.resolve("sluice.pid");
  }
}
