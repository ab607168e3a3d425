package dev.sluice.cli.doctor;

import dev.sluice.cli.keepalived.GnuOptions.BadLineException;
import dev.sluice.cli.keepalived.KeepalivedOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running keepalived, told by its command line. */
final class KeepalivedProcess {
  private KeepalivedProcess() {}

  /**
   * The file of {@code -f}, absolute; null when the line names none.
   *
   * @param words of /proc/PID/cmdline, with the program's name and the empty word at the end
   * @param directory what a relative name is relative to
   */
  static @Nullable Path configFile(List<String> words, Path directory) {
    List<String> options = words.stream().skip(1).filter(w -> !w.isEmpty()).toList();
    try {
      String file = KeepalivedOptions.parse(options).configFile();
      return file == null ? null : directory.resolve(file).normalize();
    } catch (BadLineException | InvalidPathException e) {
      return null;
    }
  }
}
