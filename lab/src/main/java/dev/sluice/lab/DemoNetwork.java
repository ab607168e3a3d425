package dev.sluice.lab;

import java.util.List;

/** The segment of both demos: a client, two directors and three web servers on 172.29.88.0/24. */
final class DemoNetwork {
  static final String VIP = "172.29.88.222";
  static final String CLIENT = "172.29.88.100";
  static final String DIRECTOR1 = "172.29.88.224";
  static final String DIRECTOR2 = "172.29.88.225";
  static final List<String> WEBS = List.of("172.29.88.11", "172.29.88.12", "172.29.88.13");

  final Segment segment;
  final Host client;
  final Host director1;
  final Host director2;
  final List<Host> webs;

  DemoNetwork(Lab lab) {
    segment = lab.segment("lan");
    client = segment.join(lab.host("client"), CLIENT + "/24");
    director1 = segment.join(lab.host("director1"), DIRECTOR1 + "/24");
    director2 = segment.join(lab.host("director2"), DIRECTOR2 + "/24");
    webs =
        List.of(
            segment.join(lab.host("web01"), WEBS.get(0) + "/24"),
            segment.join(lab.host("web02"), WEBS.get(1) + "/24"),
            segment.join(lab.host("web03"), WEBS.get(2) + "/24"));
  }

  List<Host> hosts() {
    return List.of(client, director1, director2, webs.get(0), webs.get(1), webs.get(2));
  }

  /** The web servers' share of a span of traffic: {@code web01 50, web02 33, web03 17}. */
  static String shares(Probe.Summary summary) {
    return summary.perServer().entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .reduce((a, b) -> a + ", " + b)
        .orElse("no answer");
  }
}
