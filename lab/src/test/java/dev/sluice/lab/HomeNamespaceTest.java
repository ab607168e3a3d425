package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code net_namespace} (keepalived.md 2.1): started outside, the daemon lives inside. */
@Tag("netns")
@ExtendWith(LabExtension.class)
class HomeNamespaceTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String VIP = "10.90.0.100";

  @Test
  void everythingHappensInTheNamespace(Lab lab) throws IOException {
    Host inside = lab.segment("lan").join(lab.host("inside"), "10.90.0.1/24");
    Host outside = lab.host("outside");
    Path told = lab.folder("told").resolve("namespace");
    Director director =
        Director.of(outside, Needs.sluice(), configuration(inside.namespace(), told)).start();
    Await.until("the VIP inside", DEADLINE, () -> inside.holds(VIP), director.process()::log);
    assertThat(director.vrrpState("web")).isEqualTo("MASTER");
    Await.until(
        "the notify script", DEADLINE, () -> Files.exists(told) && !read(told).isEmpty(), () -> "");
    assertThat(read(told)).isEqualTo("net:[" + inode(inside) + "]");

    director.configure(configuration(outside.namespace(), told));
    director.reload();
    director.process().awaitLog("a running daemon stays in '" + inside.namespace(), DEADLINE);
    assertThat(director.vrrpState("web")).isEqualTo("MASTER");

    director.process().terminate(DEADLINE);
    assertThat(inside.holds(VIP)).isFalse();
  }

  @Test
  void aNamespaceThatDoesNotExistIsSaidSo(Lab lab) {
    Director director =
        Director.of(
                lab.host("outside"),
                Needs.sluice(),
                configuration("slc-certainly-not-there", lab.folder("told").resolve("namespace")))
            .start();
    Await.until("its end", DEADLINE, () -> !director.process().alive(), director.process()::log);
    assertThat(director.process().exitStatus()).isEqualTo(1);
    assertThat(director.process().log())
        .contains("ip netns add slc-certainly-not-there")
        .doesNotContain("\tat ");
  }

  private static long inode(Host host) throws IOException {
    return ((Number) Files.getAttribute(host.namespaceFile(), "unix:ino")).longValue();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static String configuration(String namespace, Path told) {
    return """
    net_namespace %s
    global_defs {
      enable_script_security
      script_user root
    }
    vrrp_instance web {
      interface eth0
      virtual_router_id 51
      version 3
      advert_int 0.3
      virtual_ipaddress {
        %s/24
      }
      notify_master "/bin/sh -c 'readlink /proc/self/ns/net > %s'"
    }
    """
        .formatted(namespace, VIP, told);
  }
}
