package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The site everybody wants: two machines, each a director and a real server. IPVS's directors send
 * packets to each other for ever; here the BACKUP serves what the MASTER sends it.
 */
@Tag("netns")
@Tag("xdp")
@ExtendWith(LabExtension.class)
class TwoMachineSiteTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String VIP = "10.92.0.100";

  @Test
  void bothServeWhoeverIsMaster(Lab lab) {
    Segment lan = lab.segment("lan");
    Host client = lan.join(lab.host("client"), "10.92.0.9/24");
    Host a = lan.join(lab.host("a"), "10.92.0.1/24").hideVip(VIP);
    Host b = lan.join(lab.host("b"), "10.92.0.2/24").hideVip(VIP);
    List<LabProcess> webs = List.of(WebServer.launch(a, 80, 2_000), WebServer.launch(b, 80, 2_000));
    webs.forEach(WebServer::awaitReady);
    Director first = Director.of(a, Needs.sluice(), configuration(150)).start();
    Director second = Director.of(b, Needs.sluice(), configuration(100)).start();
    awaitMaster(lab, first, second);

    Probe.Summary shared = Probe.sequence(client, VIP, 80, 40);
    assertThat(shared.failures()).isEmpty();
    assertThat(shared.perServer()).isEqualTo(java.util.Map.of("a", 20, "b", 20));
    // A loop would show as a flood between the two.
    assertThat(lan.counters(b).txPackets()).isLessThan(5_000);

    Probe load = Probe.start(client, new Probe.Plan(VIP, 80, "/", 20, 2_000, 0));
    load.awaitAnswers(20, DEADLINE);
    first.process().terminate(DEADLINE);
    awaitMaster(lab, second, second);
    long after = System.nanoTime();
    load.awaitAnswers(50, DEADLINE);
    Probe.Summary then = load.summary(after);
    assertThat(then.failures()).as("%s", lab.logs(40)).isEmpty();
    assertThat(then.perServer()).as("a is still a real server").containsOnlyKeys("a", "b");

    first.start();
    awaitMaster(lab, first, second);
    long back = System.nanoTime();
    load.awaitAnswers(50, DEADLINE);
    assertThat(load.summary(back).failures()).isEmpty();
    assertThat(load.summary(back).perServer()).containsOnlyKeys("a", "b");
  }

  /** {@code master} is, and both servers of whoever lives passed their checks. */
  private static void awaitMaster(Lab lab, Director master, Director other) {
    Await.until(
        master + " to be MASTER", DEADLINE, () -> master.isMaster("web", VIP), () -> lab.logs(40));
    for (Director d : List.of(master, other)) {
      for (String real : List.of("10.92.0.1", "10.92.0.2")) {
        Await.until(
            real + " to be up", DEADLINE, () -> d.realState(real).equals("up"), () -> lab.logs(40));
      }
    }
  }

  private static String configuration(int priority) {
    return """
    vrrp_instance web {
      interface eth0
      virtual_router_id 51
      priority %d
      version 3
      advert_int 0.2
      virtual_ipaddress {
        %s/24
      }
    }
    virtual_server %s 80 {
      delay_loop 1
      lb_algo rr
      lb_kind DR
      protocol TCP
      real_server 10.92.0.1 80 {
        TCP_CHECK {
        }
      }
      real_server 10.92.0.2 80 {
        TCP_CHECK {
        }
      }
    }
    """
        .formatted(priority, VIP, VIP);
  }
}
