package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.MarkRule;
import dev.sluice.lvs.ServiceTable.Ports;
import dev.sluice.lvs.ServiceTable.Prefix;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.golden.IpvsVectors;
import dev.sluice.lvs.golden.IpvsVectors.Close;
import dev.sluice.lvs.golden.IpvsVectors.Datagram;
import dev.sluice.lvs.golden.IpvsVectors.Declared;
import dev.sluice.lvs.golden.IpvsVectors.Delete;
import dev.sluice.lvs.golden.IpvsVectors.Open;
import dev.sluice.lvs.golden.IpvsVectors.Server;
import dev.sluice.lvs.golden.IpvsVectors.Sleep;
import dev.sluice.lvs.golden.IpvsVectors.Step;
import dev.sluice.lvs.golden.IpvsVectors.Sysctl;
import dev.sluice.lvs.golden.IpvsVectors.Unknown;
import dev.sluice.lvs.golden.IpvsVectors.Vector;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The programs choose as the kernel's IPVS did, through every change of the table. */
@Tag("golden")
@Tag("xdp")
class SchedulersGoldenTest {
  private static final int IP_PROTOCOL = 23;
  private static final int ICMP = 1;

  @TestFactory
  Stream<DynamicTest> programsChooseAsRecorded() {
    List<Vector> vectors =
        Stream.of("sched-conn.tsv", "sched-hash.tsv", "udp-persist.tsv")
            .flatMap(file -> IpvsVectors.file(file).stream())
            .flatMap(file -> IpvsVectors.read(file).stream())
            .toList();
    Assumptions.assumeFalse(vectors.isEmpty(), "the recordings are not beside this repository");
    return vectors.stream().map(v -> DynamicTest.dynamicTest(v.id(), () -> replay(v)));
  }

  /** What has been made so far: services in order, each with its servers in order. */
  private static final class State {
    final Map<String, Declared> declared = new LinkedHashMap<>();
    final Map<String, Map<String, Server>> servers = new LinkedHashMap<>();
    double clock = 1000;

    State(Vector vector) {
      vector
          .services()
          .forEach(d -> {
            declared.put(d.service(), d);
            servers.put(d.service(), new LinkedHashMap<>());
          });
    }
  }

  private static void replay(Vector vector) {
    vector.obstacle().ifPresent(Assumptions::abort);
    try (Rig rig = Rig.open()) {
      State state = new State(vector);
      Map<Integer, Open> open = new HashMap<>();
      apply(rig, state);
      for (Step step : vector.steps()) {
        switch (step) {
          case Server s -> {
            Objects.requireNonNull(state.servers.get(s.service())).put(s.server(), s);
            apply(rig, state);
          }
          case Delete d -> {
            Objects.requireNonNull(state.servers.get(d.service())).remove(d.server());
            apply(rig, state);
          }
          case Open o -> {
            assertThat(open(rig, o)).as("%s of %s", o, vector.id()).isEqualTo(o.chosen());
            open.put(o.number(), o);
          }
          case Close c -> {
            Open o = Objects.requireNonNull(open.remove(c.number()));
            send(rig, o, c.reset() ? Frame.RST : Frame.FIN | Frame.ACK);
          }
          case Datagram d -> {
            Frame frame =
                Frame.udp().from(d.client(), d.clientPort()).at(d.destination(), d.port());
            String chosen = server(rig, rig.send(Hook.XDP, frame), d.port());
            assertThat(chosen).as("%s of %s", d, vector.id()).isEqualTo(d.chosen());
          }
          case Sysctl s -> rig.plane.set(knobs(s));
          case Sleep s -> {
            state.clock += s.seconds();
            rig.plane.setClock(state.clock);
          }
          case Unknown u -> throw new AssertionError(u);
        }
      }
    }
  }

  private static Knobs knobs(Sysctl s) {
    Knobs.Builder knobs = Knobs.IPVS.with();
    assertThat(knobs.set(s.name(), s.value())).as(s.name()).isTrue();
    return knobs.build();
  }

  private static String open(Rig rig, Open o) {
    Outcome out = send(rig, o, Frame.SYN);
    send(rig, o, Frame.ACK);
    if (!o.held()) {
      send(rig, o, Frame.RST);
    }
    return server(rig, out, o.port());
  }

  /** Where it went, with the port that NAT would have given it. */
  private static String server(Rig rig, Outcome out, int port) {
    // A refusal is silence, or an ICMP error to the client.
    boolean error = out.bytes()[IP_PROTOCOL] == ICMP;
    if (!out.forwarded(Hook.XDP) || error) {
      return "REFUSED";
    }
    int last = out.server();
    return rig.plane.counters().stream()
        .flatMap(service -> service.reals().stream())
        .map(r -> r.key().toString())
        .filter(key -> key.startsWith("10.2.0." + last + ":"))
        .map(key -> key.endsWith(":0") || key.endsWith(":21") ? "10.2.0." + last + ":" + port : key)
        .findFirst()
        .orElseThrow();
  }

  private static Outcome send(Rig rig, Open o, int flags) {
    Frame frame = Frame.tcp().from(o.client(), o.clientPort()).at(o.destination(), o.port());
    return rig.send(Hook.XDP, frame.flags(flags));
  }

  private static void apply(Rig rig, State state) {
    List<ServiceTable.Service> services = new ArrayList<>();
    List<MarkRule> rules = new ArrayList<>();
    for (Declared d : state.declared.values()) {
      List<Real> reals = new ArrayList<>();
      Objects.requireNonNull(state.servers.get(d.service()))
          .forEach((name, s) -> {
            String[] words = name.split(":", -1);
            RealKey key = new RealKey(Rig.ip(words[0]), Integer.parseInt(words[1]));
            reals.add(new Real(key, s.weight(), ForwardingMethod.DR, s.upper(), s.lower()));
          });
      VirtualServer.Key key = key(d.service());
      if (key.mark() != 0) {
        rules.add(
            new MarkRule(
                key.mark(),
                4,
                "",
                null,
                new Prefix(Rig.ip("203.0.113.0"), 24),
                null,
                Ports.ALL,
                Ports.ALL));
      }
      services.add(
          new ServiceTable.Service(
              key,
              d.scheduling(),
              d.persistence(),
              ServiceTable.Features.of(d.onePacket(), null),
              reals));
    }
    rig.apply(new ServiceTable(services, rules));
  }

  private static VirtualServer.Key key(String service) {
    String[] words = service.split("[ :]", -1);
    return switch (words[0]) {
      case "-f" -> VirtualServer.Key.ofMark(Long.parseLong(words[1]), 4);
      case "-u" -> Rig.key(Protocol.UDP, words[1], Integer.parseInt(words[2]));
      default -> Rig.key(Protocol.TCP, words[1], Integer.parseInt(words[2]));
    };
  }
}
