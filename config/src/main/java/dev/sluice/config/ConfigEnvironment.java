package dev.sluice.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the language asks of the machine. Tests answer from a table. */
public interface ConfigEnvironment {

  /** Whether a network interface of this name exists. */
  boolean interfaceExists(String name);

  /** Whether a user of this name exists. */
  boolean userExists(String user);

  /** Whether a group of this name exists. */
  boolean groupExists(String group);

  /** The name of the user we run as. */
  String currentUser();

  /** A variable of the environment, for {@code ${_ENV NAME}}. */
  Optional<String> environmentVariable(String name);

  /** What conditional lines compare with: option {@code -i}, else the short host name. */
  String configId();

  /** What is known of a file, without opening it. */
  FileFacts file(Path path);

  /** Where a symbolic link leads, and whether root made it; empty for everything else. */
  default Optional<Link> link(Path path) {
    return Optional.empty();
  }

  /**
   * A symbolic link.
   *
   * @param target as the link says it, often relative to its directory
   * @param ownerRoot whether nobody but root may make it lead elsewhere
   */
  record Link(Path target, boolean ownerRoot) {}

  /** Where a command without a slash is looked for, in order. */
  List<Path> searchPath();

  /** The address of a host name; empty when it cannot be resolved. */
  Optional<InetAddress> resolve(String hostName);

  /**
   * Names that {@code /etc/iproute2} gives numbers: kind is {@code rt_tables}, {@code rt_scopes}…
   */
  Optional<Integer> routeName(String kind, String name);

  /** This machine, with its short host name as configuration id. */
  static ConfigEnvironment ofThisMachine() {
    return new MachineEnvironment(null);
  }

  /**
   * This machine, with a configuration id (keepalived's {@code -i}).
   *
   * @param configId null: the short host name
   */
  static ConfigEnvironment ofThisMachine(@Nullable String configId) {
    return new MachineEnvironment(configId);
  }
}
