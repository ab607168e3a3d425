package dev.sluice.cli.realserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersistenceTest {
  private static final List<InetAddress> VIPS =
      List.of(InetAddress.ofLiteral("192.0.2.10"), InetAddress.ofLiteral("2001:db8::10"));

  @TempDir private Path root;
  private final List<String> said = new ArrayList<>();

  private Persistence persistence(String... sluice) {
    return new Persistence(root, List.of(sluice), "/usr/lib/jvm/25", said::add);
  }

  @Test
  void systemd() throws Exception {
    Path units = Files.createDirectories(root.resolve("etc/systemd/system"));
    var persistence = persistence("/opt/my sluice/sluice", "--runtime-dir", "/run/50%");
    persistence.install(VIPS, true);
    Path unit = units.resolve("sluice-realserver-192-0-2-10.service");
    assertThat(unit)
        .content()
        .contains(
            "Environment=JAVA_HOME=/usr/lib/jvm/25\n",
            "ExecStart=\"/opt/my sluice/sluice\" --runtime-dir \"/run/50%%\""
                + " realserver add 192.0.2.10 --tunnel\n",
            "ExecStop=\"/opt/my sluice/sluice\" --runtime-dir \"/run/50%%\""
                + " realserver remove 192.0.2.10\n");
    Path wanted = units.resolve("multi-user.target.wants/sluice-realserver-192-0-2-10.service");
    assertThat(wanted.toRealPath()).isEqualTo(unit.toRealPath());
    said.clear();
    persistence.install(VIPS, true);
    assertThat(said).hasSize(2).allMatch(line -> line.endsWith(": was there"));
    persistence.uninstall(VIPS);
    assertThat(units.resolve("multi-user.target.wants")).isEmptyDirectory();
    assertThat(unit).doesNotExist();
    said.clear();
    persistence.uninstall(VIPS);
    assertThat(said).isEmpty();
  }

  @Test
  void ifupdown() throws Exception {
    Path hooks = Files.createDirectories(root.resolve("etc/network/if-up.d"));
    persistence("/opt/it's/sluice").install(VIPS, false);
    Path hook = hooks.resolve("sluice-realserver-2001-db8-0-0-0-0-0-10");
    assertThat(hook)
        .isExecutable()
        .content()
        .startsWith("#!/bin/sh\n")
        .contains("[ \"$IFACE\" = lo ] || exit 0\n")
        .endsWith("exec '/opt/it'\\''s/sluice' realserver add 2001:db8:0:0:0:0:0:10\n");
    persistence("/opt/it's/sluice").uninstall(VIPS);
    assertThat(hooks).isEmptyDirectory();
  }

  @Test
  void neither() {
    assertThatThrownBy(() -> persistence("/opt/sluice").install(VIPS, false))
        .hasMessageContaining("'/opt/sluice realserver add 192.0.2.10'");
  }
}
