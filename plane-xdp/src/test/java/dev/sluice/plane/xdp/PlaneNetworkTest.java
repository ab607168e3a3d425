package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Await;
import dev.sluice.lab.Command;
import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabProcess;
import dev.sluice.lab.Probe;
import dev.sluice.lab.Segment;
import dev.sluice.lab.WebServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real TCP over a bridge: a client, a director with the plane and nothing else, two servers. */
@Tag("netns")
@Tag("xdp")
class PlaneNetworkTest {
  private static final String VIP = "172.29.90.222";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @BeforeEach
  void needs() {
    Assumptions.assumeTrue(Rig.isRoot(), "needs root");
    Assumptions.assumeTrue(Command.find("ip").isPresent(), "needs iproute2");
  }

  private static final class Net implements AutoCloseable {
    final Lab lab = Lab.open();
    final Segment lan = lab.segment("lan");
    final Host client = lan.join(lab.host("client"), "172.29.90.10/24");
    final Host director = lan.join(lab.host("director"), "172.29.90.224/24");
    final Host web01 = lan.join(lab.host("web01"), "172.29.90.11/24");
    final Host web02 = lan.join(lab.host("web02"), "172.29.90.12/24");
    final Path runtime = lab.folder("run");

    Net() {
      director.address("eth0", VIP + "/32");
      for (Host web : List.of(web01, web02)) {
        web.hideVip(VIP);
        WebServer.start(web, 80, 100);
      }
    }

    LabProcess daemon(String verb, String scheduler, String... reals) {
      return PlaneDaemon.start(director, verb, runtime, VIP, scheduler, reals);
    }

    Probe.Summary ask(int count) {
      return Probe.sequence(client, VIP, 80, count);
    }

    @Override
    public void close() {
      try {
        daemon("remove", "rr").awaitLog("removed", PATIENCE);
      } finally {
        lab.close();
      }
    }
  }

  @Test
  void connectionsAreSharedByWeightAndRepliesGoStraight() {
    try (Net net = new Net()) {
      LabProcess plane = net.daemon("run", "wrr", "172.29.90.11=2", "172.29.90.12=1");
      plane.awaitLog("ready, adopted false", PATIENCE);
      assertThat(plane.log()).contains("hook=tcx", "veth is virtual");
      var before = net.director.counters("eth0");
      Probe.Summary s = net.ask(30);
      assertThat(s.failures()).isEmpty();
      assertThat(s.perServer()).containsEntry("web01", 20).containsEntry("web02", 10);
      // Requests pass the director, answers do not: it receives no more than it sends.
      var during = net.director.counters("eth0").since(before);
      assertThat(during.txPackets()).isGreaterThan(30 * 3);
      assertThat((double) during.rxPackets()).isLessThan(during.txPackets() * 1.3 + 50);
    }
  }

  @Test
  void aServersNewMacIsFollowed() {
    try (Net net = new Net()) {
      LabProcess plane = net.daemon("run", "rr", "172.29.90.11=1", "172.29.90.12=1");
      plane.awaitLog("ready", PATIENCE);
      assertThat(net.ask(4).failures()).isEmpty();
      net.web01.sysctl("net.ipv4.conf.all.arp_notify", "1");
      net.web01.sysctl("net.ipv4.conf.eth0.arp_notify", "1");
      net.web01.ip("link", "set", "eth0", "address", "02:5c:00:00:00:77");
      // The server announces it; without that the director would ask some 15 s after the kernel's
      // confidence in the old one ended.
      Await.until(
          "the director knows web01's new MAC",
          PATIENCE,
          () -> net.director.ip("neigh", "show", "172.29.90.11").contains("02:5c:00:00:00:77"));
      Await.until("all requests answered", PATIENCE, () -> net.ask(4).perServer().size() == 2);
      assertThat(net.ask(6).perServer()).containsEntry("web01", 3).containsEntry("web02", 3);
    }
  }

  @Test
  void forwardingOutlivesAKilledDaemonAndIsTakenOver() throws Exception {
    try (Net net = new Net()) {
      LabProcess first = net.daemon("run", "rr", "172.29.90.11=1", "172.29.90.12=1");
      first.awaitLog("ready, adopted false", PATIENCE);
      assertThat(net.ask(4).perServer()).containsEntry("web01", 2).containsEntry("web02", 2);
      Probe steady = Probe.start(net.client, new Probe.Plan(VIP, 80, "/", 20, 5_000, 0));
      steady.awaitAnswers(5, PATIENCE);
      first.kill();
      assertThat(pins(net)).anyMatch(p -> p.startsWith("link-tcx-")).contains("map-conns");
      steady.awaitAnswers(50, PATIENCE);
      assertThat(net.ask(8).perServer()).containsOnlyKeys("web01", "web02");

      LabProcess second = net.daemon("run", "rr", "172.29.90.11=1", "172.29.90.12=1");
      second.awaitLog("ready, adopted true", PATIENCE);
      assertThat(second.log()).contains("servicesAdded=0, servicesChanged=1, servicesRemoved=0");
      steady.awaitAnswers(100, PATIENCE);
      Probe.Summary all = steady.summary(Long.MIN_VALUE);
      assertThat(all.failures()).isEmpty();
      steady.process().kill();
      second.kill();
      LabProcess remove = net.daemon("remove", "rr");
      remove.awaitLog("removed", PATIENCE);
      assertThat(pins(net)).isEmpty();
      assertThat(net.director.run("ip", "link", "show", "eth0").out()).doesNotContain("xdp");
    }
  }

  private static List<String> pins(Net net) throws Exception {
    Object inode = Files.getAttribute(net.director.namespaceFile(), "unix:ino");
    Path planes = Path.of("/sys/fs/bpf/sluice");
    if (!Files.isDirectory(planes)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (var dirs = Files.newDirectoryStream(planes, inode + "-*")) {
      for (Path dir : dirs) {
        try (var files = Files.list(dir)) {
          files.forEach(f -> names.add(f.getFileName().toString()));
        }
      }
    }
    return names;
  }
}
