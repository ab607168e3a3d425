package dev.sluice.core.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.core.api.StatusReport.Decision;
import dev.sluice.core.api.StatusReport.SyncGroup;
import dev.sluice.core.api.StatusReport.Tracker;
import dev.sluice.core.api.StatusReport.Transition;
import dev.sluice.core.api.StatusReport.Vrrp;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WhyTest {
  private static final Transition WON =
      new Transition(
          "2026-11-01T11:57:30Z", "BACKUP", "MASTER", "no master heard", 100, "base 100");

  /** An instance with priority 100 that hears 10.0.0.2. */
  private static final class Specimen {
    String state = "BACKUP";
    int masterPriority;
    boolean preempt = true;
    @Nullable String group;
    @Nullable Long preemptDelayMs;
    boolean waitsForGroup;
    List<String> faults = List.of();
    List<Tracker> trackers = List.of();
    int effective = 100;
    List<Decision> decisions = List.of();

    /** The machine's last word. */
    void decided(String text) {
      decisions =
          List.of(
              new Decision(
                  "2026-11-01T11:57:30Z",
                  state,
                  text,
                  effective,
                  "base 100",
                  masterPriority == 0 ? null : "10.0.0.2",
                  masterPriority));
    }

    Vrrp build() {
      boolean leads = state.equals("MASTER");
      return new Vrrp(
          "VI_1",
          state,
          51,
          3,
          "eth0",
          100,
          effective,
          effective == 100 ? List.of("base 100") : List.of("base 100", "-20 script chk"),
          List.of("192.0.2.10"),
          leads ? "10.0.0.1" : masterPriority == 0 ? null : "10.0.0.2",
          "2026-11-01T11:57:30Z",
          "no master heard",
          faults,
          Map.of(),
          "10.0.0.1",
          leads ? effective : masterPriority,
          preempt,
          group,
          2_345L,
          preemptDelayMs,
          waitsForGroup,
          trackers,
          leads ? List.of(WON) : List.of(),
          decisions,
          new StatusReport.Lease(10, leads));
    }

    Why why(SyncGroup... groups) {
      return Why.of(
          new StatusReport(
              "1",
              1,
              1,
              null,
              "2026-11-01T00:00:00Z",
              List.of(build()),
              List.of(groups),
              List.of(),
              List.of(),
              new StatusReport.Plane("none", "none", false, List.of(), Map.of(), null),
              List.of(),
              List.of(),
              new StatusReport.VrrpLoop(true, 0, 0, 0, 0, Map.of())),
          build());
    }
  }

  private static Why.Term decisive(Why why) {
    return why.chain().stream().filter(Why.Term::decides).findFirst().orElseThrow();
  }

  @Test
  void theMachinesLastWordDecides() {
    var it = new Specimen();
    it.masterPriority = 150;
    it.decided("10.0.0.2 has the higher priority");
    Why why = it.why();
    assertThat(decisive(why))
        .isEqualTo(
            new Why.Term(
                "election", true, "10.0.0.2 has the higher priority (150 against our 100)"));
    assertThat(why.verdict())
        .isEqualTo("10.0.0.2 is MASTER: 10.0.0.2 has the higher priority (150 against our 100)");
    assertThat(why.chain())
        .extracting(Why.Term::name)
        .containsExactly("fault", "priority", "election", "preempt", "timer");
    assertThat(why.decisions()).isEqualTo(it.decisions);
  }

  /** The next advert will have it decided anew. */
  @Test
  void aPriorityThatHasMovedSinceIsSaidSo() {
    var it = new Specimen();
    it.masterPriority = 90;
    it.decided("10.0.0.2 bids lower than we: we take over when the timer ends");
    it.effective = 80;
    assertThat(decisive(it.why()).text()).endsWith("(90 against our 100), and ours is 80 since");
  }

  @Test
  void thePriorityIsASumWithEvidence() {
    var it = new Specimen();
    it.masterPriority = 150;
    it.effective = 80;
    it.trackers = List.of(new Tracker("script", "chk", -20, "down", "exit status 1", -20));
    assertThat(it.why().chain().get(1).text())
        .isEqualTo("80 = base 100 -20 script chk (chk: exit status 1)");
  }

  @Test
  void whatIsLeftOfADelayIsSaid() {
    var it = new Specimen();
    it.masterPriority = 50;
    it.preemptDelayMs = 7_500L;
    it.decided("10.0.0.2 bids lower, but preempt_delay runs");
    Why why = it.why();
    assertThat(why.verdict()).contains("preempt_delay runs (50 against our 100)");
    assertThat(why.chain())
        .contains(new Why.Term("preempt_delay", false, "7.500 s are left before we take over"));
    assertThat(why.chain().getLast().text()).isEqualTo("Master_Down_Timer ends in 2.345 s");
  }

  @Test
  void everyFaultDecides() {
    var it = new Specimen();
    it.state = "FAULT";
    it.faults = List.of("interface eth0 is down", "script chk fails");
    Why why = it.why();
    assertThat(why.chain()).filteredOn(Why.Term::decides).hasSize(2);
    assertThat(why.verdict())
        .isEqualTo("we are in FAULT and cannot be MASTER: interface eth0 is down");
  }

  @Test
  void aGroupThatIsNotReadyDecides() {
    var it = new Specimen();
    it.masterPriority = 50;
    it.group = "G";
    it.waitsForGroup = true;
    it.decided("10.0.0.2 bids lower than we: we take over when the timer ends");
    Why why = it.why(new SyncGroup("G", "BACKUP", List.of("VI_1", "VI_2")));
    assertThat(why.verdict()).contains("our timer ended, and we wait for all of them");
  }

  @Test
  void aMasterNamesHowItWon() {
    var it = new Specimen();
    it.state = "MASTER";
    it.decided("no master heard");
    Why why = it.why();
    assertThat(why.verdict()).isEqualTo("we are MASTER: no master heard");
    assertThat(why.history()).containsExactly(WON);
    assertThat(Api.toJson(why))
        .startsWith("{\"instance\":\"VI_1\",\"state\":\"MASTER\"")
        .contains("\"chain\":[{\"name\":\"fault\",\"decides\":false,\"text\":\"none\"}");
  }
}
