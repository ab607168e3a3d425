package dev.sluice.core.track;

import dev.sluice.config.model.TrackProcess;
import dev.sluice.linux.Processes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a process is one that is tracked. By its short name of at most 15 bytes; with {@code
 * full_command}, or where arguments are compared, by the command line.
 */
final class ProcessMatch {
  /** TASK_COMM_LEN without its end. */
  private static final int COMM = 15;

  private ProcessMatch() {}

  static boolean matches(TrackProcess tracked, Processes.Running process) {
    if (process.zombie() || tracked.command().isEmpty()) {
      return false;
    }
    String wanted = tracked.command().getFirst();
    if (!tracked.fullCommand() && tracked.match() == TrackProcess.Match.NONE) {
      return process.name().equals(shortName(wanted));
    }
    List<String> line = process.commandLine();
    return !line.isEmpty()
        && program(wanted, line.getFirst())
        && arguments(
            tracked.match(),
            tracked.command().subList(1, tracked.command().size()),
            line.subList(1, line.size()));
  }

  /** A name without a path fits the program wherever it lies. */
  private static boolean program(String wanted, String running) {
    return running.equals(wanted) || (wanted.indexOf('/') < 0 && base(running).equals(wanted));
  }

  private static boolean arguments(
      TrackProcess.Match match, List<String> wanted, List<String> running) {
    String all = String.join("\0", running);
    String some = String.join("\0", wanted);
    return switch (match) {
      case NONE -> true;
      case EXACT -> running.equals(wanted);
      case INITIAL -> all.startsWith(some);
      case PARTIAL -> all.contains(some);
    };
  }

  private static String base(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String shortName(String program) {
    byte[] name = base(program).getBytes(StandardCharsets.UTF_8);
    return new String(
        name.length <= COMM ? name : Arrays.copyOf(name, COMM), StandardCharsets.UTF_8);
  }
}
