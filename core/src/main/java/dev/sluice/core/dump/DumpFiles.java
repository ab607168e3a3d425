package dev.sluice.core.dump;

import dev.sluice.config.model.GlobalSettings;
import dev.sluice.config.model.ProcessSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where dumps go. Exporters know one place: keepalived's, the temporary directory. A daemon with a
 * runtime directory of its own leaves a copy there, because others on the machine write to the same
 * temporary directory.
 */
final class DumpFiles {
  private final Path temporary;
  private final @Nullable Path own;

  /**
   * @param temporary {@code TMPDIR}, else {@code /tmp}
   * @param own null: the machine's only daemon
   */
  DumpFiles(Path temporary, @Nullable Path own) {
    this.temporary = temporary;
    this.own = own;
  }

  /** The files for a name such as {@code keepalived.data}. */
  List<Path> of(String name, ProcessSettings process, GlobalSettings.Files settings) {
    String state = settings.stateDump();
    if (name.equals("keepalived.data") && state != null) {
      return List.of(Path.of(state));
    }
    String file = settings.dataUseInstance() ? withInstance(name, process) : name;
    List<Path> result = new ArrayList<>(List.of(temporary.resolve(file)));
    if (own != null && !own.equals(temporary)) {
      result.add(own.resolve(file));
    }
    return result;
  }

  private static String withInstance(String name, ProcessSettings process) {
    int dot = name.lastIndexOf('.');
    String between =
        (process.networkNamespace() == null ? "" : "_" + process.networkNamespace())
            + (process.instance() == null ? "" : "_" + process.instance());
    return name.substring(0, dot) + between + name.substring(dot);
  }

  /**
   * Writes by rename, so that a reader sees the old file or the new one, and a link that a stranger
   * left in the temporary directory is replaced, not followed. Mode 0600, as keepalived's.
   */
  static void write(Path file, String text) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(file + " is a directory");
    }
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path fresh = Files.createTempFile(parent, file.getFileName() + ".", "", ownerOnly);
    try {
      try (var channel =
          Files.newByteChannel(
              fresh, Set.of(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING))) {
        var bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
