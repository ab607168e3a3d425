package dev.sluice.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The other classic picture: a VIP in front of two real nginx proxies, web01-03 behind them.
 * Nothing is forwarded by sluice; a {@code vrrp_script} watches nginx, and a dead nginx moves the
 * VIP.
 */
final class ProxyDemo {
  private static final String VIP = DemoNetwork.VIP;
  private static final int STEPS = 4;
  private static final Duration DEADLINE = Duration.ofSeconds(40);

  private final Lab lab;
  private final Narrator narrator;
  private final DemoNetwork network;
  private final Director director1;
  private final Director director2;
  private @Nullable Nginx nginx1;

  ProxyDemo(Lab lab, Director.Program program, Narrator narrator) {
    this.lab = lab;
    this.narrator = narrator;
    narrator.say(
        "sluice demo nginx: a VIP in front of two nginx proxies, out of network namespaces");
    this.network = new DemoNetwork(lab);
    this.director1 = director(program, network.director1, "MASTER", 150);
    this.director2 = director(program, network.director2, "BACKUP", 100);
  }

  private Director director(Director.Program program, Host host, String state, int priority) {
    return Director.of(host, program, configuration(host, state, priority));
  }

  /** Builds the network and starts everything but the client. */
  List<Host> build() {
    narrator.say(
        """

          client .100
            |
         ---+------+---------------+------------+---------+---------+---  172.29.88.0/24
                   |               |            |         |         |
               director1       director2      web01     web02     web03
               .224 MASTER     .225 BACKUP    .11       .12       .13
               nginx           nginx
                   '-- VIP .222 ---'

        director1's keepalived.conf (director2: state BACKUP, priority 100):
        """);
    narrator.say(configuration(network.director1, "MASTER", 150).indent(4));
    narrator.say("");
    narrator.say("and the script that watches nginx:");
    narrator.say(script(network.director1).indent(4));
    narrator.say("");
    List<LabProcess> webs = network.webs.stream().map(web -> WebServer.launch(web, 80, 0)).toList();
    nginx1 = proxy(network.director1);
    proxy(network.director2);
    director1.start();
    director2.start();
    for (LabProcess web : webs) {
      WebServer.awaitReady(web);
    }
    return network.hosts();
  }

  /** Runs the whole show and returns the exit status. */
  int run() {
    build();
    if (!narrator.step(lab, "Election: the VIP is on director1", this::election)) {
      narrator.say(lab.logs(20));
      return narrator.summary(STEPS);
    }
    Probe probe = Probe.start(network.client, new Probe.Plan(VIP, 80, "/", 20, 2_000, 0));
    narrator.traffic(probe);
    narrator.step(lab, "Requests through director1's nginx to web01-03", () -> proxied(probe));
    narrator.step(lab, "nginx dies on director1: the VIP moves", () -> nginxDies(probe));
    narrator.step(lab, "nginx is back on director1: the VIP returns", () -> nginxReturns(probe));
    int status = narrator.summary(STEPS);
    Probe.Summary all = probe.summary(Long.MIN_VALUE);
    narrator.say(
        "The client sent %d requests, %d of them failed; its longest wait between two answers was %s."
            .formatted(all.requests(), all.failed(), Narrator.seconds(all.longestGap())));
    if (status != 0) {
      narrator.say(lab.logs(20));
    }
    return status;
  }

  private String election() {
    Duration took =
        narrator.watch(
            "director1 to hold the VIP",
            () -> director1.isMaster("proxy", VIP) && !director2.holds(VIP));
    return "director1 is MASTER %s after the start".formatted(Narrator.seconds(took));
  }

  private String proxied(Probe probe) {
    awaitThrough(probe, DemoNetwork.DIRECTOR1, System.nanoTime(), 90);
    Probe.Summary summary = probe.summary(Long.MIN_VALUE);
    if (summary.perServer().size() != network.webs.size()) {
      throw new LabException("not every web server answered: " + summary.perServer());
    }
    return DemoNetwork.shares(summary);
  }

  private String nginxDies(Probe probe) {
    Nginx nginx = nginx1;
    if (nginx == null) {
      throw new LabException("nginx was never started");
    }
    long start = System.nanoTime();
    nginx.process().kill();
    narrator.note(
        "director1's nginx is killed; its script now fails and takes 60 from its priority");
    Duration took =
        narrator.watch(
            "director2 to hold the VIP", () -> director2.holds(VIP) && !director1.holds(VIP));
    narrator.note("director2 has the VIP");
    awaitThrough(probe, DemoNetwork.DIRECTOR2, start, 50);
    Probe.Summary since = probe.summary(start);
    return "the VIP moved after %s; %d of %d requests failed"
        .formatted(Narrator.seconds(took), since.failed(), since.requests());
  }

  private String nginxReturns(Probe probe) {
    Nginx nginx = nginx1;
    if (nginx == null) {
      throw new LabException("nginx was never started");
    }
    long start = System.nanoTime();
    nginx.restart();
    narrator.note("director1's nginx is started again");
    Duration took =
        narrator.watch(
            "director1 to hold the VIP", () -> director1.holds(VIP) && !director2.holds(VIP));
    narrator.note("director1 has the VIP");
    long back = System.nanoTime();
    awaitThrough(probe, DemoNetwork.DIRECTOR1, back, 50);
    Probe.Summary since = probe.summary(start);
    return "the VIP returned after %s; %d of %d requests failed"
        .formatted(Narrator.seconds(took), since.failed(), since.requests());
  }

  /**
   * Waits for answers that came through the proxy with that address: the web servers see it as
   * their client.
   */
  private static void awaitThrough(Probe probe, String proxy, long since, int count) {
    Await.until(
        count + " answers through " + proxy,
        DEADLINE,
        () ->
            probe.samples(since).stream().filter(s -> s.ok() && s.detail().equals(proxy)).count()
                >= count,
        () -> probe.summary(since).toString());
  }

  private Nginx proxy(Host host) {
    // nginx binds the VIP on the backup too, where it is no address yet.
    host.sysctl("net.ipv4.ip_nonlocal_bind", "1");
    var servers = new StringBuilder();
    for (String web : DemoNetwork.WEBS) {
      servers.append("server ").append(web).append(":80; ");
    }
    return Nginx.start(
        host,
        VIP,
        80,
        """
        upstream webs { %s}
        server {
          listen %s:80;
          location / { proxy_pass http://webs; }
        }
        """
            .formatted(servers, VIP));
  }

  private String configuration(Host host, String state, int priority) {
    return """
    global_defs {
        router_id %1$s
        script_user root
    }

    vrrp_script nginx_lives {
        script "%2$s"
        interval 1
        fall 2
        rise 2
        weight -60
    }

    vrrp_instance proxy {
        state %3$s
        interface eth0
        virtual_router_id 88
        priority %4$d
        advert_int 1
        virtual_ipaddress {
            %5$s/24
        }
        track_script {
            nginx_lives
        }
    }
    """
        .formatted(host.name(), writeScript(host), state, priority, VIP);
  }

  private String script(Host host) {
    return """
    #!/bin/sh
    # Is nginx's master process alive?
    exec kill -0 "$(cat %s)"
    """
        .formatted(Nginx.pidFile(host));
  }

  private Path writeScript(Host host) {
    Path path = lab.folder(host.name()).resolve("nginx-lives");
    try {
      Files.writeString(path, script(host));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
      return path;
    } catch (IOException e) {
      throw new LabException("cannot write %s: %s".formatted(path, e.getMessage()));
    }
  }
}
