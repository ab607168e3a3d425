package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What traffic notices of the daemon's own life: killed, started again, reloaded, stopped. */
@Tag("netns")
@Tag("xdp")
@ExtendWith(LabExtension.class)
class DaemonLifeTest {
  @Test
  void forwardingOutlivesAKilledDaemonAndTheNextOneAdoptsIt(Lab lab) {
    DirectRouting net = serving(lab);
    Probe probe = net.load();
    // A connection of some 30 s, so that it is open through all of it; its lines come ten a second.
    Probe lasting =
        Probe.start(net.client, new Probe.Plan(DirectRouting.VIP, 80, "/drip/300", 0, 5_000, 1));
    Await.until(
        "the lasting connection to be open",
        DirectRouting.DEADLINE,
        () -> lab.logs(2000).contains("/drip/300"));
    long start = System.nanoTime();

    net.director.process().kill();
    probe.awaitAnswers(100, DirectRouting.DEADLINE);
    assertThat(probe.summary(start).failures()).as("without a daemon").isEmpty();

    net.director.start();
    net.awaitServing();
    assertThat(net.director.status().get("plane").get("adopted").text()).isEqualTo("true");
    probe.awaitAnswers(100, DirectRouting.DEADLINE);
    assertThat(probe.summary(start).failures()).as("adopted").isEmpty();
    lasting.awaitDone(DirectRouting.DEADLINE);
    assertThat(lasting.summary(Long.MIN_VALUE).failures()).as("established connection").isEmpty();

    // The new daemon governs what it adopted: it still takes a dead server out.
    Probe.Summary shares = probe.summary(start);
    assertThat(shares.perServer()).containsOnlyKeys("web01", "web02", "web03");
  }

  @Test
  void aBrokenFileChangesNothing(Lab lab) {
    DirectRouting net = serving(lab);
    Probe probe = net.load();
    long start = System.nanoTime();
    Json before = net.director.status();

    net.director.configure(
        DirectRouting.configuration(DirectRouting.WEIGHTS)
            .replace("virtual_ipaddress {", "virtual_ipaddress"));
    net.director.reload();
    Await.until(
        "the daemon to complain about the file",
        DirectRouting.DEADLINE,
        () -> net.director.process().log().contains(net.director.configurationFile() + ":"),
        net.director.process()::log);

    probe.awaitAnswers(50, DirectRouting.DEADLINE);
    assertThat(probe.summary(start).failures()).isEmpty();
    assertThat(net.director.holds(DirectRouting.VIP)).isTrue();
    Json after = net.director.status();
    assertThat(after.get("generation").number()).isEqualTo(before.get("generation").number());
    assertThat(sinces(after)).isEqualTo(sinces(before));
  }

  @Test
  void aChangedFileTouchesOnlyWhatChanged(Lab lab) {
    DirectRouting net = serving(lab);
    Probe probe = net.load();
    long start = System.nanoTime();
    Json before = net.director.status();

    net.director.configure(DirectRouting.configuration(List.of(1, 1, 1)));
    net.director.reload();
    Await.until(
        "the next generation",
        DirectRouting.DEADLINE,
        () -> net.director.status().get("generation").number() > before.get("generation").number(),
        net.director.process()::log);
    probe.awaitAnswers(50, DirectRouting.DEADLINE);
    assertThat(probe.summary(start).failures()).isEmpty();
    assertThat(sinces(net.director.status())).isEqualTo(sinces(before));
    probe.process().terminate(DirectRouting.DEADLINE);

    Probe.Summary even = Probe.sequence(net.client, DirectRouting.VIP, 80, 30);
    assertThat(even.perServer()).isEqualTo(DirectRouting.exactShares(30, 1, 1, 1));

    // A server that is no longer configured gets no new request.
    net.director.configure(DirectRouting.configuration(List.of(1, 1)));
    net.director.reload();
    Await.until(
        "web03 to leave the table",
        DirectRouting.DEADLINE,
        () -> net.director.realState(DirectRouting.REALS.get(2)).isEmpty(),
        net.director.process()::log);
    Probe.Summary two = Probe.sequence(net.client, DirectRouting.VIP, 80, 30);
    assertThat(two.failures()).isEmpty();
    assertThat(two.perServer()).isEqualTo(DirectRouting.exactShares(30, 1, 1));
  }

  @Test
  void sigtermRemovesVipsAndServices(Lab lab) {
    DirectRouting net = serving(lab);
    assertThat(Probe.sequence(net.client, DirectRouting.VIP, 80, 6).failures()).isEmpty();

    net.director.process().terminate(DirectRouting.DEADLINE);

    assertThat(net.director.process().exitStatus()).isZero();
    assertThat(net.director.holds(DirectRouting.VIP)).isFalse();
    // A life without trouble is told without an error, and nothing of what the daemon tried on its
    // own at the start is told at all.
    assertThat(net.director.process().log().lines())
        .isNotEmpty()
        .noneMatch(line -> line.contains(" error ") || line.contains("rehears"));
    // With the VIP put back by hand, its host's own stack answers, and it has nothing on port 80:
    // no service is left.
    net.director.host().address("eth0", DirectRouting.VIP + "/24");
    Probe refused =
        Probe.start(net.client, new Probe.Plan(DirectRouting.VIP, 80, "/", 0, 2_000, 1));
    refused.awaitDone(DirectRouting.DEADLINE);
    assertThat(refused.summary(Long.MIN_VALUE).failures())
        .singleElement()
        .asString()
        .contains("refused");
  }

  private static DirectRouting serving(Lab lab) {
    var net = DirectRouting.build(lab);
    List<LabProcess> webs = net.webs.stream().map(web -> WebServer.launch(web, 80, 2_000)).toList();
    webs.forEach(WebServer::awaitReady);
    net.startDirector();
    return net;
  }

  /**
   * Since when each instance is in its state and each check has its verdict: what an untouched
   * thing keeps.
   */
  private static List<String> sinces(Json status) {
    var all = new java.util.ArrayList<String>();
    status
        .get("vrrp")
        .items()
        .forEach(each -> all.add(each.get("name").text() + each.get("since").text()));
    status.get("services").items().stream()
        .flatMap(service -> service.get("reals").items().stream())
        .forEach(
            real -> all.add(real.get("address").text() + real.get("check").get("since").text()));
    return all;
  }
}
