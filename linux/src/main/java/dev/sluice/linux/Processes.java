package dev.sluice.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes that run, from /proc. Not for a thread that must not wait. */
public final class Processes {
  private static final Path PROC = Path.of("/proc");

  private Processes() {}

  /** Names this process, as {@code ps -o comm} and pidof(8) show it; 15 characters count. */
  public static void rename(String name) {
    try {
      Files.writeString(Path.of("/proc/self/comm"), name);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot name the process '" + name + "'", e);
    }
  }

  /**
   * A process.
   *
   * @param name of at most 15 bytes, as {@code comm} tells it
   * @param commandLine the program and its arguments; empty for a kernel thread and a zombie
   * @param zombie it has ended, and nobody has asked for its status yet
   */
  public record Running(int pid, String name, List<String> commandLine, boolean zombie) {
    public Running {
      commandLine = List.copyOf(commandLine);
    }
  }

  /** All of them, by number. */
  public static List<Running> all() {
    List<Running> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        of(entry).ifPresent(all::add);
      }
    } catch (IOException e) {
      throw new SyscallException(
          "open", Errno.EACCES, "list the processes in " + PROC, String.valueOf(e.getMessage()));
    }
    all.sort((a, b) -> Integer.compare(a.pid, b.pid));
    return all;
  }

  /** One of them; empty when it is gone. */
  public static Optional<Running> of(int pid) {
    return of(PROC.resolve(Integer.toString(pid)));
  }

  private static Optional<Running> of(Path folder) {
    try {
      // "PID (NAME) STATE …": the name may contain anything, parentheses too.
      String stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
      int open = stat.indexOf('(');
      int close = stat.lastIndexOf(')');
      if (open < 0 || close + 2 >= stat.length()) {
        return Optional.empty();
      }
      String name =
          new String(
              stat.substring(open + 1, close).getBytes(StandardCharsets.ISO_8859_1),
              StandardCharsets.UTF_8);
      char state = stat.charAt(close + 2);
      return Optional.of(
          new Running(
              Integer.parseInt(stat.substring(0, open).strip()),
              name,
              words(Files.readAllBytes(folder.resolve("cmdline"))),
              state == 'Z' || state == 'X'));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // it ended while we looked
    }
  }

  /** Words that end with NUL. */
  private static List<String> words(byte[] commandLine) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0 || i == commandLine.length - 1) {
        int end = commandLine[i] == 0 ? i : i + 1;
        words.add(new String(commandLine, start, end - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
    return words;
  }
}
