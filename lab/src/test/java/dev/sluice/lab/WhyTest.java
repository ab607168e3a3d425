package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code sluice why} of two routers of one group. */
@Tag("netns")
@ExtendWith(LabExtension.class)
class WhyTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String VIP = "10.90.0.100";

  @Test
  void bothTellWhoIsMasterAndWhy(Lab lab) {
    Segment lan = lab.segment("lan");
    Director low = router(lan, lab.host("low"), "10.90.0.1", 100);
    assertThat(low.verb("why", "instance", "web"))
        .satisfies(r -> assertThat(r.status()).isEqualTo(1))
        .satisfies(r -> assertThat(r.err()).contains("no daemon answers at"));
    Director high = router(lan, lab.host("high"), "10.90.0.2", 150);
    high.start();
    Await.until("a master", DEADLINE, () -> high.isMaster("web", VIP), () -> lab.logs(20));
    low.start();
    Await.until(
        "the other to hear it",
        DEADLINE,
        () -> why(low).get("master").text().equals("10.90.0.2"),
        () -> lab.logs(20));

    assertThat(decisive(low).get("name").text()).isEqualTo("election");
    assertThat(decisive(low).get("text").text())
        .isEqualTo("10.90.0.2 has the higher priority (150 against our 100)");
    assertThat(low.verb("why", "instance", "web").out())
        .startsWith("web is BACKUP since ")
        .contains("  > election ", "What was decided", "INIT -> BACKUP");
    assertThat(why(high).get("verdict").text()).startsWith("we are MASTER: no master heard");

    // The address's owner is explained by its instance; what does not exist is said so.
    assertThat(high.verb("why", "vip", VIP).out()).startsWith("web is MASTER since ");
    assertThat(high.verb("why", "instance", "wep").err()).contains("did you mean 'web'?");

    high.host().ip("link", "set", "eth0", "down");
    Await.until(
        "the fault",
        DEADLINE,
        () -> why(high).get("verdict").text().contains("interface eth0 is down"),
        () -> lab.logs(20));
    assertThat(decisive(high).get("name").text()).isEqualTo("fault");
  }

  private static Json why(Director director) {
    Command.Result result = director.verb("why", "instance", "web", "--json");
    return result.status() == 0 ? Json.parse(result.out()) : new Json(null);
  }

  private static Json decisive(Director director) {
    return why(director).get("chain").items().stream()
        .filter(term -> term.get("decides").text().equals("true"))
        .findFirst()
        .orElse(new Json(null));
  }

  private static Director router(Segment lan, Host host, String address, int priority) {
    return Director.of(
        lan.join(host, address + "/24"),
        Needs.sluice(),
        """
        vrrp_instance web {
          state BACKUP
          interface eth0
          virtual_router_id 51
          version 3
          advert_int 0.3
          priority %d
          virtual_ipaddress {
            %s/24
          }
        }
        """
            .formatted(priority, VIP));
  }
}
