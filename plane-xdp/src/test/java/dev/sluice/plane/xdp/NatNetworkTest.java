package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Command;
import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabProcess;
import dev.sluice.lab.Probe;
import dev.sluice.lab.Segment;
import dev.sluice.lab.WebServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real TCP through NAT: the director between the clients' segment and the servers'. */
@Tag("netns")
@Tag("xdp")
class NatNetworkTest {
  private static final String VIP = "172.29.91.222";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @BeforeEach
  void needs() {
    Assumptions.assumeTrue(Rig.isRoot(), "needs root");
    Assumptions.assumeTrue(Command.find("ip").isPresent(), "needs iproute2");
  }

  private static final class Net implements AutoCloseable {
    final Lab lab = Lab.open();
    final Segment outside = lab.segment("outside");
    final Segment inside = lab.segment("inside");
    final Host client = outside.join(lab.host("client"), "172.29.91.10/24");
    final Host director = outside.join(lab.host("director"), "172.29.91.224/24");
    final Host web01 = inside.join(lab.host("web01"), "172.29.92.11/24");
    final Host web02 = inside.join(lab.host("web02"), "172.29.92.12/24");
    final Path runtime = lab.folder("run");

    Net(int bytes) {
      var _ = inside.join(director, "eth1", "172.29.92.254/24");
      director.address("eth0", VIP + "/32");
      director.sysctl("net.ipv4.ip_forward", "1");
      for (Host web : List.of(web01, web02)) {
        web.ip("route", "add", "default", "via", "172.29.92.254");
        WebServer.start(web, 8080, bytes);
      }
    }

    LabProcess daemon(String verb, String... reals) {
      return PlaneDaemon.start(director, verb, runtime, VIP, "rr", reals);
    }

    @Override
    public void close() {
      try {
        daemon("remove").awaitLog("removed", PATIENCE);
      } finally {
        lab.close();
      }
    }
  }

  @Test
  void requestsAndAnswersAreTranslatedOnAnotherPort() {
    // Long answers: segments come in sizes that only offloads make, with unfinished checksums.
    try (Net net = new Net(3_000_000)) {
      LabProcess plane = net.daemon("run", "172.29.92.11:8080=1", "172.29.92.12:8080=1");
      plane.awaitLog("ready, adopted false", PATIENCE);
      Probe.Summary s = Probe.sequence(net.client, VIP, 80, 20);
      assertThat(s.failures()).isEmpty();
      assertThat(s.perServer()).containsEntry("web01", 10).containsEntry("web02", 10);
      // Both ways pass the director, and nothing of the servers shows outside.
      var out = net.director.counters("eth0");
      assertThat(out.txBytes()).isGreaterThan(20 * 3_000_000L);
    }
  }
}
