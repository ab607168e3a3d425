package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lab.Await;
import dev.sluice.lab.Command;
import dev.sluice.lab.Host;
import dev.sluice.lab.IcmpProbe;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabProcess;
import dev.sluice.lab.Probe;
import dev.sluice.lab.Segment;
import dev.sluice.lab.WebServer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** ICMP errors and fragments with real senders, routers and receivers. */
@Tag("netns")
@Tag("xdp")
class IcmpNetworkTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int NARROW = 1200;

  @BeforeEach
  void needs() {
    Assumptions.assumeTrue(Rig.isRoot(), "needs root");
    Assumptions.assumeTrue(Command.find("ip").isPresent(), "needs iproute2");
  }

  /**
   * The client behind a router, everybody else on one segment: direct routing. The router's way to
   * the client is narrow, and neither end knows.
   */
  private static final class Routed implements AutoCloseable {
    static final String VIP = "172.29.93.222";
    static final String CLIENT = "172.29.94.10";
    final Lab lab = Lab.open();
    final Segment outside = lab.segment("outside");
    final Segment lan = lab.segment("lan");
    final Host client = outside.join(lab.host("client"), CLIENT + "/24");
    final Host router = outside.join(lab.host("router"), "172.29.94.254/24");
    final Host director = lan.join(lab.host("director"), "172.29.93.224/24");
    final Host web01 = lan.join(lab.host("web01"), "172.29.93.11/24");
    final Host web02 = lan.join(lab.host("web02"), "172.29.93.12/24");
    final Path runtime = lab.folder("run");

    Routed() {
      var _ = lan.join(router, "eth1", "172.29.93.254/24");
      router.sysctl("net.ipv4.ip_forward", "1");
      client.ip("route", "add", "default", "via", "172.29.94.254");
      for (Host host : List.of(director, web01, web02)) {
        host.ip("route", "add", "default", "via", "172.29.93.254");
      }
      director.address("eth0", VIP + "/32");
      web01.hideVip(VIP);
      web02.hideVip(VIP);
    }

    LabProcess daemon(String verb, String vip, String... reals) {
      return PlaneDaemon.start(director, verb, runtime, vip, "rr", reals);
    }

    @Override
    public void close() {
      try {
        daemon("remove", VIP).awaitLog("removed", PATIENCE);
      } finally {
        lab.close();
      }
    }
  }

  /** Without the error the server's full segments vanish for ever: a black hole. */
  @Test
  void aServerLearnsOfANarrowLinkOnTheWayToItsClient() throws Exception {
    try (Routed net = new Routed()) {
      WebServer.start(net.web01, 80, 200_000);
      WebServer.start(net.web02, 80, 200_000);
      net.router.ip("link", "set", "eth0", "mtu", String.valueOf(NARROW));
      LabProcess plane = net.daemon("run", Routed.VIP, "172.29.93.11=1", "172.29.93.12=1");
      plane.awaitLog("ready", PATIENCE);
      Probe.Summary s = Probe.sequence(net.client, Routed.VIP, 80, 8);
      assertThat(s.failures()).isEmpty();
      assertThat(s.perServer()).containsEntry("web01", 4).containsEntry("web02", 4);
      for (Host web : List.of(net.web01, net.web02)) {
        assertThat(web.ip("route", "get", Routed.CLIENT, "from", Routed.VIP))
            .contains("mtu " + NARROW);
      }
      // An echo is no error: the director answers itself.
      try (IcmpProbe ping =
          new IcmpProbe(net.client.namespaceFile(), (Inet4Address) Rig.ip(Routed.VIP))) {
        Await.until("the VIP answers echo requests", PATIENCE, ping::answersNow);
      }
    }
  }

  @Test
  void bigDatagramsArriveWholeByDirectRouting() throws Exception {
    try (Routed net = new Routed();
        DatagramSocket _ = UdpPeer.echo(net.web01, Routed.VIP, 80, (byte) 1);
        DatagramSocket _ = UdpPeer.echo(net.web02, Routed.VIP, 80, (byte) 2)) {
      LabProcess plane = net.daemon("run", "udp/" + Routed.VIP, "172.29.93.11=1", "172.29.93.12=1");
      plane.awaitLog("ready", PATIENCE);
      assertThat(answers(net.client, Routed.VIP)).containsExactly((byte) 1, (byte) 2);
    }
  }

  /** The director between two segments: address and port translation, fragments both ways. */
  private static final class Translated implements AutoCloseable {
    static final String VIP = "172.29.95.222";
    final Lab lab = Lab.open();
    final Segment outside = lab.segment("outside");
    final Segment inside = lab.segment("inside");
    final Host client = outside.join(lab.host("client"), "172.29.95.10/24");
    final Host director = outside.join(lab.host("director"), "172.29.95.224/24");
    final Host web01 = inside.join(lab.host("web01"), "172.29.96.11/24");
    final Host web02 = inside.join(lab.host("web02"), "172.29.96.12/24");
    final Path runtime = lab.folder("run");

    Translated() {
      var _ = inside.join(director, "eth1", "172.29.96.254/24");
      director.address("eth0", VIP + "/32");
      director.sysctl("net.ipv4.ip_forward", "1");
      for (Host web : List.of(web01, web02)) {
        web.ip("route", "add", "default", "via", "172.29.96.254");
      }
    }

    LabProcess daemon(String verb) {
      return PlaneDaemon.start(
          director,
          verb,
          runtime,
          "udp/" + VIP,
          "rr",
          "172.29.96.11:5353=1",
          "172.29.96.12:5353=1");
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
  void bigDatagramsArriveWholeThroughNatAndAClosedPortIsTold() throws Exception {
    try (Translated net = new Translated()) {
      LabProcess plane = net.daemon("run");
      plane.awaitLog("ready", PATIENCE);
      // Nobody listens: the servers' errors become the virtual address's, with right checksums.
      try (DatagramSocket socket = UdpPeer.connect(net.client, Translated.VIP, 80)) {
        assertThatThrownBy(() -> persistentAsk(socket))
            .isInstanceOf(PortUnreachableException.class);
      }
      try (DatagramSocket _ = UdpPeer.echo(net.web01, "172.29.96.11", 5353, (byte) 1);
          DatagramSocket _ = UdpPeer.echo(net.web02, "172.29.96.12", 5353, (byte) 2)) {
        assertThat(answers(net.client, Translated.VIP)).containsExactly((byte) 1, (byte) 2);
      }
    }
  }

  /** Whoever answered: 4000 bytes there and back, from several ports. */
  private static Set<Byte> answers(Host client, String vip) throws IOException {
    Random random = new Random(1);
    Set<Byte> servers = new TreeSet<>();
    for (int i = 0; i < 12; i++) {
      byte[] question = new byte[4000 + i];
      random.nextBytes(question);
      try (DatagramSocket socket = UdpPeer.connect(client, vip, 80)) {
        byte[] answer = persistentAsk(socket, question);
        assertThat(Arrays.copyOfRange(answer, 1, answer.length))
            .isEqualTo(Arrays.copyOfRange(question, 1, question.length));
        servers.add(answer[0]);
      }
    }
    return servers;
  }

  private static byte[] persistentAsk(DatagramSocket socket) throws IOException {
    return persistentAsk(socket, new byte[100]);
  }

  /** UDP may be lost while neighbours are asked for. */
  private static byte[] persistentAsk(DatagramSocket socket, byte[] question) throws IOException {
    for (int attempt = 0; attempt < 20; attempt++) {
      try {
        return UdpPeer.ask(socket, question, 1000);
      } catch (SocketTimeoutException _) {
        // Again.
      }
    }
    throw new SocketTimeoutException("no answer in 20 s");
  }
}
