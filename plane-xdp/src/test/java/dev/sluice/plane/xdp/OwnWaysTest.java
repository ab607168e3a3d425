package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Access;
import dev.sluice.lvs.ServiceTable.Features;
import dev.sluice.lvs.ServiceTable.LostServer;
import dev.sluice.lvs.ServiceTable.Persistence;
import dev.sluice.lvs.ServiceTable.Prefix;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.Scheduling;
import dev.sluice.lvs.ServiceTable.Timeouts;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a service has of its own beyond IPVS: clients, timeouts, the fate of lost connections. */
@Tag("xdp")
class OwnWaysTest {
  private static final Features PLAIN = Features.NONE;

  private static ServiceTable table(Features features, List<Real> reals) {
    return new ServiceTable(
        List.of(
            new ServiceTable.Service(
                Rig.WEB, Scheduling.of("rr"), Persistence.NONE, features, reals)));
  }

  private static Features access(Access access) {
    return new Features(false, null, Timeouts.PLANE, LostServer.PLANE, access, true);
  }

  private static Prefix net(String address, int bits) {
    return new Prefix(Rig.ip(address), bits);
  }

  private static boolean welcome(Rig rig, String client, int port) {
    Outcome out = rig.send(Hook.XDP, Frame.tcp().from(client, port).flags(Frame.SYN));
    assertThat(out.forwarded(Hook.XDP) || out.dropped(Hook.XDP)).isTrue();
    return out.forwarded(Hook.XDP);
  }

  @Test
  void theLongestPrefixOfAllowAndDenyDecides() {
    try (Rig rig = Rig.open()) {
      rig.apply(
          table(
              access(
                  new Access(
                      List.of(net("198.51.100.0", 24), net("203.0.113.9", 32)),
                      List.of(net("198.51.100.64", 26), net("203.0.113.0", 24)))),
              Rig.reals(1, 1)));
      assertThat(welcome(rig, "198.51.100.1", 1)).isTrue();
      assertThat(welcome(rig, "198.51.100.70", 1)).isFalse();
      assertThat(welcome(rig, "203.0.113.9", 1)).isTrue();
      assertThat(welcome(rig, "203.0.113.8", 1)).isFalse();
      assertThat(welcome(rig, "192.0.2.99", 1)).as("on no list, and there is an allow").isFalse();
      assertThat(rig.verdict(Verdict.DENIED)).isEqualTo(3);

      rig.apply(
          table(access(new Access(List.of(), List.of(net("198.51.100.1", 32)))), Rig.reals(1, 1)));
      assertThat(welcome(rig, "198.51.100.1", 2)).isFalse();
      assertThat(welcome(rig, "192.0.2.99", 2)).as("only deny").isTrue();
      Outcome open = rig.send(Hook.XDP, Frame.tcp().from("198.51.100.1", 1).flags(Frame.ACK));
      assertThat(open.forwarded(Hook.XDP)).as("what is open stays").isTrue();

      rig.apply(table(PLAIN, Rig.reals(1, 1)));
      assertThat(welcome(rig, "198.51.100.1", 3)).isTrue();
    }
  }

  @Test
  void aServiceOutOfForceIsAsIfItWereNotThere() {
    ServiceTable on = table(PLAIN, Rig.reals(1, 1));
    ServiceTable off = table(PLAIN.active(false), Rig.reals(1, 1));
    try (Rig rig = Rig.open()) {
      rig.apply(off);
      assertThat(passes(rig, 1)).as("never in force").isTrue();
      rig.apply(on);
      assertThat(passes(rig, 2)).isFalse();
      rig.apply(off);
      assertThat(passes(rig, 3)).as("no longer").isTrue();
      rig.apply(on);
      rig.apply(ServiceTable.empty());
      rig.apply(off);
      assertThat(passes(rig, 4)).as("removed and made again").isTrue();
    }
  }

  private static boolean passes(Rig rig, int port) {
    return rig.send(Hook.XDP, Frame.tcp().from("198.51.100.1", port).flags(Frame.SYN))
        .passed(Hook.XDP);
  }

  @Test
  void aServicesTimeoutsAreItsOwn() {
    var own =
        new Features(
            false, null, new Timeouts(60, 10, 0), LostServer.PLANE, Access.EVERYBODY, true);
    try (Rig rig = Rig.open()) {
      rig.apply(table(own, Rig.reals(1, 1)));
      var _ = rig.send(Hook.XDP, Frame.tcp().flags(Frame.SYN));
      assertThat(rig.send(Hook.XDP, Frame.tcp().flags(Frame.ACK)).forwarded(Hook.XDP)).isTrue();
      assertThat(rig.plane.connections(1).getFirst().expiresInSeconds()).isEqualTo(60);
      rig.plane.setClock(1059);
      assertThat(rig.send(Hook.XDP, Frame.tcp().flags(Frame.ACK)).forwarded(Hook.XDP)).isTrue();
      rig.plane.setClock(1059 + 62);
      Outcome late = rig.send(Hook.XDP, Frame.tcp().flags(Frame.ACK));
      assertThat(late.forwarded(Hook.XDP)).as("an expired entry is no entry").isFalse();
      assertThat(rig.plane.connections(1)).isEmpty();
    }
  }

  /** Its server is removed: what comes of an ACK of an open connection, by the service's policy. */
  @ParameterizedTest
  @CsvSource({
    "PLANE,      false, DROP",
    "PLANE,      true,  PASS",
    "DROP,       true,  DROP",
    "RESET,      false, PASS",
    "RESCHEDULE, false, FORWARD"
  })
  void lostConnections(LostServer lost, boolean expireNodest, Verdict.Action expected) {
    var own = new Features(false, null, Timeouts.PLANE, lost, Access.EVERYBODY, true);
    try (Rig rig = Rig.open()) {
      Knobs.Builder knobs = Knobs.IPVS.with();
      assertThat(knobs.set("expire_nodest_conn", expireNodest ? 1 : 0)).isTrue();
      rig.plane.set(knobs.build());
      rig.apply(table(own, List.of(Rig.real(11, 1))));
      var _ = rig.send(Hook.XDP, Frame.tcp().flags(Frame.SYN));
      assertThat(rig.send(Hook.XDP, Frame.tcp().flags(Frame.ACK)).server()).isEqualTo(11);
      rig.apply(table(own, List.of(Rig.real(12, 1))));
      Outcome out = rig.send(Hook.XDP, Frame.tcp().flags(Frame.ACK));
      Verdict.Action seen =
          out.forwarded(Hook.XDP)
              ? Verdict.Action.FORWARD
              : out.passed(Hook.XDP) ? Verdict.Action.PASS : Verdict.Action.DROP;
      assertThat(seen).isEqualTo(expected);
      if (expected == Verdict.Action.FORWARD) {
        assertThat(out.server()).isEqualTo(12);
      }
      Outcome again = rig.send(Hook.XDP, Frame.tcp().flags(Frame.SYN));
      if (expected != Verdict.Action.DROP) {
        assertThat(again.server()).as("the client may connect again").isEqualTo(12);
      }
    }
  }

  /** lvs_settings sloppy_tcp: a takeover's packets begin an entry, at the server hashing says. */
  @ParameterizedTest
  @CsvSource({"sh", "mh", "maglev"})
  void aNewMasterAdoptsConnectionsWhereTheChoiceIsAFunction(String scheduler) {
    try (Rig old = Rig.open();
        Rig fresh = Rig.open()) {
      Knobs.Builder knobs = Knobs.SLUICE.with();
      assertThat(knobs.set("sloppy_tcp", 1)).isTrue();
      fresh.plane.set(knobs.build());
      List<Real> reals = Rig.reals(1, 1, 1);
      old.apply(Rig.table(Rig.WEB, scheduler, reals));
      fresh.apply(Rig.table(Rig.WEB, scheduler, reals));
      for (int client = 1; client <= 200; client++) {
        Frame syn = Frame.tcp().from("198.51.100." + client, 40_000).flags(Frame.SYN);
        int server = old.send(Hook.XDP, syn).server();
        Frame ack = Frame.tcp().from("198.51.100." + client, 40_000).flags(Frame.ACK);
        assertThat(fresh.send(Hook.XDP, ack).server()).isEqualTo(server);
      }
    }
  }
}
