package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.ServiceTable.Scheduling;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the recordings do not show: chance, fleets, our own order, many servers. */
@Tag("xdp")
class SchedulersTest {

  private static Options like(Compatibility compatibility) {
    Options o = Rig.options();
    return new Options(
        o.instance(),
        o.mode(),
        o.interfaces(),
        1 << 14,
        1 << 12,
        o.services(),
        4000,
        o.poolPicks(),
        o.ringPicks(),
        compatibility);
  }

  private static ServiceTable web(Scheduling scheduling, List<Real> reals) {
    return new ServiceTable(
        List.of(
            new ServiceTable.Service(Rig.WEB, scheduling, ServiceTable.Persistence.NONE, reals)));
  }

  /** The servers, by the last byte of their address, of new connections that stay open. */
  private static List<Integer> open(Rig rig, int from, int count) {
    List<Integer> chosen = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      Outcome out = rig.send(Hook.XDP, Frame.tcp().from("198.51.100.1", 1024 + i));
      chosen.add(out.forwarded(Hook.XDP) && !out.refused() ? out.server() : 0);
    }
    return chosen;
  }

  /** The servers of the first so many clients; another source port for each round of them. */
  private static List<Integer> clients(Rig rig, int port, int count) {
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Outcome out = rig.send(Hook.XDP, Frame.tcp().from(0xc6336400 + i * 7, port));
      chosen.add(out.forwarded(Hook.XDP) && !out.refused() ? out.server() : 0);
    }
    return chosen;
  }

  @Test
  void roundRobinKeepsTheOrderOfTheConfiguration() {
    try (Rig rig = Rig.open(like(Compatibility.SLUICE))) {
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1, 1, 1)));
      assertThat(open(rig, 0, 4)).containsExactly(11, 12, 13, 11);
      // 12 dies and comes back: it is in its place again, and nobody is passed over.
      rig.apply(Rig.table(Rig.WEB, "rr", List.of(Rig.real(11, 1), Rig.real(13, 1))));
      assertThat(open(rig, 10, 2)).containsExactly(13, 11);
      rig.apply(Rig.table(Rig.WEB, "rr", Rig.reals(1, 1, 1)));
      assertThat(open(rig, 20, 3)).containsExactly(12, 13, 11);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sed", "nq", "wlc"})
  void udpFlowsCountAsLoad(String scheduler) {
    try (Rig rig = Rig.open(like(Compatibility.SLUICE))) {
      rig.apply(Rig.table(Rig.DNS, scheduler, Rig.reals(1, 1, 1)));
      List<Integer> chosen = new ArrayList<>();
      for (int port = 5000; port < 5009; port++) {
        Frame frame = Frame.udp().from("198.51.100.1", port).at("192.0.2.10", 53);
        chosen.add(rig.send(Hook.XDP, frame).server());
      }
      for (int server = 11; server <= 13; server++) {
        assertThat(Collections.frequency(chosen, server)).as("server %d", server).isEqualTo(3);
      }
    }
  }

  /** 120 connections held open of the recording: 40/40/40, 60/40/20 within a few, never the 0. */
  @Test
  void twosSharesByWeight() {
    try (Rig rig = Rig.open(like(Compatibility.IPVS))) {
      rig.apply(Rig.table(Rig.WEB, "twos", Rig.reals(3, 2, 0, 1)));
      List<Integer> chosen = open(rig, 0, 1200);
      assertThat(Collections.frequency(chosen, 11)).isBetween(500, 700);
      assertThat(Collections.frequency(chosen, 12)).isBetween(320, 480);
      assertThat(Collections.frequency(chosen, 13)).isZero();
      assertThat(Collections.frequency(chosen, 14)).isBetween(120, 280);
    }
  }

  @Test
  void maglevIsTheSameOnEveryDirector() {
    List<Real> reals = new ArrayList<>(Rig.reals(1, 1, 1, 1, 1));
    List<Integer> chosen;
    try (Rig rig = Rig.open(like(Compatibility.SLUICE))) {
      rig.apply(web(Scheduling.of("maglev"), reals));
      chosen = clients(rig, 1001, 300);
      for (int server = 11; server <= 15; server++) {
        assertThat(Collections.frequency(chosen, server)).as("server %d", server).isBetween(30, 90);
      }
    }
    // Another order in the file, another history: a server that came, died and came back.
    Collections.shuffle(reals, new Random(1));
    try (Rig rig = Rig.open(like(Compatibility.IPVS))) {
      rig.apply(web(Scheduling.of("maglev"), reals.subList(0, 4)));
      rig.apply(web(Scheduling.of("maglev"), reals));
      assertThat(clients(rig, 1002, 300)).isEqualTo(chosen);
      // Without one server only its clients move.
      List<Real> without = new ArrayList<>(reals);
      without.removeIf(r -> r.key().address().getAddress()[3] == 13);
      rig.apply(web(Scheduling.of("maglev"), without));
      List<Integer> now = clients(rig, 1003, 300);
      int moved = 0;
      for (int i = 0; i < now.size(); i++) {
        assertThat(now.get(i)).isNotEqualTo(13);
        moved += chosen.get(i) != 13 && !now.get(i).equals(chosen.get(i)) ? 1 : 0;
      }
      assertThat(moved).isLessThan(30);
      // Weight 0 is not live: the same as without it.
      without.add(Rig.real(13, 0));
      rig.apply(web(Scheduling.of("maglev"), without));
      assertThat(clients(rig, 1004, 300)).isEqualTo(now);
    }
  }

  /** Far more than one line of the pool; the least loaded one is the last. */
  @ParameterizedTest
  @ValueSource(strings = {"wlc", "lc", "sed", "nq", "fo", "wrr"})
  void listsMayBeLong(String scheduler) {
    try (Rig rig = Rig.open(like(Compatibility.SLUICE))) {
      List<Real> reals = new ArrayList<>();
      for (int i = 1; i < 3000; i++) {
        RealKey key = new RealKey(Rig.ip("10.3." + i / 250 + "." + (i % 250 + 1)), 80);
        // A threshold makes wrr look at the servers one by one.
        reals.add(new Real(key, i == 2999 ? 9 : 0, ForwardingMethod.DR, 100, 0));
      }
      rig.apply(web(Scheduling.of(scheduler), reals));
      assertThat(open(rig, 0, 3)).containsOnly(2999 % 250 + 1);
    }
  }

  @Test
  void fallbackFindsTheOnlyUsableServer() {
    try (Rig rig = Rig.open(like(Compatibility.SLUICE))) {
      List<Real> reals = new ArrayList<>();
      for (int i = 1; i <= 200; i++) {
        reals.add(Rig.real(i, 1));
      }
      rig.apply(web(new Scheduling("mh", true, false), reals));
      reals.replaceAll(
          r -> r.key().address().getAddress()[3] == 77 ? r : new Real(r.key(), 0, r.method()));
      rig.apply(web(new Scheduling("mh", true, false), reals));
      assertThat(clients(rig, 1005, 50)).containsOnly(77);
      rig.apply(web(new Scheduling("mh", false, false), reals));
      assertThat(clients(rig, 1006, 50)).contains(0);
    }
  }

  /** A server at its limit gets nothing until enough connections have gone. */
  @Test
  void thresholdsHoldAcrossHandshakesAndExpiry() {
    try (Rig rig = Rig.open(like(Compatibility.SLUICE))) {
      Real limited = new Real(Rig.real(11, 1).key(), 1, ForwardingMethod.DR, 2, 0);
      rig.apply(web(Scheduling.of("rr"), List.of(limited, Rig.real(12, 1))));
      assertThat(open(rig, 0, 6)).containsExactly(11, 12, 11, 12, 12, 12);
      rig.plane.setClock(1000 + 300);
      rig.plane.tick();
      rig.resolve();
      assertThat(open(rig, 10, 2)).contains(11);
    }
  }
}
