package dev.sluice.lab.vrrp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Await;
import dev.sluice.lab.Director;
import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabExtension;
import dev.sluice.lab.Needs;
import dev.sluice.lab.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** A thousand instances under a storm of forged adverts. It has the machine to itself. */
@Tag("netns")
@Tag("long")
@Isolated
@ExtendWith(LabExtension.class)
class StormTest {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final int INSTANCES = 1000;
  private static final int PER_LINK = 200;

  /** Of each kind, for each virtual router of the first link. */
  private static final int ROUNDS = 30;

  private static String configuration(int priority) {
    var text = new StringBuilder("global_defs {\n  vrrp_garp_master_repeat 1\n}\n");
    for (int i = 0; i < INSTANCES; i++) {
      text.append(
          """
          vrrp_instance V%d {
            interface eth%d
            virtual_router_id %d
            version 3
            priority %d
            advert_int 1
            virtual_ipaddress {
              10.%d.%d.%d/32
            }
          }
          """
              .formatted(
                  i,
                  i / PER_LINK,
                  i % PER_LINK + 1,
                  priority,
                  100 + i / PER_LINK,
                  1 + i % PER_LINK / 100,
                  1 + i % 100));
    }
    return text.toString();
  }

  /** Two directors on five links. */
  private record Place(Lab lab, List<Segment> links, Director master, Director backup) {
    static Place of(Lab lab) {
      List<Segment> links = new ArrayList<>();
      Host one = lab.host("one");
      Host two = lab.host("two");
      for (int i = 0; i * PER_LINK < INSTANCES; i++) {
        Segment link = lab.segment("lan" + i);
        link.join(one, "eth" + i, "10.%d.0.1/24".formatted(90 + i));
        link.join(two, "eth" + i, "10.%d.0.2/24".formatted(90 + i));
        links.add(link);
      }
      return new Place(
          lab,
          links,
          Director.of(one, Needs.sluice(), configuration(150)),
          Director.of(two, Needs.sluice(), configuration(100)));
    }

    void awaitAll(Director director, String state) {
      Await.until(
          "all of " + director + " to be " + state,
          DEADLINE,
          () -> count(director, state) == INSTANCES,
          () -> count(director, state) + " are; " + lab.logs(20));
    }
  }

  private static long count(Director director, String state) {
    return director.ask("status").get("vrrp").items().stream()
        .filter(each -> each.get("state").text().equals(state))
        .filter(each -> state.equals("MASTER") || !each.get("master").text().isEmpty())
        .count();
  }

  private static long lines(Director director, String words) {
    return director.process().log().lines().filter(line -> line.contains(words)).count();
  }

  /** None of them moves anybody, and the true adverts get through. */
  private static void storm(Forger stranger, int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (int id = 1; id <= PER_LINK; id++) {
        Forgery right = Forgery.v3(254).interval(100).vrid(id);
        stranger.send(right.ttl(254));
        stranger.send(right.version(2));
        stranger.send(right.type(2));
        stranger.send(right.badChecksum());
        stranger.send(right.interval(0));
        stranger.send(right.withoutAddress());
        stranger.send(right.vrid(PER_LINK + 1 + id % 50));
      }
    }
  }

  @Test
  void forgedAdvertsMoveNoneOfAThousand(Lab lab) {
    Place at = Place.of(lab);
    at.master.start();
    at.awaitAll(at.master, "MASTER");
    at.backup.start();
    at.awaitAll(at.backup, "BACKUP");
    Host host = at.links.getFirst().join(lab.host("stranger"), Duo.STRANGER + "/24");
    Forger stranger = Forger.on(lab, host);

    storm(stranger, ROUNDS);
    at.awaitAll(at.master, "MASTER");
    at.awaitAll(at.backup, "BACKUP");
    assertThat(lines(at.master, "MASTER -> BACKUP")).isZero();
    assertThat(lines(at.backup, "BACKUP -> MASTER")).isZero();
    assertThat(at.backup.vrrp("V0").get("counters").get("ttl").number()).isPositive();

    // Nor do they hold up a takeover.
    at.master.process().kill();
    Await.until(
        "all of the backup to be MASTER in the midst of it",
        DEADLINE,
        () -> {
          storm(stranger, 1);
          return count(at.backup, "MASTER") == INSTANCES;
        },
        () -> count(at.backup, "MASTER") + " are; " + lab.logs(20));
  }
}
