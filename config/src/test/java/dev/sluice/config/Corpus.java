package dev.sluice.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The real-world files that lie beside a checkout; read in place, never copied. */
final class Corpus {
  /** One file with keepalived's answers. */
  record Entry(Path file, String kind, int exit227, int exit243, String why, List<Integer> lines) {
    @Override
    public String toString() {
      return String.valueOf(file.getFileName());
    }
  }

  private Corpus() {}

  static Optional<Path> directory() {
    String root = System.getProperty("sluice.root");
    Path base = root != null ? Path.of(root) : repository();
    Path directory = base.resolve("../shared/testdata/configs").normalize();
    return Files.isRegularFile(directory.resolve("INDEX.tsv"))
        ? Optional.of(directory)
        : Optional.empty();
  }

  private static Path repository() {
    Path path = Path.of("").toAbsolutePath();
    while (path != null && !Files.isDirectory(path.resolve(".mvn"))) {
      path = path.getParent();
    }
    return path == null ? Path.of("").toAbsolutePath() : path;
  }

  static List<Entry> entries() {
    Path directory = directory().orElse(null);
    if (directory == null) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>();
    read(directory, entries);
    read(directory.resolve("bad"), entries);
    return entries;
  }

  private static void read(Path directory, List<Entry> into) {
    try {
      List<String> rows =
          Files.readAllLines(directory.resolve("INDEX.tsv"), StandardCharsets.UTF_8);
      for (String row : rows.subList(1, rows.size())) {
        String[] fields = row.split("\t", -1);
        if (fields.length < 8) {
          continue;
        }
        String messages = fields.length > 8 && !fields[8].equals("same") ? fields[8] : fields[7];
        List<Integer> lines = new ArrayList<>();
        var matcher = java.util.regex.Pattern.compile("\\(Line (\\d+)\\)").matcher(messages);
        while (matcher.find()) {
          lines.add(Integer.valueOf(matcher.group(1)));
        }
        into.add(
            new Entry(
                directory.resolve(fields[0]),
                fields[4],
                Integer.parseInt(fields[5]),
                Integer.parseInt(fields[6]),
                fields[7],
                lines));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The machine on which the verdicts were taken. */
  static FakeEnvironment machine() {
    FakeEnvironment machine = new FakeEnvironment();
    machine.interfaces.addAll(
        List.of(
            "bond0",
            "eno1",
            "eno2",
            "em1",
            "ens3",
            "ens4",
            "ens18",
            "ens32",
            "ens33",
            "ens160",
            "ens192",
            "enp0s3",
            "enp0s8",
            "ens7f0",
            "eno33554984",
            "wlp3s0",
            "team0",
            "br0",
            "eth0.53",
            "eth0.1",
            "bond0.1001",
            "ens7f1.57",
            "lo"));
    for (String program : List.of("curl", "ping", "timeout", "killall", "true", "echo", "sh")) {
      machine.script("/usr/bin/" + program);
    }
    machine.script("/bin/true").script("/bin/sh").script("/bin/echo");
    return machine;
  }
}
