package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** LVS-DR in front of three real nginx servers. */
@Tag("netns")
@Tag("xdp")
@Tag("nginx")
@ExtendWith(LabExtension.class)
class DirectRoutingTest {
  private static final int BIG_BYTES = 100_000;

  @Test
  void requestsAreSharedExactlyByWeightAndSeenWithTheClientsOwnAddress(Lab lab) {
    Needs.nginx();
    var net = DirectRouting.build(lab);
    List<Nginx> servers = net.webs.stream().map(web -> Nginx.web(web, 80)).toList();
    net.startDirector();

    Probe.Summary all = Probe.sequence(net.client, DirectRouting.VIP, 80, 60);

    assertThat(all.failures()).isEmpty();
    assertThat(all.perServer()).isEqualTo(DirectRouting.exactShares(60, 3, 2, 1));
    for (int i = 0; i < servers.size(); i++) {
      // The checks ask at the server's own address and send no request; all the rest came to the
      // VIP.
      assertThat(servers.get(i).accessLog())
          .hasSize(60 * DirectRouting.WEIGHTS.get(i) / 6)
          .allMatch(
              line -> line.startsWith(DirectRouting.CLIENT + " " + DirectRouting.VIP + " GET / "));
    }
  }

  @Test
  void noReplyBytePassesThroughTheDirector(Lab lab) throws IOException {
    Needs.nginx();
    var net = DirectRouting.build(lab);
    for (Host web : net.webs) {
      Path root = lab.folder(web.name() + "-root");
      Files.writeString(root.resolve("big"), web.name() + " -\n" + "x".repeat(BIG_BYTES));
      Nginx.start(
          web, "0.0.0.0", 80, "server { listen 80; location / { root %s; } }".formatted(root));
    }
    net.startDirector();
    List<LabProcess> captures = new ArrayList<>();
    if (Command.find("tcpdump").isPresent()) {
      captures.add(replyCapture(net));
    }
    Counters director = net.segment.counters(net.director.host());
    Counters client = net.segment.counters(net.client);

    Probe probe =
        Probe.start(net.client, new Probe.Plan(DirectRouting.VIP, 80, "/big", 0, 5_000, 30));
    probe.awaitDone(DirectRouting.DEADLINE);

    assertThat(probe.summary(Long.MIN_VALUE).failures()).isEmpty();
    Counters toClient = net.segment.counters(net.client).since(client);
    Counters through = net.segment.counters(net.director.host()).since(director);
    assertThat(toClient.rxBytes()).isGreaterThan(30L * BIG_BYTES);
    // Requests and acknowledgements pass the director, both ways of its cable; a single answer more
    // would show.
    assertThat(through.txBytes()).isGreaterThan(30L * 200);
    assertThat(through.rxBytes()).isLessThan(toClient.rxBytes() / 5);
    assertThat(through.txBytes()).isLessThan(toClient.rxBytes() / 5);
    for (LabProcess capture : captures) {
      capture.signal("INT");
      capture.awaitLog("packets captured", DirectRouting.DEADLINE);
      assertThat(capture.log()).contains("0 packets captured");
    }
  }

  @Test
  void aServerThatDiesUnderLoadIsTakenOutAndComesBack(Lab lab) {
    Needs.nginx();
    var net = DirectRouting.build(lab);
    List<Nginx> servers = net.webs.stream().map(web -> Nginx.web(web, 80)).toList();
    net.startDirector();
    Probe probe = net.load();

    servers.get(1).process().kill();
    net.awaitReal(DirectRouting.REALS.get(1), "down");
    long out = System.nanoTime();
    probe.awaitAnswers(100, DirectRouting.DEADLINE);
    Probe.Summary without = probe.summary(out);
    assertThat(without.failures()).isEmpty();
    assertThat(without.perServer()).containsOnlyKeys("web01", "web03");

    long start = System.nanoTime();
    servers.get(1).restart();
    net.awaitReal(DirectRouting.REALS.get(1), "up");
    Await.until(
        "web02 to answer again",
        DirectRouting.DEADLINE,
        () -> probe.summary(start).perServer().containsKey("web02"),
        () -> lab.logs(40));
    assertThat(probe.summary(start).failures()).isEmpty();
  }

  /** At the switch, on the director's port: what comes from the VIP's port 80 is a reply. */
  private static LabProcess replyCapture(DirectRouting net) {
    LabProcess capture =
        net.segment.capture(
            net.director.host(), "src host " + DirectRouting.VIP + " and tcp src port 80");
    capture.awaitLog("listening on", DirectRouting.DEADLINE);
    return capture;
  }
}
