package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.TrackedScript;
import dev.sluice.config.model.VirtualServer;
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

  private static final String EVENTS =
      """
      global_defs {
        %s
      }
      vrrp_instance A {
        interface eth0
        virtual_router_id 1
        virtual_ipaddress {
          10.0.0.1/24
        }
        notify_master %2$s
        notify_backup /opt/check
      }
      virtual_server 10.0.0.1 80 {
        lb_algo rr
        lb_kind DR
        protocol TCP
        quorum_up %2$s
        quorum_down /opt/check
        real_server 10.0.0.2 80 {
          notify_up %2$s
          notify_down /opt/check
          MISC_CHECK {
            misc_path %2$s
          }
        }
      }
      """;

  @ParameterizedTest
  @CsvSource({
    "/opt/none, script-absent",
    "/opt/folder, script-absent",
    "/opt/plain, script-not-executable",
    "/opt/open, unsafe-script"
  })
  void whatCannotRunIsNoNotificationAndNoCheck(String command, String code) {
    LoadResult result =
        parse(EVENTS.formatted("enable_script_security\n script_user root", command));
    assertThat(result.diagnostics()).filteredOn(d -> d.code().equals(code)).hasSize(4);
    Configuration model = result.configuration();
    assertThat(model.vrrpInstances().getFirst().notifyScripts().master()).isNull();
    assertThat(model.vrrpInstances().getFirst().notifyScripts().backup()).isNotNull();
    VirtualServer server = model.virtualServers().getFirst();
    assertThat(server.quorumUp()).isNull();
    assertThat(server.quorumDown()).isNotNull();
    assertThat(server.realServers().getFirst().notifyUp()).isNull();
    assertThat(server.realServers().getFirst().notifyDown()).isNotNull();
    assertThat(server.realServers().getFirst().checkers()).isEmpty();
  }

  /** Measured with keepalived 2.2.7: every script without a user is removed, exit status 5. */
  @ParameterizedTest
  @ValueSource(strings = {"enable_script_security", "script_user no_such_user"})
  void withoutAUserNothingRuns(String global) {
    LoadResult result = parse(EVENTS.formatted(global, "/opt/check"));
    assertThat(result.diagnostics())
        .filteredOn(d -> d.code().equals("no-script-user") || d.code().equals("no-such-user"))
        .singleElement()
        .satisfies(d -> assertThat(d.consequence()).contains("script without a user"));
    assertThat(result.verdict()).isEqualTo(new Verdict(5, true));
    Configuration model = result.configuration();
    assertThat(model.vrrpInstances().getFirst().notifyScripts().backup()).isNull();
    VirtualServer server = model.virtualServers().getFirst();
    assertThat(server.quorumDown()).isNull();
    assertThat(server.realServers().getFirst().checkers()).isEmpty();
    LoadResult tracking = load("global_defs {\n" + global + "\n}\n", "/opt/check\n user nobody");
    assertThat(scripts(tracking)).containsExactly("other");
    assertThat(tracked(tracking)).extracting(TrackedScript::script).containsExactly("other");
  }

  private static LoadResult load(String global, String command) {
    return parse(
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
                .formatted(command));
  }

  private static LoadResult parse(String text) {
    FakeEnvironment machine = new FakeEnvironment();
    machine.script("/opt/check").script("/usr/bin/true");
    machine.files.put(Path.of("/opt"), FileFacts.safeDirectory());
    machine.files.put(Path.of("/opt/folder"), FileFacts.safeDirectory());
    machine.files.put(
        Path.of("/opt/plain"), new FileFacts(true, true, false, false, false, true, false));
    machine.files.put(
        Path.of("/opt/open"), new FileFacts(true, true, false, true, false, true, true));
    return ConfigLoader.parse("x", text, machine);
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
