package dev.sluice.cli.simulate;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.FileFacts;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The machine a configuration was written for, as far as this one can stand in for it: every
 * interface exists, and lines for {@code @NAME} are those of the router of that name.
 */
record Elsewhere(ConfigEnvironment here, String configId) implements ConfigEnvironment {
  static ConfigEnvironment of(String router) {
    return new Elsewhere(ConfigEnvironment.ofThisMachine(), router);
  }

  @Override
  public boolean interfaceExists(String name) {
    return true;
  }

  @Override
  public boolean userExists(String user) {
    return here.userExists(user);
  }

  @Override
  public boolean groupExists(String group) {
    return here.groupExists(group);
  }

  @Override
  public String currentUser() {
    return here.currentUser();
  }

  @Override
  public Optional<String> environmentVariable(String name) {
    return here.environmentVariable(name);
  }

  @Override
  public FileFacts file(Path path) {
    return here.file(path);
  }

  @Override
  public List<Path> searchPath() {
    return here.searchPath();
  }

  @Override
  public Optional<InetAddress> resolve(String hostName) {
    return here.resolve(hostName);
  }

  @Override
  public Optional<Integer> routeName(String kind, String name) {
    return here.routeName(kind, name);
  }
}
