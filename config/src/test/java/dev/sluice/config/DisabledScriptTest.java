package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.TrackedScript;
import dev.sluice.config.model.VrrpScript;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A {@code vrrp_script} that cannot run is disabled as keepalived does it: nothing runs it, and
 * what tracks it goes on without it. What is said and what the model holds agree.
 */
final class DisabledScriptTest {
  private static final String SECURE =
      "global_defs {\n enable_script_security\n script_user root\n}\n";

  @ParameterizedTest
  @CsvSource({
    "/opt/none, script-absent",
    "/opt/folder, script-absent",
    "nowhere, script-absent",
    "/opt/plain, script-not-executable",
    "/opt/open, unsafe-script"
  })
  void itIsNeitherRunNorTracked(String command, String code) {
    LoadResult result = load(SECURE, command);
    assertThat(scripts(result)).containsExactly("good");
    assertThat(tracked(result)).containsExactly(new TrackedScript("good", 0, false));
    assertThat(groupTracked(result)).containsExactly(new TrackedScript("good", 0, false));
    assertThat(result.diagnostics())
        .filteredOn(d -> d.code().equals(code))
        .singleElement()
        .satisfies(d -> assertThat(d.consequence()).contains("disabled"));
    assertThat(result.verdict().startable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/opt/check", "true", "</opt/none", "</opt/plain"})
  void whatCanRunIsTracked(String command) {
    LoadResult result = load(SECURE, command);
    assertThat(scripts(result)).containsExactly("good", "other");
    assertThat(tracked(result)).extracting(TrackedScript::script).containsExactly("good", "other");
    assertThat(groupTracked(result)).hasSize(2);
  }

  @Test
  void withoutScriptSecurityAnUnsafeScriptRuns() {
    LoadResult result = load("", "/opt/open");
    assertThat(scripts(result)).containsExactly("good", "other");
    assertThat(tracked(result)).hasSize(2);
  }

  /** Who changes it matters to root only. */
  @Test
  void anUnsafeScriptOfAnotherUserRuns() {
    LoadResult result = load(SECURE, "/opt/open\n user nobody");
    assertThat(scripts(result)).containsExactly("good", "other");
  }

  private static LoadResult load(String global, String command) {
    FakeEnvironment machine = new FakeEnvironment();
    machine.script("/opt/check").script("/usr/bin/true");
    machine.files.put(Path.of("/opt"), FileFacts.safeDirectory());
    machine.files.put(Path.of("/opt/folder"), FileFacts.safeDirectory());
    machine.files.put(
        Path.of("/opt/plain"), new FileFacts(true, true, false, false, false, true, false));
    machine.files.put(
        Path.of("/opt/open"), new FileFacts(true, true, false, true, false, true, true));
    return ConfigLoader.parse(
        "x",
        global
            + """
            vrrp_script good {
              script /opt/check
            }
            vrrp_script other {
              script %s
            }
            vrrp_sync_group G {
              group {
                A
                B
              }
              track_script {
                good
                other
              }
            }
            vrrp_instance A {
              interface eth0
              virtual_router_id 1
              virtual_ipaddress {
                10.0.0.1/24
              }
              track_script {
                good
                other
              }
            }
            vrrp_instance B {
              interface eth1
              virtual_router_id 2
              virtual_ipaddress {
                10.0.1.1/24
              }
            }
            """
                .formatted(command),
        machine);
  }

  private static List<String> scripts(LoadResult result) {
    return result.configuration().vrrpScripts().stream().map(VrrpScript::name).toList();
  }

  private static List<TrackedScript> tracked(LoadResult result) {
    return result.configuration().vrrpInstances().getFirst().trackScripts();
  }

  private static List<TrackedScript> groupTracked(LoadResult result) {
    return result.configuration().syncGroups().getFirst().trackScripts();
  }
}
