package dev.sluice.core.dump;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.FileFacts;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** This machine, with every network interface that a configuration names. */
public final class EveryInterface implements ConfigEnvironment {
  private final ConfigEnvironment machine = ConfigEnvironment.ofThisMachine();

  @Override
  public boolean interfaceExists(String name) {
    return true;
  }

  @Override
  public boolean userExists(String user) {
    return machine.userExists(user);
  }

  @Override
  public boolean groupExists(String group) {
    return machine.groupExists(group);
  }

  @Override
  public String currentUser() {
    return machine.currentUser();
  }

  @Override
  public Optional<String> environmentVariable(String name) {
    return machine.environmentVariable(name);
  }

  @Override
  public String configId() {
    return machine.configId();
  }

  @Override
  public FileFacts file(Path path) {
    return machine.file(path);
  }

  @Override
  public List<Path> searchPath() {
    return machine.searchPath();
  }

  @Override
  public Optional<InetAddress> resolve(String hostName) {
    return machine.resolve(hostName);
  }

  @Override
  public Optional<Integer> routeName(String kind, String name) {
    return machine.routeName(kind, name);
  }
}
