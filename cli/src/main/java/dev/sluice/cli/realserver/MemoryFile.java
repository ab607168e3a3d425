package dev.sluice.cli.realserver;

import dev.sluice.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where a {@link Memory} lies: one file per network namespace. */
final class MemoryFile {
  private final Path directory;
  private final Path file;

  MemoryFile(Path stateDirectory, long namespace) {
    this.directory = stateDirectory.toAbsolutePath();
    this.file = directory.resolve("realserver-" + namespace);
  }

  /** What is remembered; empty when nothing is. */
  Memory read(String bootId) {
    try {
      return Files.exists(file)
          ? Memory.fromLines(Files.readAllLines(file), bootId)
          : Memory.empty(bootId);
    } catch (IOException | IllegalArgumentException e) {
      throw CommandException.failed(
          "cannot read "
              + file
              + ", which remembers the sysctls' former values ("
              + reason(e)
              + "): repair or delete it");
    }
  }

  /** Replaces what is remembered, at once and whole; removes the file when there is nothing. */
  void write(Memory memory) {
    try {
      if (memory.isEmpty()) {
        Files.deleteIfExists(file);
        return;
      }
      Files.createDirectories(directory);
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.write(fresh, memory.toLines());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw CommandException.failed(
          "cannot write "
              + file
              + ", which must remember the sysctls' former values ("
              + reason(e)
              + "): nothing more was changed; name a writable --runtime-dir");
    }
  }

  private static String reason(Exception e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
