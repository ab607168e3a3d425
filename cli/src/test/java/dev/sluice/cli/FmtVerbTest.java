package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.core.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FmtVerbTest {
  private static final String UGLY =
      "! the pair\nvrrp_instance VI_1 {\ninterface lo # wire\n  virtual_router_id   51\n}\n";

  @Test
  void printsAndLeavesTheFileAlone(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("a.conf"), UGLY);
    CommandLine result = CommandLine.run("fmt", file.toString());
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).contains("! the pair").contains("    interface lo").contains("# wire");
    assertThat(file).hasContent(UGLY);
  }

  @Test
  void writesInPlaceOnceAndKeepsThePermissions(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("a.conf"), UGLY);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(CommandLine.run("fmt", "--check", file.toString()).exitCode())
        .isEqualTo(ExitCode.NO);
    assertThat(CommandLine.run("fmt", "-w", file.toString()).exitCode()).isEqualTo(ExitCode.OK);
    assertThat(CommandLine.run("fmt", "--check", file.toString()).exitCode())
        .isEqualTo(ExitCode.OK);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    try (var entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
  }

  @Test
  void aMissingFileIsASentence(@TempDir Path folder) {
    CommandLine result = CommandLine.run("fmt", folder.resolve("none").toString());
    assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("there is no such file");
  }

  @Test
  void explainSaysWhereAndWhat() {
    CommandLine result = CommandLine.run("check", "--explain", "advert_int");
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).contains("vrrp_instance").contains("default:");
  }
}
