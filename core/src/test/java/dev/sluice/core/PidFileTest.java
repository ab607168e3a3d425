package dev.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
  @Test
  void aStaleFileIsReplacedAndOnlyOursIsRemoved(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("deep/sluice.pid");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "1\n");
    try (var _ = PidFile.write(file)) {
      assertThat(file).hasContent(ProcessHandle.current().pid() + "\n");
    }
    assertThat(file).doesNotExist();
    try (var _ = PidFile.write(file)) {
      Files.writeString(file, "4711\n");
    }
    assertThat(file).hasContent("4711\n");
  }
}
