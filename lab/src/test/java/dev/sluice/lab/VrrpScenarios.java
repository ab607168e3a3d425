package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two daemons in one VRRP group. Who is preferred (the higher priority) and who is the other is the
 * subclass's choice: sluice beside the distribution's keepalived, either way round, and keepalived
 * beside itself, which shows that a scenario asks for no more than keepalived does.
 */
@Tag("netns")
@Tag("keepalived")
@ExtendWith(LabExtension.class)
abstract class VrrpScenarios {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String VIP = "10.90.0.100";
  private static final String PREFERRED = "10.90.0.1";
  private static final String OTHER = "10.90.0.2";

  abstract Director.Program preferredProgram();

  abstract Director.Program otherProgram();

  /** The two hosts; daemons are not started. */
  private record Pair(Director preferred, Director other) {
    boolean preferredAlone() {
      return preferred.holds(VIP) && !other.holds(VIP);
    }

    boolean otherAlone() {
      return other.holds(VIP) && !preferred.holds(VIP);
    }
  }

  /** What both configurations say besides who they are. */
  private record Group(int version, String advertInt, String extraPreferred, String extraOther) {
    static Group of(int version, String advertInt) {
      return new Group(version, advertInt, "", "");
    }

    static Group pass(String preferred, String other) {
      String line = "authentication { \n auth_type PASS \n auth_pass %s \n }";
      return new Group(2, "1", line.formatted(preferred), line.formatted(other));
    }

    static Group unicast(String advertInt) {
      String lines = "unicast_src_ip %s \n unicast_peer { \n %s \n }";
      return new Group(
          3, advertInt, lines.formatted(PREFERRED, OTHER), lines.formatted(OTHER, PREFERRED));
    }
  }

  @Test
  void version2TheHigherPriorityPreempts(Lab lab) {
    Pair pair = pair(lab, Group.pass("sesame", "sesame"));
    pair.other().start();
    Await.until("the only router to become MASTER", DEADLINE, pair::otherAlone, () -> lab.logs(20));
    pair.preferred().start();
    Await.until(
        "the higher priority to preempt", DEADLINE, pair::preferredAlone, () -> lab.logs(20));
  }

  @Test
  void version3TheHigherPriorityPreempts(Lab lab) {
    Pair pair = pair(lab, Group.of(3, "0.3"));
    pair.other().start();
    Await.until("the only router to become MASTER", DEADLINE, pair::otherAlone, () -> lab.logs(20));
    pair.preferred().start();
    Await.until(
        "the higher priority to preempt", DEADLINE, pair::preferredAlone, () -> lab.logs(20));
  }

  /**
   * With advert_int 3 silence alone needs 9.6 s: who takes over within 8 s has heard priority 0.
   */
  @Test
  void sigtermHandsOverAtOnce(Lab lab) {
    Pair pair = pair(lab, Group.of(2, "3"));
    startBoth(lab, pair);

    pair.preferred().process().signal("TERM");

    Await.until(
        "the other to take over on priority 0",
        Duration.ofSeconds(8),
        pair::otherAlone,
        () -> lab.logs(20));
    pair.preferred().process().terminate(DEADLINE);
    assertThat(pair.preferred().process().exitStatus()).isZero();
    assertThat(pair.preferred().holds(VIP)).isFalse();
  }

  @Test
  void sigkillIsNoticedBySilenceAndTheReturningMasterPreempts(Lab lab) {
    Pair pair = pair(lab, Group.of(3, "0.3"));
    startBoth(lab, pair);

    pair.preferred().process().kill();
    Await.until(
        "the other to take over", DEADLINE, () -> pair.other().holds(VIP), () -> lab.logs(20));

    // Nobody removed the VIP of the killed daemon. It starts, finds it, and comes to hold it
    // properly again.
    pair.preferred().start();
    Await.until(
        "the killed master to take it back", DEADLINE, pair::preferredAlone, () -> lab.logs(20));
  }

  @Test
  void advertsWithAnotherPasswordAreIgnored(Lab lab) {
    Pair pair = pair(lab, Group.pass("sesame", "barley"));
    pair.preferred().start();
    pair.other().start();
    // Each believes to be alone. Had the lower one believed the higher one's adverts, it would stay
    // BACKUP.
    Await.until(
        "both to be MASTER",
        DEADLINE,
        () -> pair.preferred().holds(VIP) && pair.other().holds(VIP),
        () -> lab.logs(20));
    assertThat(pair.preferred().process().alive()).isTrue();
    assertThat(pair.other().process().alive()).isTrue();

    // The right password brings peace, by reload.
    pair.other().configure(configuration(Group.pass("sesame", "sesame"), false));
    pair.other().reload();
    Await.until("one of them to yield", DEADLINE, pair::preferredAlone, () -> lab.logs(20));
  }

  @Test
  void unicastPeersElectTakeOverAndPreempt(Lab lab) {
    Pair pair = pair(lab, Group.unicast("0.3"));
    startBoth(lab, pair);
    pair.preferred().process().kill();
    Await.until(
        "the other to take over", DEADLINE, () -> pair.other().holds(VIP), () -> lab.logs(20));
    pair.preferred().start();
    Await.until(
        "the killed master to take it back", DEADLINE, pair::preferredAlone, () -> lab.logs(20));
  }

  private static void startBoth(Lab lab, Pair pair) {
    pair.preferred().start();
    Await.until(
        "the first router to become MASTER", DEADLINE, pair::preferredAlone, () -> lab.logs(20));
    pair.other().start();
    // It is a BACKUP once it has heard the master; both programs say so in their logs.
    Await.until(
        "the second router to become BACKUP",
        DEADLINE,
        () -> pair.other().process().log().contains("BACKUP"),
        () -> lab.logs(20));
  }

  private Pair pair(Lab lab, Group group) {
    Segment segment = lab.segment("lan");
    Host preferred = segment.join(lab.host("preferred"), PREFERRED + "/24");
    Host other = segment.join(lab.host("other"), OTHER + "/24");
    return new Pair(
        Director.of(preferred, preferredProgram(), configuration(group, true)),
        Director.of(other, otherProgram(), configuration(group, false)));
  }

  private static String configuration(Group group, boolean preferred) {
    return """
    global_defs {
      router_id %s
    }
    vrrp_instance web {
      version %d
      state BACKUP
      interface eth0
      virtual_router_id 51
      priority %d
      advert_int %s
      %s
      virtual_ipaddress {
        %s/24
      }
    }
    """
        .formatted(
            preferred ? "preferred" : "other",
            group.version(),
            preferred ? 150 : 100,
            group.advertInt(),
            preferred ? group.extraPreferred() : group.extraOther(),
            VIP);
  }
}
