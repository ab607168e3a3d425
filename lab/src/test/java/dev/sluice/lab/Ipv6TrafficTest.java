package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service with an IPv6 address: checks, neighbours by NDP, shares, a server that dies and a
 * daemon that is killed. The client and the servers are on two networks; answers take a router (DR)
 * or the director (NAT).
 */
@Tag("netns")
@Tag("xdp")
@Tag("nginx")
@ExtendWith(LabExtension.class)
class Ipv6TrafficTest {
  private static final Duration DEADLINE = Duration.ofSeconds(90);
  private static final String VIP = "fd00:93:1::100";
  private static final List<String> REALS = List.of("fd00:93:2::11", "fd00:93:2::12");

  @ParameterizedTest
  @ValueSource(strings = {"DR", "NAT"})
  void requestsAreSharedAndOutliveAServerAndADaemon(String kind, Lab lab) {
    Needs.nginx();
    Needs.tool("curl", "curl");
    Segment near = lab.segment("near");
    Segment far = lab.segment("far");
    Host client = near.join(lab.host("client"), "eth0", "10.93.1.9/24");
    Host host = near.join(lab.host("director"), "eth0", "10.93.1.1/24");
    far.join(host, "eth1", "10.93.2.1/24");
    Host router = near.join(lab.host("router"), "eth0", "10.93.1.254/24");
    far.join(router, "eth1", "10.93.2.254/24");
    router.sysctl("net.ipv6.conf.all.forwarding", "1");
    host.sysctl("net.ipv6.conf.all.forwarding", "1");
    address(client, "eth0", "fd00:93:1::9/64");
    address(host, "eth0", "fd00:93:1::1/64");
    address(host, "eth0", VIP + "/128");
    address(host, "eth1", "fd00:93:2::1/64");
    address(router, "eth0", "fd00:93:1::254/64");
    address(router, "eth1", "fd00:93:2::254/64");
    client.ip("-6", "route", "add", "default", "via", "fd00:93:1::254");
    Nginx dying = web(lab, far, "web01", REALS.getFirst(), kind);
    web(lab, far, "web02", REALS.getLast(), kind);
    Director director = Director.of(host, Needs.sluice(), configuration(kind)).start();
    REALS.forEach(real -> awaitReal(lab, director, real, "up"));

    List<String> answers = ask(client, 20);
    assertThat(answers).hasSize(20).allMatch(line -> line.endsWith(" fd00:93:1::9"));
    assertThat(answers.stream().filter(line -> line.startsWith("web01"))).hasSize(10);
    assertThat(answers.stream().filter(line -> line.startsWith("web02"))).hasSize(10);

    director.process().kill();
    assertThat(ask(client, 10)).as("without a daemon").hasSize(10);
    director.start();
    REALS.forEach(real -> awaitReal(lab, director, real, "up"));

    dying.process().kill();
    awaitReal(lab, director, REALS.getFirst(), "down");
    assertThat(ask(client, 10)).hasSize(10).allMatch(line -> line.startsWith("web02 "));
    assertThat(director.process().log().lines()).noneMatch(line -> line.contains(" error "));
  }

  /** One line for each answer: who served whom. */
  private static List<String> ask(Host client, int times) {
    return client
        .exec(
            "sh",
            "-c",
            "for i in $(seq %d); do curl -sS -g -m 10 'http://[%s]/name' || exit 1; done"
                .formatted(times, VIP))
        .lines()
        .toList();
  }

  private static Nginx web(Lab lab, Segment far, String name, String address, String kind) {
    Host web = far.join(lab.host(name), "eth0", "10.93.2.1%s/24".formatted(name.substring(4)));
    address(web, "eth0", address + "/64");
    boolean nat = kind.equals("NAT");
    web.ip("-6", "route", "add", "default", "via", nat ? "fd00:93:2::1" : "fd00:93:2::254");
    if (!nat) {
      // Nobody asks for its neighbour there: NDP answers for the device's own addresses only.
      address(web, "lo", VIP + "/128");
    }
    return Nginx.start(
        web,
        "0.0.0.0",
        80,
        """
        server {
          listen 80;
          listen [::]:80;
          location /name { return 200 "%s $remote_addr\\n"; }
        }
        """
            .formatted(name));
  }

  private static void address(Host host, String device, String address) {
    host.ip("-6", "address", "add", address, "dev", device, "nodad");
  }

  private static void awaitReal(Lab lab, Director director, String real, String state) {
    Await.until(
        real + " to be " + state,
        DEADLINE,
        () -> director.realState(real).equals(state),
        () -> director.status().text() + "\n" + lab.logs(40));
  }

  private static String configuration(String kind) {
    var reals = new StringBuilder();
    for (String real : REALS) {
      reals.append(
          """
            real_server %s 80 {
              weight 1
              TCP_CHECK {
                connect_timeout 2
                retry 1
                delay_before_retry 1
              }
            }
          """
              .formatted(real));
    }
    return """
    virtual_server %s 80 {
      delay_loop 1
      lb_algo rr
      lb_kind %s
      protocol TCP
    %s}
    """
        .formatted(VIP, kind, reals);
  }
}
