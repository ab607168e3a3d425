package dev.sluice.core.ipvs;

import dev.sluice.core.api.Api;
import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsRules;
import dev.sluice.core.ipvs.table.HandTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Where the rules made by hand outlive a daemon that was killed: one file per network namespace in
 * the state directory, replaced as a whole. A boot makes it void, as it does the kernel's own
 * rules.
 */
public final class HandStore {
  private static final System.Logger LOG = System.getLogger(HandStore.class.getName());
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NAMESPACE = Path.of("/proc/thread-self/ns/net");

  private final Path file;
  private final String boot;

  HandStore(Path directory, String namespace, String boot) {
    this.file = directory.resolve("ipvs-" + namespace + ".json");
    this.boot = boot;
  }

  /** The store of this network namespace. */
  public static HandStore of(Path directory) {
    return new HandStore(directory, namespace(), boot());
  }

  private static String namespace() {
    try {
      return Files.readSymbolicLink(NAMESPACE).toString().replaceAll("[^0-9]", "");
    } catch (IOException e) {
      return "0";
    }
  }

  private static String boot() {
    try {
      return Files.readString(BOOT).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** What was kept in this boot; null: nothing, or nothing that can be read. */
  @Nullable IpvsRules load() {
    try {
      IpvsRules rules = Api.ipvsRulesFrom(Files.readString(file));
      return rules.boot().equals(boot) ? rules : null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "rules made by hand are lost: cannot read {0}: {1}",
          file,
          e.getMessage());
      return null;
    }
  }

  /** Keeps these instead of what was kept. */
  void save(HandTable table, IpvsChange.@Nullable Timeouts timeouts) {
    if (table.rules().isEmpty() && timeouts == null) {
      clear();
      return;
    }
    Path next = file.resolveSibling(file.getFileName() + ".new");
    byte[] text =
        Api.toJson(new IpvsRules(boot, table.rules(), timeouts)).getBytes(StandardCharsets.UTF_8);
    try {
      Files.createDirectories(file.getParent());
      try (var channel =
          FileChannel.open(
              next,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "rules made by hand will not survive this daemon: cannot write {0}: {1}",
          file,
          e.getMessage());
    }
  }

  /** Forgets everything. */
  void clear() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot remove {0}: {1}", file, e.getMessage());
    }
  }
}
