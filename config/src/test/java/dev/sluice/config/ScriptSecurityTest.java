package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** keepalived.md 10.3, on real files: what root may run with {@code enable_script_security}. */
class ScriptSecurityTest {
  private static final int SOMEBODY = 12345;

  @TempDir Path folder;

  @BeforeEach
  void root() {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "needs root to give files to others");
  }

  private boolean runs(Path script) {
    LoadResult result =
        ConfigLoader.parse(
            "test.conf",
            """
            global_defs {
              enable_script_security
              script_user root
            }
            vrrp_instance A {
              interface eth0
              virtual_router_id 1
              virtual_ipaddress {
                10.0.0.1
              }
              notify_master %s
            }
            """
                .formatted(script),
            new FakeEnvironment() {
              private final ConfigEnvironment real = ConfigEnvironment.ofThisMachine();

              @Override
              public FileFacts file(Path path) {
                return real.file(path);
              }

              @Override
              public java.util.Optional<Link> link(Path path) {
                return real.link(path);
              }
            });
    return result.configuration().vrrpInstances().stream()
        .anyMatch(i -> i.notifyScripts().master() != null);
  }

  private Path script(Path at) throws IOException {
    Files.createDirectories(at.getParent());
    Files.writeString(at, "#!/bin/sh\n");
    return Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path give(Path path) throws IOException {
    return Files.setAttribute(path, "unix:uid", SOMEBODY, java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void rootsOwnRunsAndWhatOthersMayChangeDoesNot() throws IOException {
    Path script = script(folder.resolve("ours/check"));
    assertThat(runs(script)).isTrue();
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThat(runs(script)).isFalse();
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    give(folder.resolve("ours"));
    assertThat(runs(script)).isFalse();
  }

  /** keepalived 2.4.3 disables /bin/x on merged-usr systems; 2.2.7 and we do not. */
  @Test
  void aLinkedFolderOfRootsIsSafe() throws IOException {
    assertThat(runs(Path.of("/bin/true"))).isTrue();
    script(folder.resolve("usr/bin/check"));
    Path _ = Files.createSymbolicLink(folder.resolve("bin"), Path.of("usr/bin"));
    assertThat(runs(folder.resolve("bin/check"))).isTrue();
  }

  @Test
  void whatLiesBehindALinkIsHeldToTheSameRule() throws IOException {
    script(folder.resolve("theirs/check"));
    Path link = Files.createSymbolicLink(folder.resolve("check"), folder.resolve("theirs/check"));
    assertThat(runs(link)).isTrue();
    give(folder.resolve("theirs"));
    assertThat(runs(link)).isFalse();
    Path safe = script(folder.resolve("safe/check"));
    Path own = Files.createSymbolicLink(folder.resolve("own"), safe);
    assertThat(runs(own)).isTrue();
    give(own);
    assertThat(runs(own)).isFalse();
  }

  @Test
  void aLoopOfLinksDoesNotRun() throws IOException {
    Path one = folder.resolve("one");
    Path _ = Files.createSymbolicLink(one, folder.resolve("two"));
    Path _ = Files.createSymbolicLink(folder.resolve("two"), one);
    assertThat(runs(one)).isFalse();
  }
}
