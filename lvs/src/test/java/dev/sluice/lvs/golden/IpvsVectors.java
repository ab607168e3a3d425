package dev.sluice.lvs.golden;

import dev.sluice.lvs.scheduler.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Recordings of the kernel's IPVS: changes of a table and the server of each new connection. */
public final class IpvsVectors {
  private IpvsVectors() {}

  /** A recording of one service. */
  public record Vector(String id, String description, String scheduler, List<Step> steps) {
    /** Why it cannot be replayed with a scheduler of order and weight alone; empty: it can. */
    public Optional<String> obstacle() {
      if (Scheduler.named(scheduler).isEmpty()) {
        return Optional.of("the scheduler " + scheduler + " is not built yet");
      }
      return steps.stream()
          .filter(s -> s instanceof Unknown)
          .map(s -> "has a step that is not replayed: " + ((Unknown) s).line())
          .findFirst();
    }
  }

  /** One line of a recording. */
  public sealed interface Step {}

  /** {@code -a}: a server more. */
  public record Add(String server, int weight) implements Step {}

  /** {@code -e}: another weight. */
  public record Edit(String server, int weight) implements Step {}

  /** {@code -d}: a server less. */
  public record Delete(String server) implements Step {}

  /** A new connection; {@code REFUSED} where no server was usable. */
  public record Open(String chosen) implements Step {}

  /** Something that matters to other schedulers. */
  public record Unknown(String line) implements Step {}

  /** The folder of the recordings; empty when it is not there. */
  public static Optional<Path> file(String name) {
    String set = System.getProperty("sluice.root");
    Path root = set == null ? null : Path.of(set);
    Path up = Path.of("").toAbsolutePath();
    while (root == null && up != null) {
      root = Files.isDirectory(up.resolve(".mvn")) ? up : null;
      up = up.getParent();
    }
    if (root == null) {
      return Optional.empty();
    }
    Path file = root.resolve("../shared/reference/golden/ipvs").resolve(name).normalize();
    return Files.isReadable(file) ? Optional.of(file) : Optional.empty();
  }

  /** All recordings of a file. */
  public static List<Vector> read(Path file) {
    List<Vector> vectors = new ArrayList<>();
    String id = "";
    String description = "";
    String scheduler = "";
    List<Step> steps = new ArrayList<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String line : lines) {
      String[] f = line.split("\t", -1);
      switch (f[0]) {
        case "vector" -> {
          if (!id.isEmpty()) {
            vectors.add(new Vector(id, description, scheduler, List.copyOf(steps)));
          }
          id = f[1];
          description = f[2];
          scheduler = "";
          steps.clear();
        }
        case "ipvsadm" -> {
          List<String> words = List.of(f[1].split(" "));
          if (words.contains("-A")) {
            scheduler = after(words, "-s").orElse("wlc");
          } else {
            steps.add(change(words, line));
          }
        }
        case "open", "probe" -> steps.add(new Open(f[f.length - 1]));
        case "", "list", "|", "close", "rst" -> {}
        default -> {
          if (!line.startsWith("#")) {
            steps.add(new Unknown(line));
          }
        }
      }
    }
    vectors.add(new Vector(id, description, scheduler, List.copyOf(steps)));
    return vectors;
  }

  private static Step change(List<String> words, String line) {
    Optional<String> server = after(words, "-r");
    if (server.isEmpty() || words.contains("-x") || words.contains("-y")) {
      return new Unknown(line);
    }
    int weight = after(words, "-w").map(Integer::parseInt).orElse(1);
    if (words.contains("-a")) {
      return new Add(server.get(), weight);
    }
    if (words.contains("-e")) {
      return new Edit(server.get(), weight);
    }
    return words.contains("-d") ? new Delete(server.get()) : new Unknown(line);
  }

  private static Optional<String> after(List<String> words, String option) {
    int i = words.indexOf(option);
    return i < 0 ? Optional.empty() : Optional.of(words.get(i + 1));
  }
}
