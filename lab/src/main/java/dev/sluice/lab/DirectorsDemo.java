package dev.sluice.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The main job: two directors share a VIP by VRRP, check three web servers and forward to them in
 * LVS-DR mode, while a client never stops requesting. A web server dies, the master's daemon dies,
 * the master's cable is pulled; each comes back.
 */
final class DirectorsDemo {
  private static final String VIP = DemoNetwork.VIP;
  private static final List<Integer> WEIGHTS = List.of(3, 2, 1);
  private static final int STEPS = 8;
  private static final int ANSWER_BYTES = 8_000;
  private static final int INTERVAL_MILLIS = 20;
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final Duration DEADLINE = Duration.ofSeconds(40);

  /**
   * How far a share may lie from the weights, in percent of all requests: rounding at both ends of
   * the count.
   */
  private static final double SHARE_TOLERANCE_PERCENT = 3;

  private final Lab lab;
  private final Path launcher;
  private final Narrator narrator;
  private final DemoNetwork network;
  private final List<LabProcess> webs = new ArrayList<>();
  private final Director director1;
  private final Director director2;

  DirectorsDemo(Lab lab, Path launcher, Narrator narrator) {
    this.lab = lab;
    this.launcher = launcher;
    this.narrator = narrator;
    narrator.say("sluice demo: a pair of directors on this machine, out of network namespaces");
    this.network = new DemoNetwork(lab);
    this.director1 = director(network.director1, "MASTER", 150);
    this.director2 = director(network.director2, "BACKUP", 100);
  }

  private Director director(Host host, String state, int priority) {
    return Director.sluice(host, launcher, configuration(host.name(), state, priority));
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
                   '-- VIP .222 ---'          weight 3  weight 2  weight 1
                                              '-- the VIP hidden on lo --'

        director1's keepalived.conf (director2: state BACKUP, priority 100):
        """);
    narrator.say(configuration("director1", "MASTER", 150).indent(4));
    narrator.say("");
    for (Host web : network.webs) {
      web.hideVip(VIP);
      webs.add(WebServer.launch(web, 80, ANSWER_BYTES));
    }
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
    if (!narrator.step(
        lab, "Election: one MASTER, one BACKUP, three healthy servers", this::election)) {
      narrator.say(lab.logs(20));
      return narrator.summary(STEPS);
    }
    Probe probe =
        Probe.start(
            network.client, new Probe.Plan(VIP, 80, "/", INTERVAL_MILLIS, TIMEOUT_MILLIS, 0));
    narrator.traffic(probe);
    narrator.step(
        lab, "Distribution by weight 3:2:1, replies straight to the client", () -> traffic(probe));
    narrator.step(lab, "web02 is killed: checked, taken out", () -> webDies(probe));
    narrator.step(lab, "web02 is back", () -> webReturns(probe));
    narrator.step(lab, "The master's daemon is killed (SIGKILL)", () -> masterDies(probe));
    narrator.step(lab, "The master is back: preemption", () -> masterReturns(probe));
    narrator.step(lab, "The master's cable is pulled", () -> cablePulled(probe));
    narrator.step(lab, "The cable is back: preemption", () -> cableBack(probe));
    Probe.Summary all = probe.summary(Long.MIN_VALUE);
    int status = narrator.summary(STEPS);
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
            "director1 to be MASTER and director2 BACKUP",
            () ->
                director1.isMaster("web", VIP)
                    && !director2.holds(VIP)
                    && director2.vrrpState("web").equals("BACKUP"));
    for (Director director : List.of(director1, director2)) {
      narrator.watch(
          "all web servers to pass their checks on " + director,
          () -> DemoNetwork.WEBS.stream().allMatch(web -> director.realState(web).equals("up")));
    }
    narrator.note("sluice status on director1:");
    narrator.say("");
    narrator.say(director1.verb("status").orThrow().indent(11));
    narrator.say("");
    Json plane = director1.status().get("plane");
    String hooks =
        plane.get("interfaces").items().stream()
            .map(each -> "%s %s".formatted(each.get("name").text(), each.get("hook").text()))
            .reduce((a, b) -> a + ", " + b)
            .orElse("none");
    narrator.note("director1 forwards by plane %s (%s)".formatted(plane.get("kind").text(), hooks));
    return "director1 is MASTER %s after the start".formatted(Narrator.seconds(took));
  }

  private String traffic(Probe probe) {
    probe.awaitAnswers(5, DEADLINE);
    Counters client = network.segment.counters(network.client);
    Counters director = network.segment.counters(network.director1);
    List<Counters> before = network.webs.stream().map(network.segment::counters).toList();
    long start = System.nanoTime();
    narrator.watch("300 answers", () -> probe.summary(start).requests() >= 300);
    Probe.Summary summary = probe.summary(start);
    Counters clientMoved = network.segment.counters(network.client).since(client);
    Counters directorMoved = network.segment.counters(network.director1).since(director);
    long webRx = 0;
    long webTx = 0;
    for (int i = 0; i < before.size(); i++) {
      Counters moved = network.segment.counters(network.webs.get(i)).since(before.get(i));
      webRx += moved.rxBytes();
      webTx += moved.txBytes();
    }
    narrator.say("");
    narrator.say("           by interface counters   received        sent");
    for (Map.Entry<String, long[]> row :
        List.of(
            Map.entry("client", new long[] {clientMoved.rxBytes(), clientMoved.txBytes()}),
            Map.entry("director1", new long[] {directorMoved.rxBytes(), directorMoved.txBytes()}),
            Map.entry("web01-03", new long[] {webRx, webTx}))) {
      narrator.say(
          "           %-21s %8d kB %8d kB"
              .formatted(row.getKey(), row.getValue()[0] / 1000, row.getValue()[1] / 1000));
    }
    narrator.say("");
    demand(
        summary.failed() == 0,
        () -> "%d requests failed: %s".formatted(summary.failed(), summary.failures()));
    int weights = WEIGHTS.stream().mapToInt(Integer::intValue).sum();
    for (int i = 0; i < WEIGHTS.size(); i++) {
      String name = network.webs.get(i).name();
      double share = 100.0 * summary.perServer().getOrDefault(name, 0) / summary.requests();
      double due = 100.0 * WEIGHTS.get(i) / weights;
      demand(
          Math.abs(share - due) <= SHARE_TOLERANCE_PERCENT,
          () ->
              "%s answered %.1f %% of the requests, its weight is due %.1f %%"
                  .formatted(name, share, due));
    }
    for (Probe.Sample sample : probe.samples(start)) {
      demand(
          sample.detail().equals(DemoNetwork.CLIENT),
          () ->
              "a web server saw %s instead of the client's own address".formatted(sample.detail()));
    }
    demand(
        directorMoved.rxBytes() < clientMoved.rxBytes() / 4
            && directorMoved.txBytes() < clientMoved.rxBytes() / 4,
        () ->
            "replies went through the director: it received %d and sent %d bytes, the client received %d"
                .formatted(
                    directorMoved.rxBytes(), directorMoved.txBytes(), clientMoved.rxBytes()));
    return "%s of %d; the director sent on %d kB, the client received %d kB straight from the servers"
        .formatted(
            DemoNetwork.shares(summary),
            summary.requests(),
            directorMoved.txBytes() / 1000,
            clientMoved.rxBytes() / 1000);
  }

  private String webDies(Probe probe) {
    long start = System.nanoTime();
    webs.get(1).kill();
    narrator.note("web02's server is killed");
    Duration took =
        narrator.watch(
            "director1 to take web02 out",
            () -> director1.realState(DemoNetwork.WEBS.get(1)).equals("down"));
    narrator.note("director1 has taken web02 out");
    long out = System.nanoTime();
    probe.awaitAnswers(100, DEADLINE);
    Probe.Summary after = probe.summary(out + Duration.ofMillis(200).toNanos());
    demand(
        after.failed() == 0,
        () -> "requests fail although web02 is out: %s".formatted(after.failures()));
    demand(
        !after.perServer().containsKey("web02"),
        () -> "web02 answered although it is dead: %s".formatted(after.perServer()));
    return "out of the table after %s; %d requests failed meanwhile; now %s"
        .formatted(
            Narrator.seconds(took), probe.summary(start).failed(), DemoNetwork.shares(after));
  }

  private String webReturns(Probe probe) {
    long start = System.nanoTime();
    webs.set(1, WebServer.start(network.webs.get(1), 80, ANSWER_BYTES));
    narrator.note("web02's server is started again");
    Duration took =
        narrator.watch(
            "web02 to answer requests again",
            () -> probe.summary(start).perServer().containsKey("web02"));
    Probe.Summary since = probe.summary(start);
    return "back after %s; %d requests failed".formatted(Narrator.seconds(took), since.failed());
  }

  private String masterDies(Probe probe) {
    long start = System.nanoTime();
    director1.process().kill();
    narrator.note("director1's daemon is killed; its forwarding plane stays in the kernel");
    Duration took = narrator.watch("director2 to take the VIP over", () -> director2.holds(VIP));
    narrator.note("director2 has the VIP");
    probe.awaitAnswers(50, DEADLINE);
    return outcome("director2 took over after " + Narrator.seconds(took), probe, start);
  }

  private String masterReturns(Probe probe) {
    long start = System.nanoTime();
    director1.start();
    narrator.note("director1's daemon is started again");
    Duration took = awaitDirector1Master();
    probe.awaitAnswers(50, DEADLINE);
    return outcome("director1 took the VIP back after " + Narrator.seconds(took), probe, start);
  }

  private String cablePulled(Probe probe) {
    long start = System.nanoTime();
    network.segment.cut(network.director1);
    narrator.note("director1's cable is pulled: as if the machine died");
    Duration took = narrator.watch("director2 to take the VIP over", () -> director2.holds(VIP));
    narrator.note("director2 has the VIP");
    probe.awaitAnswers(50, DEADLINE);
    return outcome("director2 took over after " + Narrator.seconds(took), probe, start);
  }

  private String cableBack(Probe probe) {
    long start = System.nanoTime();
    network.segment.mend(network.director1);
    Duration took = awaitDirector1Master();
    probe.awaitAnswers(50, DEADLINE);
    return outcome("director1 took the VIP back after " + Narrator.seconds(took), probe, start);
  }

  private Duration awaitDirector1Master() {
    Duration took =
        narrator.watch(
            "director1 to be MASTER again and director2 to let the VIP go",
            () -> director1.isMaster("web", VIP) && !director2.holds(VIP));
    narrator.note("director1 has the VIP, director2 is BACKUP");
    return took;
  }

  private static String outcome(String what, Probe probe, long start) {
    Probe.Summary since = probe.summary(start);
    return "%s; %d of %d requests failed, longest wait %s"
        .formatted(what, since.failed(), since.requests(), Narrator.seconds(since.longestGap()));
  }

  private static void demand(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new LabException(otherwise.get());
    }
  }

  private static String configuration(String name, String state, int priority) {
    var reals = new StringBuilder();
    for (int i = 0; i < WEIGHTS.size(); i++) {
      reals.append(
          """
              real_server %s 80 {
                  weight %d
                  HTTP_GET {
                      url {
                          path /health
                          status_code 200
                      }
                      connect_timeout 1
                      retry 1
                      delay_before_retry 1
                  }
              }
          """
              .formatted(DemoNetwork.WEBS.get(i), WEIGHTS.get(i)));
    }
    return """
    global_defs {
        router_id %s
    }

    vrrp_instance web {
        state %s
        interface eth0
        virtual_router_id 88
        priority %d
        advert_int 1
        authentication {
            auth_type PASS
            auth_pass sluice88
        }
        virtual_ipaddress {
            %s/24
        }
    }

    virtual_server %s 80 {
        delay_loop 1
        lb_algo wrr
        lb_kind DR
        protocol TCP

    %s}
    """
        .formatted(name, state, priority, VIP, VIP, reals);
  }
}
