package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the daemon runs for itself, and what it does not wait for. */
@Tag("netns")
@ExtendWith(LabExtension.class)
class DaemonScriptsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String VIP = "10.90.0.100";

  /** keepalived.md 2.2: before the children start, and after they have stopped. */
  @Test
  void startupComesBeforeTheWorkAndShutdownAfterIt(Lab lab) throws IOException {
    Path calls = lab.folder("calls").resolve("calls");
    String see = "ip -o addr show dev eth0 | grep -c " + VIP;
    Director director =
        start(
            lab,
            """
            startup_script "/bin/sh -c 'echo startup $(%1$s) >> %2$s'"
            shutdown_script "/bin/sh -c 'echo shutdown $(%1$s) >> %2$s'"
            """
                .formatted(see, calls),
            "notify_master \"/bin/sh -c 'echo master >> %1$s'\"\n".formatted(calls)
                + "notify_stop \"/bin/sh -c 'echo stop >> %1$s'\"".formatted(calls));
    Await.until(
        "the notify script",
        DEADLINE,
        () -> Files.exists(calls) && lines(calls).contains("master"),
        director.process()::log);
    director.process().terminate(DEADLINE);
    assertThat(lines(calls)).containsExactly("startup 0", "master", "stop", "shutdown 0");
  }

  @Test
  void aHungNotifyScriptDoesNotHoldUpTheStop(Lab lab) {
    Director director =
        start(
            lab,
            "",
            """
            notify_master "/bin/sh -c 'trap : TERM; while :; do sleep 1; done'"
            notify_stop "/bin/sh -c 'sleep 600'"
            """);
    Duration took = director.process().terminate(DEADLINE);
    assertThat(director.holds(VIP)).isFalse();
    // 2 s, and what a busy machine adds; the script would have taken for ever.
    assertThat(took).isLessThan(Duration.ofMillis(3_500));
  }

  private static Director start(Lab lab, String global, String instance) {
    Host host = lab.segment("lan").join(lab.host("one"), "10.90.0.1/24");
    Director director =
        Director.of(
                host,
                Needs.sluice(),
                """
                global_defs {
                  enable_script_security
                  script_user root
                  %s
                }
                vrrp_instance web {
                  interface eth0
                  virtual_router_id 51
                  version 3
                  advert_int 0.3
                  virtual_ipaddress {
                    %s/24
                  }
                  %s
                }
                """
                    .formatted(global, VIP, instance))
            .start();
    Await.until("the VIP", DEADLINE, () -> director.holds(VIP), director.process()::log);
    return director;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
