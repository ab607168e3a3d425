package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.Plane;
import dev.sluice.lvs.Plane.RealCounters;
import dev.sluice.lvs.Plane.ServiceCounters;
import dev.sluice.lvs.ServiceTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every plane must do, in IPVS's terms: schedulers, entries, states, weights, removal,
 * counters. A plane's own test extends it with a {@link Subject}.
 */
abstract class PlaneContract {
  static final int PASSED = -1;
  static final int DROPPED = -2;

  /** The client got an ICMP port unreachable, as IPVS answers where no server is left. */
  static final int REFUSED = -3;

  /** A plane under test, with packets of clients at 198.51.100.1 to 192.0.2.10. */
  interface Subject extends AutoCloseable {
    Plane plane();

    /** Applies, and makes all next hops known. */
    void apply(ServiceTable table);

    /**
     * Sends one TCP segment to port 80.
     *
     * @return the last byte of the server's address it went to, {@link #PASSED}, {@link #DROPPED}
     *     or {@link #REFUSED}
     */
    int tcp(int clientPort, int flags);

    /** Sends one datagram of 48 IP bytes to port 53. */
    int udp(int clientPort);

    /** Time goes on; expiry is due. */
    void advance(double seconds);

    @Override
    void close();
  }

  abstract Subject open();

  private static List<Integer> syns(Subject s, int firstPort, int count) {
    List<Integer> picks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      picks.add(s.tcp(firstPort + i, Frame.SYN));
    }
    return picks;
  }

  private static ServiceTable web(String scheduler, int... weights) {
    return Rig.table(Rig.WEB, scheduler, Rig.reals(weights));
  }

  private static String state(Subject s) {
    return s.plane().connections(1).getFirst().state();
  }

  private static RealCounters real(Subject s, int number) {
    for (ServiceCounters service : s.plane().counters()) {
      for (RealCounters r : service.reals()) {
        if ((r.key().address().getAddress()[3] & 0xff) == number) {
          return r;
        }
      }
    }
    throw new AssertionError("no server " + number);
  }

  @Test
  void rrTakesTheNewestServerFirst() {
    try (Subject s = open()) {
      s.apply(web("rr", 1, 5, 1));
      assertThat(syns(s, 20000, 6)).containsExactly(13, 12, 11, 13, 12, 11);
    }
  }

  @Test
  void aChangeContinuesWhereTheRoundWas() {
    try (Subject s = open()) {
      s.apply(web("rr", 1, 1, 1));
      assertThat(syns(s, 20000, 4)).containsExactly(13, 12, 11, 13);
      s.apply(web("rr", 1, 0, 1));
      assertThat(syns(s, 20100, 4)).containsExactly(11, 13, 11, 13);
    }
  }

  @Test
  void anUnchangedTableIsNotTouched() {
    try (Subject s = open()) {
      s.apply(web("wrr", 3, 2, 1));
      assertThat(syns(s, 20000, 2)).containsExactly(13, 12);
      assertThat(s.plane().apply(web("wrr", 3, 2, 1)).unchanged()).isTrue();
      assertThat(syns(s, 20100, 4)).containsExactly(11, 11, 12, 11);
    }
  }

  @Test
  void packetsOfAConnectionStayWithItsServer() {
    try (Subject s = open()) {
      s.apply(web("rr", 1, 1, 1));
      int server = s.tcp(20000, Frame.SYN);
      assertThat(s.tcp(20001, Frame.SYN)).isNotEqualTo(server);
      for (int i = 0; i < 20; i++) {
        assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(server);
      }
      assertThat(s.tcp(20000, Frame.FIN | Frame.ACK)).isEqualTo(server);
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(server);
    }
  }

  @Test
  void onlyASynOpensAConnection() {
    try (Subject s = open()) {
      s.apply(web("rr", 1));
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(PASSED);
      assertThat(s.tcp(20000, Frame.FIN | Frame.ACK)).isEqualTo(PASSED);
      assertThat(s.tcp(20000, Frame.RST)).isEqualTo(PASSED);
      assertThat(s.tcp(20000, Frame.SYN | Frame.RST)).isEqualTo(PASSED);
      assertThat(s.plane().connections(10)).isEmpty();
    }
  }

  @Test
  void weightZeroKeepsWhatItHasAndGetsNothingNew() {
    try (Subject s = open()) {
      s.apply(web("rr", 1, 1));
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(12);
      s.apply(web("rr", 1, 0));
      assertThat(syns(s, 20100, 3)).containsExactly(11, 11, 11);
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(12);
      s.apply(web("rr", 0, 0));
      assertThat(s.tcp(20200, Frame.SYN)).isEqualTo(REFUSED);
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(12);
    }
  }

  @Test
  void aServiceWithoutServersRefuses() {
    try (Subject s = open()) {
      s.apply(web("wrr"));
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(REFUSED);
      assertThat(s.plane().connections(10)).isEmpty();
    }
  }

  @Test
  void aRemovedServersPacketsAreDroppedUntilItComesBack() {
    try (Subject s = open()) {
      s.apply(web("rr", 1, 1));
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(12);
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(12);
      s.apply(web("rr", 1));
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(DROPPED);
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(DROPPED);
      assertThat(s.tcp(20001, Frame.SYN)).isEqualTo(11);
      s.apply(web("rr", 1, 1));
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(12);
      RealCounters back = real(s, 12);
      assertThat(back.active()).isEqualTo(1);
      assertThat(back.counters().connections()).isEqualTo(1);
      assertThat(back.counters().inPackets()).isEqualTo(3);
    }
  }

  @Test
  void aRemovedServiceForgetsItsTotalsAndKeepsItsEntries() {
    try (Subject s = open()) {
      s.apply(web("rr", 1));
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(11);
      s.apply(ServiceTable.empty());
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(DROPPED);
      assertThat(s.tcp(20001, Frame.SYN)).isEqualTo(PASSED);
      assertThat(s.plane().counters()).isEmpty();
      s.apply(web("rr", 1));
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(11);
      assertThat(s.plane().counters().getFirst().counters().inPackets()).isEqualTo(1);
      assertThat(real(s, 11).counters().inPackets()).isEqualTo(2);
    }
  }

  @Test
  void aRemovedServerIsForgottenAfterItsLastEntry() {
    try (Subject s = open()) {
      s.apply(web("rr", 1, 1));
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(12);
      s.apply(web("rr", 1));
      s.advance(61); // SYN_RECV
      s.advance(60);
      s.advance(62);
      s.apply(web("rr", 1, 1));
      assertThat(real(s, 12).counters().connections()).isZero();
      assertThat(s.plane().counters().getFirst().counters().connections()).isEqualTo(1);
      assertThat(s.tcp(20001, Frame.SYN)).isEqualTo(12);
    }
  }

  @Test
  void udpIsOpenedByAnyPacketAndAlwaysInactive() {
    try (Subject s = open()) {
      s.apply(Rig.table(Rig.DNS, "rr", Rig.reals(1, 1)));
      int server = s.udp(5000);
      assertThat(server).isEqualTo(12);
      assertThat(s.udp(5000)).isEqualTo(12);
      assertThat(s.udp(5001)).isEqualTo(11);
      assertThat(real(s, 12).inactive()).isEqualTo(1);
      assertThat(real(s, 12).active()).isZero();
      assertThat(state(s)).isEqualTo("UDP");
      s.advance(299);
      assertThat(s.udp(5000)).isEqualTo(12);
      s.advance(2);
      assertThat(s.plane().connections(10)).hasSize(1);
      assertThat(real(s, 11).inactive()).isZero();
    }
  }

  @Test
  void statesAndActivityFollowTheClientsSegments() {
    try (Subject s = open()) {
      s.apply(web("rr", 1));
      int _ = s.tcp(20000, Frame.SYN);
      assertThat(state(s)).isEqualTo("SYN_RECV");
      assertThat(real(s, 11).active()).isEqualTo(1);
      int _ = s.tcp(20000, Frame.ACK);
      assertThat(state(s)).isEqualTo("ESTABLISHED");
      assertThat(real(s, 11).active()).isEqualTo(1);
      assertThat(real(s, 11).inactive()).isZero();
      int _ = s.tcp(20000, Frame.FIN | Frame.ACK);
      assertThat(state(s)).isEqualTo("FIN_WAIT");
      assertThat(real(s, 11).active()).isZero();
      assertThat(real(s, 11).inactive()).isEqualTo(1);
      int _ = s.tcp(20000, Frame.RST);
      assertThat(state(s)).isEqualTo("CLOSE");
      s.advance(11);
      assertThat(s.plane().connections(1)).isEmpty();
      assertThat(real(s, 11).inactive()).isZero();
    }
  }

  @Test
  void everyPacketWindsTheTimerUpAgain() {
    try (Subject s = open()) {
      s.apply(web("rr", 1));
      int _ = s.tcp(20000, Frame.SYN);
      int _ = s.tcp(20000, Frame.ACK);
      s.advance(10);
      int _ = s.tcp(20000, Frame.ACK);
      assertThat(s.plane().connections(1).getFirst().expiresInSeconds()).isEqualTo(900);
      s.advance(899);
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(11);
      s.advance(901);
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(PASSED);
    }
  }

  @Test
  void aSynOnAClosedConnectionIsANewOne() {
    try (Subject s = open()) {
      s.apply(web("rr", 1, 1));
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(12);
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(12);
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(12);
      assertThat(state(s)).isEqualTo("ESTABLISHED");
      assertThat(s.tcp(20000, Frame.FIN | Frame.ACK)).isEqualTo(12);
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(12);
      assertThat(state(s)).isEqualTo("SYN_RECV");
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(12);
      assertThat(s.tcp(20000, Frame.RST)).isEqualTo(12);
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(11);
      assertThat(s.plane().connections(10)).hasSize(1);
      assertThat(real(s, 12).inactive()).isZero();
      assertThat(real(s, 11).active()).isEqualTo(1);
    }
  }

  @Test
  void countersCountClientPacketsInIpBytes() {
    try (Subject s = open()) {
      s.apply(Rig.table(Rig.DNS, "rr", Rig.reals(1, 1)));
      int _ = s.udp(5000);
      int _ = s.udp(5000);
      int _ = s.udp(5001);
      assertThat(real(s, 12).counters()).isEqualTo(new Plane.Counters(1, 2, 0, 96, 0));
      assertThat(real(s, 11).counters()).isEqualTo(new Plane.Counters(1, 1, 0, 48, 0));
      assertThat(s.plane().counters().getFirst().counters())
          .isEqualTo(new Plane.Counters(2, 3, 0, 144, 0));
    }
  }

  @Test
  void servicesDifferByAddressPortAndProtocol() {
    try (Subject s = open()) {
      VirtualServer.Key tcpDns = Rig.key(Protocol.TCP, "192.0.2.10", 53);
      s.apply(
          new ServiceTable(
              List.of(
                  new ServiceTable.Service(Rig.WEB, "rr", List.of(Rig.real(11, 1))),
                  new ServiceTable.Service(tcpDns, "rr", List.of(Rig.real(12, 1))),
                  new ServiceTable.Service(Rig.DNS, "rr", List.of(Rig.real(13, 1))))));
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(11);
      assertThat(s.udp(20000)).isEqualTo(13);
    }
  }

  @Test
  void anotherSchedulerKeepsTheConnections() {
    try (Subject s = open()) {
      s.apply(web("rr", 3, 1));
      assertThat(s.tcp(20000, Frame.SYN)).isEqualTo(12);
      s.apply(web("wrr", 3, 1));
      assertThat(syns(s, 20100, 4)).containsExactly(11, 11, 12, 11);
      assertThat(s.tcp(20000, Frame.ACK)).isEqualTo(12);
    }
  }
}
