package dev.sluice.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The machine we run on. Small tables are read once per instance: one instance per load. */
final class MachineEnvironment implements ConfigEnvironment {
  private static final List<Path> ROUTE_DIRECTORIES =
      List.of(
          Path.of("/etc/iproute2"), Path.of("/usr/share/iproute2"), Path.of("/usr/lib/iproute2"));

  private final String configId;
  private final Map<String, Boolean> interfaces = new HashMap<>();
  private final Map<String, Map<String, Integer>> routeNames = new HashMap<>();
  private @Nullable Map<String, String> usersById;
  private @Nullable Set<String> groups;

  MachineEnvironment(@Nullable String configId) {
    this.configId = configId != null ? configId : shortHostName();
  }

  @Override
  public boolean interfaceExists(String name) {
    return interfaces.computeIfAbsent(name, MachineEnvironment::lookUpInterface);
  }

  /** Asks for the devices of the calling thread's namespace: /sys may be another's. */
  private static boolean lookUpInterface(String name) {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.equals(".") || name.equals("..")) {
      return false;
    }
    try (var lines = Files.lines(Path.of("/proc/thread-self/net/dev"), StandardCharsets.UTF_8)) {
      // /proc/net is that of the process's first thread, which stays where it was started.
      return lines.anyMatch(line -> line.strip().startsWith(name + ":"));
    } catch (IOException | java.io.UncheckedIOException e) {
      return Files.isDirectory(Path.of("/sys/class/net", name));
    }
  }

  @Override
  public boolean userExists(String user) {
    return users().containsValue(user);
  }

  @Override
  public boolean groupExists(String group) {
    if (groups == null) {
      groups = new HashSet<>();
      for (String line : read(Path.of("/etc/group"))) {
        groups.add(line.split(":", 2)[0]);
      }
    }
    return groups.contains(group);
  }

  @Override
  public String currentUser() {
    String name = System.getProperty("user.name");
    return name == null ? "root" : name;
  }

  private Map<String, String> users() {
    if (usersById == null) {
      usersById = new HashMap<>();
      for (String line : read(Path.of("/etc/passwd"))) {
        String[] fields = line.split(":", 4);
        if (fields.length == 4) {
          usersById.put(fields[2] + ":" + fields[0], fields[0]);
        }
      }
    }
    return usersById;
  }

  @Override
  public Optional<String> environmentVariable(String name) {
    return Optional.ofNullable(System.getenv(name));
  }

  @Override
  public String configId() {
    return configId;
  }

  @Override
  public Optional<Link> link(Path path) {
    try {
      if (!Files.isSymbolicLink(path)) {
        return Optional.empty();
      }
      Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      return Optional.of(new Link(Files.readSymbolicLink(path), Integer.valueOf(0).equals(owner)));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public FileFacts file(Path path) {
    try {
      if (!Files.exists(path)) {
        return FileFacts.absent();
      }
      boolean link = Files.isSymbolicLink(path);
      int mode = (Integer) Files.getAttribute(path, "unix:mode");
      boolean root = Integer.valueOf(0).equals(Files.getAttribute(path, "unix:uid"));
      // A sticky world-writable directory protects the files in it; its own entry does not count.
      boolean sticky = Files.isDirectory(path) && (mode & 01000) != 0;
      boolean others = !root || ((mode & 022) != 0 && !sticky);
      return new FileFacts(
          true,
          Files.isRegularFile(path),
          Files.isDirectory(path),
          (mode & 0111) != 0,
          link,
          root,
          others);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return FileFacts.absent();
    }
  }

  @Override
  public List<Path> searchPath() {
    return List.of(
        Path.of("/usr/local/sbin"),
        Path.of("/usr/local/bin"),
        Path.of("/usr/sbin"),
        Path.of("/usr/bin"),
        Path.of("/sbin"),
        Path.of("/bin"));
  }

  @Override
  public Optional<InetAddress> resolve(String hostName) {
    try {
      return Optional.of(InetAddress.getByName(hostName));
    } catch (UnknownHostException | SecurityException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Integer> routeName(String kind, String name) {
    return Optional.ofNullable(
        routeNames.computeIfAbsent(kind, MachineEnvironment::readRouteNames).get(name));
  }

  private static Map<String, Integer> readRouteNames(String kind) {
    Map<String, Integer> names = new HashMap<>();
    for (Path directory : ROUTE_DIRECTORIES) {
      for (String line : read(directory.resolve(kind))) {
        String[] fields = line.strip().split("\\s+", 3);
        if (fields.length >= 2 && !fields[0].startsWith("#")) {
          try {
            names.putIfAbsent(fields[1], Integer.decode(fields[0]));
          } catch (NumberFormatException e) {
            // Not a line of ours: the file may hold anything.
          }
        }
      }
    }
    return names;
  }

  private static List<String> read(Path file) {
    try {
      return Files.isRegularFile(file, new LinkOption[0])
          ? Files.readAllLines(file, StandardCharsets.ISO_8859_1)
          : List.of();
    } catch (IOException | InvalidPathException e) {
      return List.of();
    }
  }

  private static String shortHostName() {
    String name = "localhost";
    List<String> lines = read(Path.of("/proc/sys/kernel/hostname"));
    if (!lines.isEmpty() && !lines.get(0).isBlank()) {
      name = lines.get(0).strip();
    }
    int dot = name.indexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
