package dev.sluice.lab;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A client, one director in LVS-DR mode and three real servers on one segment. */
final class DirectRouting {
  static final Duration DEADLINE = Duration.ofSeconds(60);
  static final String VIP = "10.91.0.100";
  static final String CLIENT = "10.91.0.9";
  static final List<String> REALS = List.of("10.91.0.11", "10.91.0.12", "10.91.0.13");
  static final List<Integer> WEIGHTS = List.of(3, 2, 1);
  static final String VRRP =
      """
      vrrp_instance web {
        state MASTER
        interface eth0
        virtual_router_id 51
        priority 150
        version 3
        advert_int 0.3
        virtual_ipaddress {
          10.91.0.100/24
        }
      }
      """;

  final Lab lab;
  final Segment segment;
  final Host client;
  final Director director;
  final List<Host> webs;

  private DirectRouting(Lab lab) {
    this.lab = lab;
    this.segment = lab.segment("lan");
    this.client = segment.join(lab.host("client"), CLIENT + "/24");
    Host host = segment.join(lab.host("director"), "10.91.0.1/24");
    this.director = Director.of(host, Needs.sluice(), configuration(WEIGHTS));
    this.webs =
        List.of(
            segment.join(lab.host("web01"), REALS.get(0) + "/24").hideVip(VIP),
            segment.join(lab.host("web02"), REALS.get(1) + "/24").hideVip(VIP),
            segment.join(lab.host("web03"), REALS.get(2) + "/24").hideVip(VIP));
  }

  /** The network; no daemon and no web server runs yet. */
  static DirectRouting build(Lab lab) {
    return new DirectRouting(lab);
  }

  /** Starts the daemon and waits until it is MASTER and all real servers passed their checks. */
  void startDirector() {
    director.start();
    awaitServing();
  }

  /** Waits until the daemon is MASTER and all real servers passed their checks. */
  void awaitServing() {
    Await.until(
        "the director to be MASTER",
        DEADLINE,
        () -> director.isMaster("web", VIP),
        () -> lab.logs(40));
    for (String real : REALS) {
      awaitReal(real, "up");
    }
  }

  void awaitReal(String address, String state) {
    Await.until(
        "real server " + address + " to be " + state,
        DEADLINE,
        () -> director.realState(address).equals(state),
        () -> director.status().text() + "\n" + lab.logs(40));
  }

  /** A client that asks every 20 ms and never stops. */
  Probe load() {
    Probe probe = Probe.start(client, new Probe.Plan(VIP, 80, "/", 20, 2_000, 0));
    probe.awaitAnswers(10, DEADLINE);
    return probe;
  }

  /** What {@code requests} come to when they are shared by weight exactly. */
  static Map<String, Integer> exactShares(int requests, int... weights) {
    var shares = new java.util.TreeMap<String, Integer>();
    int sum = java.util.Arrays.stream(weights).sum();
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        shares.put("web0" + (i + 1), requests * weights[i] / sum);
      }
    }
    return shares;
  }

  static String configuration(List<Integer> weights) {
    var reals = new StringBuilder();
    for (int i = 0; i < weights.size(); i++) {
      reals.append(
          """
          real_server %s 80 {
            weight %d
            TCP_CHECK {
              connect_timeout 2
              retry 1
              delay_before_retry 1
            }
          }
          """
              .formatted(REALS.get(i), weights.get(i)));
    }
    return VRRP
        + """
        virtual_server %s 80 {
          delay_loop 1
          lb_algo wrr
          lb_kind DR
          protocol TCP
        %s}
        """
            .formatted(VIP, reals);
  }
}
