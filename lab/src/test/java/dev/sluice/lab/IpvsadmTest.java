package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the kernel's own test of IPVS does, with our ipvsadm as the only replacement: three
 * namespaces, the service before its address, a server nobody has spoken to yet, direct routing by
 * a second leg, then NAT by the default route, and a client that gives up after two seconds.
 */
@Tag("netns")
@ExtendWith(LabExtension.class)
class IpvsadmTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String VIP = "207.175.44.110";
  private static final String SERVICE = VIP + ":8080";
  private static final String SERVER = "10.0.2.3";

  private final List<String> environment = new ArrayList<>();

  @Test
  void theFlowOfTheKernelsOwnTest(Lab lab) throws IOException {
    Segment near = lab.segment("near");
    Segment far = lab.segment("far");
    Segment second = lab.segment("second");
    Host client = near.join(lab.host("client"), "eth0", "10.0.1.2/24");
    Host director = near.join(lab.host("director"), "eth0", "10.0.1.1/24");
    Host server = far.join(lab.host("server"), "eth0", SERVER + "/24");
    far.join(director, "eth1", "10.0.2.1/24");
    second.join(client, "eth1", "10.0.3.2/24");
    second.join(server, "eth1", "10.0.3.3/24");
    director.sysctl("net.ipv4.ip_forward", "1");
    client.sysctl("net.ipv4.conf.all.rp_filter", "0");
    client.sysctl("net.ipv4.conf.eth1.rp_filter", "0");
    server.sysctl("net.ipv4.conf.all.rp_filter", "0");
    server.sysctl("net.ipv4.conf.eth0.rp_filter", "0");
    client.ip("route", "add", VIP + "/32", "via", "10.0.1.1");
    LabProcess daemon = daemon(lab, director);
    WebServer.start(server, 8080, 0);

    expect(director, 0, "", "-A", "-t", SERVICE, "-s", "rr");
    expect(director, 0, "", "-a", "-t", SERVICE, "-r", SERVER + ":8080");
    director.ip("address", "add", VIP + "/32", "dev", "lo", "label", "lo:1");
    server.hideVip(VIP);
    server.ip("route", "add", "10.0.1.2/32", "via", "10.0.3.2");
    assertThat(answer(client)).as("direct routing\n%s", lab.logs(40)).contains("200 OK");

    expect(director, 0, "", "-C");
    server.ip("route", "delete", "10.0.1.2/32");
    server.ip("address", "delete", VIP + "/32", "dev", "lo");
    server.ip("route", "add", "default", "via", "10.0.2.1");
    expect(director, 0, "", "-A", "-t", SERVICE, "-s", "rr");
    expect(director, 0, "", "-a", "-t", SERVICE, "-m", "-r", SERVER + ":8080");
    director.ip("address", "delete", VIP + "/32", "dev", "lo");
    assertThat(answer(client)).as("the address is not here").isEmpty();
    director.ip("address", "add", VIP + "/32", "dev", "lo", "label", "lo:1");
    assertThat(answer(client)).as("NAT\n%s", lab.logs(40)).contains("200 OK");
    assertThat(ipvsadm(director, "-Ln", "--stats").out())
        .containsPattern("TCP  207.175.44.110:8080 +1 ");

    // Killed and started again it has the rules, and a good end takes them away.
    daemon.kill();
    assertThat(ipvsadm(director, "-Ln").status()).isEqualTo(255);
    assertThat(answer(client)).as("without a daemon").contains("200 OK");
    daemon = daemon(lab, director);
    expect(
        director,
        0,
        "-A -t %s -s rr%n-a -t %s -r %s:8080 -m -w 1%n".formatted(SERVICE, SERVICE, SERVER),
        "-Sn");
    assertThat(answer(client)).as("after the restart\n%s", lab.logs(40)).contains("200 OK");
    daemon.terminate(DEADLINE);
    daemon = daemon(lab, director);
    expect(director, 0, "", "-Sn");
    daemon.terminate(DEADLINE);
  }

  @Test
  void besideAConfiguration(Lab lab) throws IOException {
    Host host = lab.segment("lan").join(lab.host("director"), "10.0.1.1/24");
    Director director = Director.of(host, Needs.sluice(), configuration("10.0.1.11")).start();
    link(lab, director.runtimeDirectory());
    Await.until(
        "an answer",
        DEADLINE,
        () -> !director.ask("status").get("version").text().isEmpty(),
        () -> lab.logs(40));
    expect(host, 0, "", "-A", "-u", "10.0.1.51:53", "-s", "rr");
    expect(host, 0, "", "-a", "-u", "10.0.1.51:53", "-r", "10.0.1.12");
    Command.Result taken = ipvsadm(host, "-A", "-t", "10.0.1.50:80");
    assertThat(taken.status()).isEqualTo(255);
    assertThat(taken.err()).startsWith("Service already exists\n");
    Command.Result theirs = ipvsadm(host, "-d", "-t", "10.0.1.50:80", "-r", "10.0.1.11");
    assertThat(theirs.status()).isEqualTo(255);
    assertThat(theirs.err()).contains("belongs to the configuration");

    director.configure(configuration("10.0.1.13"));
    director.reload();
    Await.until(
        "the reload",
        DEADLINE,
        () -> ipvsadm(host, "-Ln").out().contains("10.0.1.13:80"),
        () -> lab.logs(40));
    assertThat(ipvsadm(host, "-Sn").out())
        .isEqualTo(
            """
            -A -t 10.0.1.50:80 -s rr
            -a -t 10.0.1.50:80 -r 10.0.1.13:80 -g -w 1
            -A -u 10.0.1.51:53 -s rr
            -a -u 10.0.1.51:53 -r 10.0.1.12:53 -g -w 1
            """);
    assertThat(director.verb("get", "services").out()).contains("by hand (ipvsadm)");
    expect(host, 0, "", "-C");
    assertThat(ipvsadm(host, "-Sn").out()).doesNotContain("10.0.1.51");
  }

  private static String configuration(String server) {
    return """
    virtual_server 10.0.1.50 80 {
      lb_algo rr
      lb_kind DR
      protocol TCP
      real_server %s 80 {
      }
    }
    """
        .formatted(server);
  }

  private LabProcess daemon(Lab lab, Host host) throws IOException {
    Path directory = lab.folder("daemon").resolve("run");
    LabProcess daemon =
        host.start(
            "sluice",
            List.of(
                Needs.launcher().toString(),
                "run",
                "--plane",
                "xdp",
                "--runtime-dir",
                directory.toString()));
    link(lab, directory);
    Await.until(
        "the daemon's answer",
        DEADLINE,
        () -> ipvsadm(host, "-Ln").status() == 0,
        () -> lab.logs(40));
    return daemon;
  }

  /** Makes a link to the launcher under the name that it is to obey. */
  private void link(Lab lab, Path runtime) throws IOException {
    Path link = lab.folder("bin").resolve("ipvsadm");
    if (!Files.exists(link)) {
      Files.createSymbolicLink(link, Needs.launcher());
    }
    environment.clear();
    environment.addAll(List.of("env", "SLUICE_RUNTIME_DIR=" + runtime, link.toString()));
  }

  private Command.Result ipvsadm(Host host, String... words) {
    List<String> line = new ArrayList<>(environment);
    line.addAll(List.of(words));
    return host.run(line.toArray(String[]::new));
  }

  private void expect(Host host, int status, String out, String... words) {
    Command.Result result = ipvsadm(host, words);
    assertThat(result.status()).as("%s", result).isEqualTo(status);
    assertThat(result.out()).isEqualTo(out);
  }

  /** One try of a client that gives up after two seconds. */
  private static String answer(Host client) {
    return client
        .run(
            "timeout",
            "2",
            "bash",
            "-c",
            "exec 3<>/dev/tcp/" + VIP + "/8080; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3")
        .out();
  }
}
