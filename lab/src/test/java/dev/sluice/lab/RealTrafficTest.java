package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A download of 100 MB through each forwarding method, byte for byte, while the daemon is killed,
 * started again and given another table, and a server dies; beside it short requests of which none
 * is lost. The client and the servers are on two networks; answers take a router (DR, TUN) or the
 * director (NAT).
 */
@Tag("netns")
@Tag("xdp")
@Tag("nginx")
@ExtendWith(LabExtension.class)
class RealTrafficTest {
  private static final Duration DEADLINE = Duration.ofSeconds(90);
  private static final String VIP = "10.93.1.100";
  private static final int BIG = 100_000_000;

  @ParameterizedTest
  @ValueSource(strings = {"DR", "NAT", "TUN"})
  void aDownloadOutlivesEverything(String kind, Lab lab) throws IOException {
    Needs.nginx();
    Needs.tool("curl", "curl");
    Segment near = lab.segment("near");
    Segment far = lab.segment("far");
    Host client = near.join(lab.host("client"), "eth0", "10.93.1.9/24");
    Host host = near.join(lab.host("director"), "eth0", "10.93.1.1/24");
    far.join(host, "eth1", "10.93.2.1/24");
    Host router = near.join(lab.host("router"), "eth0", "10.93.1.254/24");
    far.join(router, "eth1", "10.93.2.254/24");
    router.sysctl("net.ipv4.ip_forward", "1");
    // As IPVS: masqueraded packets are forwarded ones.
    host.sysctl("net.ipv4.ip_forward", "1");
    host.ip("address", "add", VIP + "/32", "dev", "eth0");
    Path root = lab.folder("root");
    String sum = bigFile(root.resolve("big"));
    Host web01 = far.join(lab.host("web01"), "eth0", "10.93.2.11/24");
    Host web02 = far.join(lab.host("web02"), "eth0", "10.93.2.12/24");
    for (Host web : List.of(web01, web02)) {
      web.ip("route", "add", "default", "via", kind.equals("NAT") ? "10.93.2.1" : "10.93.2.254");
      if (kind.equals("TUN")) {
        tunnelled(web);
      } else if (kind.equals("DR")) {
        web.hideVip(VIP);
      }
    }
    Nginx dying = nginx(web01, root);
    nginx(web02, root);
    Director director = Director.of(host, Needs.sluice(), configuration(kind, 1, 1)).start();
    awaitServers(lab, director);

    // Which server has the long download is rr's choice; the other one will die.
    Path out = lab.folder("out").resolve("sum");
    LabProcess download =
        client.start(
            "curl",
            List.of(
                "sh",
                "-c",
                "curl -sS --limit-rate 20M http://%s/big | sha256sum >%s".formatted(VIP, out)));
    Await.until(
        "the download to run",
        DEADLINE,
        () -> near.counters(client).rxBytes() > 3_000_000,
        () -> lab.logs(40));
    Probe load = Probe.start(client, new Probe.Plan(VIP, 80, "/name", 20, 5_000, 0));
    load.awaitAnswers(10, DEADLINE);
    long start = System.nanoTime();

    director.process().kill();
    load.awaitAnswers(30, DEADLINE);
    director.start();
    awaitServers(lab, director);
    director.configure(configuration(kind, 3, 2));
    director.reload();
    load.awaitAnswers(30, DEADLINE);
    assertThat(load.summary(start).failures()).as("%s", lab.logs(40)).isEmpty();
    assertThat(load.summary(start).perServer()).containsOnlyKeys("web01", "web02");

    Await.until("the download to end", DEADLINE, () -> !download.alive(), () -> lab.logs(40));
    assertThat(Files.readString(out)).as("%s", download.log()).startsWith(sum);

    dying.process().kill();
    Await.until(
        "web01 to be down",
        DEADLINE,
        () -> director.realState("10.93.2.11").equals("down"),
        () -> lab.logs(40));
    long without = System.nanoTime();
    load.awaitAnswers(30, DEADLINE);
    assertThat(load.summary(without).failures()).isEmpty();
    assertThat(load.summary(without).perServer()).containsOnlyKeys("web02");
  }

  private static Nginx nginx(Host web, Path root) {
    return Nginx.start(
        web,
        "0.0.0.0",
        80,
        """
        server {
          listen 80 backlog=1024;
          root %s;
          location /name { return 200 "%s $remote_addr\\n"; }
        }
        """
            .formatted(root, web.name()));
  }

  private static void tunnelled(Host web) {
    Command.Result made =
        web.run("ip", "link", "add", "tun0", "type", "ipip", "local", "any", "remote", "any");
    if (made.status() != 0) {
      // The fallback device exists where the module is there.
      Assumptions.assumeTrue(
          web.run("ip", "link", "set", "tunl0", "up").status() == 0,
          () -> "needs IP-in-IP in the kernel: " + made.err());
    } else {
      web.ip("link", "set", "tun0", "up");
    }
    String device = made.status() == 0 ? "tun0" : "tunl0";
    web.sysctl("net.ipv4.conf.all.rp_filter", "0");
    web.sysctl("net.ipv4.conf." + device + ".rp_filter", "0");
    web.hideVip(VIP);
  }

  private static void awaitServers(Lab lab, Director director) {
    for (String real : List.of("10.93.2.11", "10.93.2.12")) {
      Await.until(
          real + " to be up",
          DEADLINE,
          () -> director.realState(real).equals("up"),
          () -> lab.logs(40));
    }
  }

  /** Bytes that repeat nowhere near; returns their sha256. */
  private static String bigFile(Path file) throws IOException {
    var random = new Random(1);
    byte[] piece = new byte[1_000_000];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int written = 0; written < BIG; written += piece.length) {
        random.nextBytes(piece);
        out.write(piece);
      }
    }
    return Command.run(List.of("sha256sum", file.toString())).orThrow().split(" ", 2)[0];
  }

  private static String configuration(String kind, int first, int second) {
    return """
    virtual_server %s 80 {
      delay_loop 1
      lb_algo wrr
      lb_kind %s
      protocol TCP
      real_server 10.93.2.11 80 {
        weight %d
        TCP_CHECK {
          connect_timeout 2
          retry 1
          delay_before_retry 1
        }
      }
      real_server 10.93.2.12 80 {
        weight %d
        TCP_CHECK {
          connect_timeout 2
          retry 1
          delay_before_retry 1
        }
      }
    }
    """
        .formatted(VIP, kind, first, second);
  }
}
