package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.core.api.Api;
import dev.sluice.core.api.StatusReport;
import dev.sluice.core.api.StatusReport.Check;
import dev.sluice.core.api.StatusReport.Interface;
import dev.sluice.core.api.StatusReport.Plane;
import dev.sluice.core.api.StatusReport.Real;
import dev.sluice.core.api.StatusReport.Script;
import dev.sluice.core.api.StatusReport.Service;
import dev.sluice.core.api.StatusReport.SyncGroup;
import dev.sluice.core.api.StatusReport.Vrrp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tables, letter for letter. */
class StatusTextTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

  private static final StatusReport REPORT =
      new StatusReport(
          "0.1",
          4242,
          3,
          "/etc/keepalived/keepalived.conf",
          "2026-10-29T10:00:00Z",
          List.of(
              new Vrrp(
                  "VI_1",
                  "MASTER",
                  51,
                  2,
                  "eth0",
                  110,
                  90,
                  List.of("base 110", "-20 script chk"),
                  List.of("192.0.2.10/24", "192.0.2.11/24"),
                  "10.0.0.1",
                  "2026-11-01T11:57:30Z",
                  "no advert from 10.0.0.2 for 3.6 s",
                  List.of(),
                  Map.of("sent", 30L, "received", 2L, "dual_master_millis", 0L),
                  null,
                  0,
                  true,
                  null,
                  null,
                  null,
                  false,
                  List.of(),
                  List.of(),
                  List.of(),
                  new StatusReport.Lease(10, true)),
              new Vrrp(
                  "VI_LONG_NAME",
                  "FAULT",
                  7,
                  3,
                  "eth1",
                  100,
                  100,
                  List.of("base 100"),
                  List.of("2001:db8::10/64"),
                  null,
                  "2026-11-01T11:59:19Z",
                  "eth1 went down",
                  List.of("interface eth1 is down"),
                  Map.of(),
                  null,
                  0,
                  true,
                  null,
                  null,
                  null,
                  false,
                  List.of(),
                  List.of(),
                  List.of(),
                  new StatusReport.Lease(0, false))),
          List.of(new SyncGroup("G", "MASTER", List.of("VI_1", "VI_LONG_NAME"))),
          List.of(new Script("chk", "bad", "exit 1")),
          List.of(
              new Service(
                  "192.0.2.10",
                  443,
                  "tcp",
                  "wrr",
                  "DR",
                  "degraded",
                  1,
                  "10.1.0.99:443",
                  false,
                  412_345,
                  1_200_000,
                  99_950_000_000L,
                  List.of(
                      new Real(
                          "10.1.0.11",
                          443,
                          3,
                          3,
                          "up",
                          82,
                          1500,
                          82_000,
                          9,
                          9,
                          new Check("HTTP_GET", true, "200 for /", 4.1, "2026-10-28T12:00:00Z")),
                      new Real(
                          "10.1.0.13",
                          443,
                          0,
                          1,
                          "down",
                          0,
                          0,
                          5,
                          9,
                          9,
                          new Check(
                              "HTTP_GET",
                              false,
                              "503 for /, expected 200",
                              12.0,
                              "2026-11-01T11:59:19Z"))),
                  false),
              new Service(
                  "2001:db8::10",
                  53,
                  "udp",
                  "rr",
                  "DR",
                  "up",
                  1,
                  null,
                  false,
                  0,
                  0,
                  0,
                  List.of(new Real("2001:db8::53", 53, 1, 1, "unchecked", 0, 0, 0, 0, 0, null)),
                  false)),
          new Plane(
              "xdp",
              "auto",
              true,
              List.of(
                  new Interface("eth0", 2, "tcx", "veth is virtual"),
                  new Interface("eth1", 3, null, "belongs to br0")),
              Map.of("FORWARD", 12L, "DROP", 1L),
              null),
          List.of(),
          List.of("VI_LONG_NAME is in FAULT: interface eth1 is down"),
          new StatusReport.VrrpLoop(false, 7, 32, 131, 2_097, Map.of("unknown_vrid", 3L)));

  @Test
  void screen() {
    assertThat(new StatusText(REPORT, NOW, false).all())
        .isEqualTo(
            """
            sluice 0.1  pid 4242  up 3d2h  generation 3  /etc/keepalived/keepalived.conf

            VRRP
              VI_1          MASTER  2m30s  vrid 51  v2  eth0  prio 90 of 110  master 10.0.0.1  192.0.2.10/24 192.0.2.11/24
                  priority 90: base 110, -20 script chk
              VI_LONG_NAME  FAULT   41s    vrid 7   v3  eth1  prio 100        master unknown   2001:db8::10/64
                  fault: interface eth1 is down
                  why: eth1 went down
              G             MASTER         group of VI_1, VI_LONG_NAME
              timers late by 0.1 ms (99 of 100), 2.1 ms at worst; without real-time priority

            Services
              192.0.2.10:443/tcp  wrr DR  DEGRADED 1/2  quorum 1  412k conn
                  sorry server 10.1.0.99:443 stands by
                  10.1.0.11:443  UP 4d     weight 3       82 active  1.5k inactive  82.0k conn  HTTP_GET: 200 for / (4.1 ms)
                  10.1.0.13:443  DOWN 41s  weight 0 of 1  0 active   0 inactive     5 conn      HTTP_GET: 503 for /, expected 200 (12.0 ms)
              [2001:db8::10]:53/udp  rr DR  UP 1/1  quorum 1  0 conn
                  [2001:db8::53]:53  UNCHECKED  weight 1  0 active  0 inactive  0 conn  not checked

            Plane
              xdp (tcx), taken over from the daemon before
                eth0  tcx           veth is virtual
                eth1  not attached  belongs to br0

            Scripts
              chk  bad  exit 1

            Warnings
              VI_LONG_NAME is in FAULT: interface eth1 is down
            """);
  }

  @Test
  void wideHasCounters() {
    String text = new StatusText(REPORT, NOW, true).all();
    assertThat(text)
        .contains("    dual_master_millis 0  received 2  sent 30\n")
        .contains("    addresses are leased for 10 s\n")
        .contains("    addresses stay for ever (vip_lease 0)\n")
        .contains("without real-time priority; unknown_vrid 3\n")
        .contains("412k conn  1.2M packets  100GB in\n")
        .contains("    why: no advert from 10.0.0.2 for 3.6 s\n")
        .contains("    DROP 1  FORWARD 12\n");
  }

  @Test
  void lists() {
    var text = new StatusText(REPORT, NOW, false);
    assertThat(text.checks())
        .isEqualTo(
            """
              10.1.0.11:443  of 192.0.2.10:443/tcp  passes  4d   HTTP_GET: 200 for / (4.1 ms)
              10.1.0.13:443  of 192.0.2.10:443/tcp  fails   41s  HTTP_GET: 503 for /, expected 200 (12.0 ms)
            """);
    assertThat(text.reals().lines()).hasSize(3);
    assertThat(text.serviceLines().lines()).hasSize(2);
  }

  @Test
  void jsonOfSomeObjects() {
    String answer = Api.toJson(REPORT);
    assertThat(StatusJson.select(answer, List.of("vrrp")))
        .startsWith("[{\"name\":\"VI_1\",\"state\":\"MASTER\",\"vrid\":51")
        .contains("\"master\":null");
    assertThat(StatusJson.select(answer, List.of("checks", "reals")))
        .startsWith(
            "{\"checks\":[{\"service_vip\":\"192.0.2.10\",\"service_port\":443,"
                + "\"service_protocol\":\"tcp\",\"address\":\"10.1.0.11\",\"port\":443,"
                + "\"type\":\"HTTP_GET\"")
        .contains("\"reals\":[{\"service_vip\":\"192.0.2.10\"")
        .contains("\"check\":null");
  }

  @Test
  void amountsAndSpans() {
    assertThat(Span.amount(999)).isEqualTo("999");
    assertThat(Span.amount(1000)).isEqualTo("1.0k");
    assertThat(Span.amount(99_949)).isEqualTo("99.9k");
    assertThat(Span.amount(99_951)).isEqualTo("100k");
    assertThat(Span.amount(999_600)).isEqualTo("1.0M");
    assertThat(Span.since("2026-11-01T12:00:05Z", NOW)).isEqualTo("0s");
    assertThat(Span.since("2026-11-01T10:00:00Z", NOW)).isEqualTo("2h");
    assertThat(Span.since("2026-11-01T11:30:10Z", NOW)).isEqualTo("29m");
    assertThat(Span.since(null, NOW)).isEmpty();
    assertThat(Span.since("yesterday", NOW)).isEmpty();
  }
}
