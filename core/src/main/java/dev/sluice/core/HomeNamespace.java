package dev.sluice.core;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.LoadResult;
import dev.sluice.config.model.Configuration;
import dev.sluice.linux.Errno;
import dev.sluice.linux.NetworkNamespace;
import dev.sluice.linux.SyscallException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code net_namespace}: the network namespace that the whole daemon lives in. It is entered by the
 * thread that starts the daemon, before any other thread or socket is made: they are where their
 * maker is. It is decided once; a reload cannot move a running daemon, as with keepalived.
 *
 * @param name of {@code ip netns add}; null: where we were started
 * @param configuration as read in there, whose interfaces it names; null: none is configured
 */
record HomeNamespace(@Nullable String name, @Nullable LoadResult configuration) {

  /**
   * Reads the file and goes where it says.
   *
   * @throws StartException when there is no such namespace, or it is closed to us
   */
  static HomeNamespace enter(RunOptions options) throws StartException {
    Path file = options.configFile();
    if (file == null) {
      return new HomeNamespace(null, null);
    }
    LoadResult loaded = load(options, file);
    String name = wanted(loaded.configuration());
    if (name == null) {
      return new HomeNamespace(null, loaded);
    }
    Path door = NetworkNamespace.named(name);
    if (!Files.exists(door)) {
      throw new StartException(
          ExitCode.FAILED,
          file
              + ": there is no network namespace '"
              + name
              + "' (net_namespace): make it with 'ip netns add "
              + name
              + "', or remove the line");
    }
    try {
      NetworkNamespace.enter(door);
    } catch (SyscallException e) {
      throw new StartException(
          ExitCode.FAILED,
          file
              + ": cannot "
              + e.getMessage()
              + (e.is(Errno.EPERM) || e.is(Errno.EACCES)
                  ? ": run as root, or with CAP_SYS_ADMIN"
                  : ": make it anew with 'ip netns add " + name + "'"));
    }
    // Once more: the first time its interfaces were looked for outside.
    return new HomeNamespace(name, load(options, file));
  }

  static LoadResult load(RunOptions options, Path file) {
    return ConfigLoader.load(file, ConfigEnvironment.ofThisMachine(options.configId()));
  }

  private static @Nullable String wanted(Configuration configuration) {
    return configuration.further().process().networkNamespace();
  }

  /** Why a configuration cannot replace the running one; null: the namespace is the same. */
  @Nullable String refusal(Configuration next) {
    String wanted = wanted(next);
    if (Objects.equals(name, wanted)) {
      return null;
    }
    return "net_namespace "
        + (wanted == null ? "is gone" : "is '" + wanted + "'")
        + ", and a running daemon stays "
        + (name == null ? "where it was started" : "in '" + name + "'")
        + ": start it anew to move it";
  }
}
