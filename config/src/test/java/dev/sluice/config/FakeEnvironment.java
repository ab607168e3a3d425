package dev.sluice.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A machine made of tables. */
class FakeEnvironment implements ConfigEnvironment {
  final Set<String> interfaces = new HashSet<>(List.of("eth0", "eth1", "eth2", "eth3", "eth4"));
  final Set<String> users = new HashSet<>(List.of("root", "nobody"));
  final Set<String> groups = new HashSet<>(List.of("root", "nogroup"));
  final Map<String, String> variables = new HashMap<>();
  final Map<Path, FileFacts> files = new HashMap<>();
  String configId = "director";

  FakeEnvironment script(String path) {
    files.put(Path.of(path), FileFacts.safeExecutable());
    return this;
  }

  @Override
  public boolean interfaceExists(String name) {
    return interfaces.contains(name);
  }

  @Override
  public boolean userExists(String user) {
    return users.contains(user);
  }

  @Override
  public boolean groupExists(String group) {
    return groups.contains(group);
  }

  @Override
  public String currentUser() {
    return "root";
  }

  @Override
  public Optional<String> environmentVariable(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  @Override
  public String configId() {
    return configId;
  }

  @Override
  public FileFacts file(Path path) {
    return files.getOrDefault(path, FileFacts.absent());
  }

  @Override
  public List<Path> searchPath() {
    return List.of(Path.of("/usr/bin"), Path.of("/bin"));
  }

  @Override
  public Optional<InetAddress> resolve(String hostName) {
    return hostName.equals("localhost")
        ? Optional.of(InetAddress.ofLiteral("127.0.0.1"))
        : Optional.empty();
  }

  @Override
  public Optional<Integer> routeName(String kind, String name) {
    return kind.equals("rt_tables") && name.equals("main") ? Optional.of(254) : Optional.empty();
  }
}
