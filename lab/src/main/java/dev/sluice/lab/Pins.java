package dev.sluice.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a killed daemon leaves in the BPF file system: its forwarding plane, pinned so that it
 * outlives the process. Each is a directory named after the network namespace's inode.
 */
final class Pins {
  private static final Path BPF_FS = Path.of("/sys/fs/bpf");
  private static final Path PLANES = BPF_FS.resolve("sluice");

  private Pins() {}

  /**
   * Removes the pinned planes of a namespace, which must still exist; without pins they leave the
   * kernel.
   */
  static void remove(Path namespaceFile) {
    if (!Files.isDirectory(PLANES)) {
      return;
    }
    try (Stream<Path> planes = Files.list(PLANES)) {
      String prefix = Files.getAttribute(namespaceFile, "unix:ino") + "-";
      for (Path plane :
          planes.filter(each -> each.getFileName().toString().startsWith(prefix)).toList()) {
        removeTree(plane);
      }
    } catch (IOException e) {
      throw new LabException("cannot remove the pins of " + namespaceFile + ": " + e.getMessage());
    }
    removeWhenEmpty(PLANES);
  }

  /** Whether a BPF file system is mounted where it belongs. */
  static boolean mounted() {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
      return mounts.anyMatch(line -> line.contains(" " + BPF_FS + " bpf "));
    } catch (IOException e) {
      throw new LabException("cannot read the list of mounts: " + e.getMessage());
    }
  }

  /**
   * Unmounts the BPF file system that a daemon mounted because there was none, unless someone else
   * uses it by now.
   */
  static void unmountWhenEmpty() {
    if (!mounted()) {
      return;
    }
    removeWhenEmpty(PLANES);
    try (Stream<Path> content = Files.list(BPF_FS)) {
      if (content.findAny().isEmpty()) {
        Command.run(List.of("umount", BPF_FS.toString())).orThrow();
      }
    } catch (IOException e) {
      throw new LabException("cannot list %s: %s".formatted(BPF_FS, e.getMessage()));
    }
  }

  private static void removeTree(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static void removeWhenEmpty(Path directory) {
    try {
      Files.deleteIfExists(directory);
    } catch (IOException _) {
      // Another daemon's plane is in it.
    }
  }
}
