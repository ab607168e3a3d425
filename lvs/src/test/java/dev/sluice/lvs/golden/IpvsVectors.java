package dev.sluice.lvs.golden;

import dev.sluice.lvs.ServiceTable.Persistence;
import dev.sluice.lvs.ServiceTable.Scheduling;
import dev.sluice.lvs.scheduler.SchedulerKind;
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

  /** A service as {@code -A} makes it: {@code -t 10.9.9.9:80}, {@code -f 66}. */
  public record Declared(
      String service, Scheduling scheduling, Persistence persistence, boolean onePacket) {}

  /** A recording, nearly always of one service. */
  public record Vector(String id, String description, List<Declared> services, List<Step> steps) {
    /** The scheduler's name. */
    public String scheduler() {
      return services.getFirst().scheduling().name();
    }

    /** Why it cannot be replayed; empty: it can. */
    public Optional<String> obstacle() {
      if (SchedulerKind.named(scheduler()).isEmpty()) {
        return Optional.of("the scheduler " + scheduler() + " is not built yet");
      }
      if (services.stream()
          .anyMatch(s -> s.service().contains("[") || s.service().endsWith("-6"))) {
        return Optional.of("IPv6 is not built yet");
      }
      return steps.stream()
          .filter(s -> s instanceof Unknown)
          .map(s -> "has a step that is not replayed: " + ((Unknown) s).line())
          .findFirst();
    }
  }

  /** One line of a recording. */
  public sealed interface Step {}

  /** {@code -a} or {@code -e}: a server more, or as it is now. */
  public record Server(
      String service, String server, int weight, int upper, int lower, boolean added)
      implements Step {}

  /** {@code -d}: a server less. */
  public record Delete(String service, String server) implements Step {}

  /**
   * A new connection.
   *
   * @param number by which it is closed later
   * @param held false: reset at once
   * @param chosen {@code REFUSED} where no server was usable
   */
  public record Open(
      int number,
      String client,
      int clientPort,
      String destination,
      int port,
      boolean held,
      String chosen)
      implements Step {}

  /** A datagram; those with one source port are one flow. */
  public record Datagram(String client, int clientPort, String destination, int port, String chosen)
      implements Step {}

  /** Time goes by. */
  public record Sleep(double seconds) implements Step {}

  /** One of {@code net.ipv4.vs.*} changes. */
  public record Sysctl(String name, int value) implements Step {}

  /** The client closes or resets a connection. */
  public record Close(int number, boolean reset) implements Step {}

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
    List<Declared> services = new ArrayList<>();
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
            vectors.add(new Vector(id, description, List.copyOf(services), List.copyOf(steps)));
          }
          id = f[1];
          description = f[2];
          services.clear();
          steps.clear();
        }
        case "ipvsadm" -> {
          List<String> words = List.of(f[1].split(" "));
          if (words.contains("-A")) {
            List<String> flags =
                after(words, "-b").map(b -> List.of(b.split(",", -1))).orElse(List.of());
            services.add(
                new Declared(
                    service(words),
                    Scheduling.of(after(words, "-s").orElse("wlc"), flags),
                    persistence(words),
                    words.contains("-o")));
            if (words.contains("--pe")) {
              steps.add(new Unknown(line));
            }
          } else {
            steps.add(change(words, line));
          }
        }
        case "open" ->
            steps.add(
                new Open(
                    Integer.parseInt(f[1]),
                    f[2],
                    Integer.parseInt(f[3]),
                    f[4],
                    Integer.parseInt(f[5]),
                    true,
                    f[6]));
        case "probe" ->
            steps.add(
                new Open(
                    0, f[1], Integer.parseInt(f[2]), f[3], Integer.parseInt(f[4]), false, f[5]));
        case "udp" ->
            steps.add(
                new Datagram(f[2], Integer.parseInt(f[3]), f[4], Integer.parseInt(f[5]), f[6]));
        case "sleep" -> steps.add(new Sleep(Double.parseDouble(f[1])));
        case "sysctl" -> {
          String[] setting = f[1].split("=", -1);
          steps.add(new Sysctl(setting[0], Integer.parseInt(setting[1])));
        }
        case "ip_vs_conn" -> {}
        case "close", "rst" -> steps.add(new Close(Integer.parseInt(f[1]), f[0].equals("rst")));
        case "", "list", "|" -> {}
        default -> {
          if (!line.startsWith("#")) {
            steps.add(new Unknown(line));
          }
        }
      }
    }
    vectors.add(new Vector(id, description, List.copyOf(services), List.copyOf(steps)));
    return vectors;
  }

  private static String service(List<String> words) {
    return words.get(1) + " " + words.get(2) + (words.contains("-6") ? " -6" : "");
  }

  private static Persistence persistence(List<String> words) {
    int at = words.indexOf("-p");
    if (at < 0) {
      return Persistence.NONE;
    }
    String next = at + 1 < words.size() ? words.get(at + 1) : "-";
    long seconds = next.startsWith("-") ? 360 : Long.parseLong(next);
    int prefix = 32;
    Optional<String> mask = after(words, "-M");
    if (mask.isPresent()) {
      prefix = 0;
      for (String octet : mask.get().split("\\.", -1)) {
        prefix += Integer.bitCount(Integer.parseInt(octet));
      }
    }
    return new Persistence(seconds, prefix);
  }

  private static Step change(List<String> words, String line) {
    Optional<String> server = after(words, "-r");
    if (server.isEmpty()) {
      return new Unknown(line);
    }
    int weight = after(words, "-w").map(Integer::parseInt).orElse(1);
    int upper = after(words, "-x").map(Integer::parseInt).orElse(0);
    int lower = after(words, "-y").map(Integer::parseInt).orElse(0);
    if (words.contains("-a") || words.contains("-e")) {
      return new Server(service(words), server.get(), weight, upper, lower, words.contains("-a"));
    }
    return words.contains("-d") ? new Delete(service(words), server.get()) : new Unknown(line);
  }

  private static Optional<String> after(List<String> words, String option) {
    int i = words.indexOf(option);
    return i < 0 ? Optional.empty() : Optional.of(words.get(i + 1));
  }
}
