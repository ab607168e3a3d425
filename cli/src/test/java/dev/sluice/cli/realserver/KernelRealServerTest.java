package dev.sluice.cli.realserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The set-up against a real kernel, in a namespace of its own. */
@Tag("netns")
class KernelRealServerTest {
  private static final InetAddress FOUR = InetAddress.ofLiteral("192.0.2.10");
  private static final InetAddress SIX = InetAddress.ofLiteral("2001:db8::10");

  @TempDir private Path state;

  @Test
  void addAndRemove() throws Exception {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().filter("root"::equals).isPresent(),
        "needs root: sudo ./dev test");
    String name = "slcrs" + ProcessHandle.current().pid();
    ip("netns", "add", name);
    try {
      List<String> before = inside(name, this::settings);
      inside(name, () -> run(setup -> setup.add(List.of(FOUR, SIX), false)));
      assertThat(inside(name, this::settings)).containsOnly("1", "2");
      assertThat(inside(name, this::loopback))
          .contains("192.0.2.10/32", "2001:db8:0:0:0:0:0:10/128");
      inside(name, () -> run(setup -> setup.add(List.of(FOUR, SIX), false)));
      inside(name, () -> run(setup -> setup.remove(List.of(FOUR, SIX))));
      assertThat(inside(name, this::settings)).isEqualTo(before);
      assertThat(inside(name, this::loopback))
          .doesNotContain("192.0.2.10/32", "2001:db8:0:0:0:0:0:10/128");
      try (var left = Files.list(state)) {
        assertThat(left).isEmpty();
      }
    } finally {
      ip("netns", "delete", name);
    }
  }

  private interface Step {
    void on(RealServerSetup setup);
  }

  private boolean run(Step step) {
    try (var machine = new KernelMachine()) {
      step.on(new RealServerSetup(machine, state, line -> {}));
      return true;
    }
  }

  private List<String> settings() {
    try (var machine = new KernelMachine()) {
      List<String> values = new ArrayList<>();
      for (String scope : List.of("all", "lo")) {
        for (String setting : List.of("arp_ignore", "arp_announce")) {
          values.add(machine.sysctl("net.ipv4.conf." + scope + "." + setting).orElse("none"));
        }
      }
      return values;
    }
  }

  private List<String> loopback() {
    try (var machine = new KernelMachine()) {
      return machine.addresses().stream()
          .filter(h -> h.device().equals("lo"))
          .map(h -> h.address().getHostAddress() + "/" + h.prefixLength())
          .toList();
    }
  }

  private static <T> T inside(String name, java.util.concurrent.Callable<T> task) throws Exception {
    return NetworkNamespace.in(NetworkNamespace.named(name), task);
  }

  private static void ip(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
