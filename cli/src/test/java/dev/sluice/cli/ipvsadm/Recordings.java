package dev.sluice.cli.ipvsadm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** What the real ipvsadm printed: command line, output, {@code [exit N]}. */
final class Recordings {
  private Recordings() {}

  /** One file's. */
  record Recording(String command, String output, int exitCode) {
    /** The words after {@code ipvsadm}. */
    List<String> words() {
      String line = command.substring(command.indexOf("ipvsadm"));
      return List.of(line.split(" ", -1)).subList(1, line.split(" ", -1).length);
    }
  }

  static Path directory() {
    String root = System.getProperty("sluice.root");
    Assumptions.assumeTrue(root != null, "sluice.root is not set");
    Path directory = Path.of(root).resolve("../shared/reference/golden/ipvs/ipvsadm").normalize();
    if (!Files.isDirectory(directory)) {
      directory = Path.of(root).resolve("../../shared/reference/golden/ipvs/ipvsadm").normalize();
    }
    Assumptions.assumeTrue(Files.isDirectory(directory), "no recordings at " + directory);
    return directory;
  }

  static List<String> lines(String file) {
    try {
      return Files.readAllLines(directory().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Recording read(String file) {
    List<String> lines = lines(file);
    String exit = lines.getLast();
    var output = new StringBuilder();
    lines.subList(1, lines.size() - 1).forEach(l -> output.append(l).append('\n'));
    return new Recording(
        lines.getFirst().substring(2),
        output.toString(),
        Integer.parseInt(exit.substring("[exit ".length(), exit.length() - 1)));
  }
}
