package dev.sluice.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The pid file: written by rename, removed only while it is still ours. */
public final class PidFile implements AutoCloseable {
  private final Path path;
  private final String content;

  private PidFile(Path path, String content) {
    this.path = path;
    this.content = content;
  }

  /** Writes our pid; a stale file of another's is replaced, whatever it holds. */
  public static PidFile write(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    String content = ProcessHandle.current().pid() + "\n";
    Path draft = absolute.resolveSibling(absolute.getFileName() + ".new");
    Files.writeString(draft, content, StandardCharsets.US_ASCII);
    Files.move(
        draft, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new PidFile(absolute, content);
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(path) && Files.readString(path, StandardCharsets.US_ASCII).equals(content)) {
      Files.delete(path);
    }
  }
}
