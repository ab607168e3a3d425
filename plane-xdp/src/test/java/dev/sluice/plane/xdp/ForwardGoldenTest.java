package dev.sluice.plane.xdp;

import dev.sluice.lab.Command;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.golden.IpvsVectors;
import dev.sluice.plane.xdp.ForwardNet.Heard;
import dev.sluice.plane.xdp.ForwardVectors.Packet;
import dev.sluice.plane.xdp.ForwardVectors.Vector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every packet leaves the director as it left the kernel's IPVS: the recorded packets are sent
 * through a director with the plane, in the network of the recording, and what comes out is
 * compared byte by byte (lvs.md a, h). The director's own stack takes part, as it did then.
 */
@Tag("golden")
@Tag("xdp")
@Tag("netns")
class ForwardGoldenTest {
  private static @Nullable ForwardNet net;

  /** The plane of the running recording, for those that continue another. */
  private static @Nullable XdpPlane plane;

  private static ForwardConfig config = new ForwardConfig();
  private static final Map<String, Integer> settings = new HashMap<>();

  @TestFactory
  Stream<DynamicTest> packetsLeaveAsRecorded() {
    return cases(XdpMode.TC);
  }

  private static Stream<DynamicTest> cases(XdpMode mode) {
    List<Vector> vectors =
        IpvsVectors.file("forward.jsonl").map(ForwardVectors::read).orElse(List.of());
    Assumptions.assumeFalse(vectors.isEmpty(), "the recordings are not beside this repository");
    return vectors.stream().map(v -> DynamicTest.dynamicTest(v.id(), () -> replay(v, mode)));
  }

  private static void replay(Vector vector, XdpMode mode) {
    Assumptions.assumeTrue(Rig.isRoot(), "needs root");
    Assumptions.assumeTrue(Command.find("ip").isPresent(), "needs iproute2");
    Assumptions.assumeTrue(Command.find("ethtool").isPresent(), "needs ethtool");
    vector.obstacle().ifPresent(Assumptions::abort);
    ForwardConfig.obstacle(vector.config()).ifPresent(Assumptions::abort);
    ForwardNet n = net == null ? new ForwardNet() : net;
    net = n;
    n.serversMtu(vector.narrow() ? 1400 : 1500);
    Optional<String> refused = n.inDirector(() -> apply(vector, mode));
    refused.ifPresent(Assumptions::abort);
    Heard heard = new Heard();
    for (Packet packet : vector.sent()) {
      n.send(packet.server(), packet.ip());
      n.settle(heard);
    }
    List<Packet> toClient = vector.emitted().stream().filter(p -> !p.server()).toList();
    List<Packet> toServer = vector.emitted().stream().filter(Packet::server).toList();
    n.await(heard, toClient.size(), toServer.size());
    n.settle(heard);
    ForwardCompare compare = new ForwardCompare(vector);
    compare.compare("server", heard.server, toServer);
    compare.compare("client", heard.client, toClient);
  }

  /** Why the plane does not carry it; empty: it does. */
  private static Optional<String> apply(Vector vector, XdpMode mode) {
    if (!vector.continues()) {
      closePlane();
      config = new ForwardConfig();
      settings.clear();
    }
    XdpPlane p = plane;
    if (p == null) {
      Options o = Rig.options();
      Options options =
          new Options(
              o.instance(),
              mode,
              List.of(),
              o.connections(),
              o.embryonic(),
              o.services(),
              o.reals(),
              o.poolPicks(),
              o.ringPicks(),
              Compatibility.IPVS);
      p = XdpPlane.open(options, new XdpPlane.Setting(false, true, false));
      plane = p;
    }
    settings.putAll(vector.settings());
    p.set(knobs(settings));
    for (String line : vector.config()) {
      config.apply(line);
      ServiceTable table = config.table();
      var unsupported = p.unsupported(table);
      if (!unsupported.isEmpty()) {
        return Optional.of(unsupported.getFirst().reason());
      }
      var _ = p.apply(table);
    }
    return Optional.empty();
  }

  private static Knobs knobs(Map<String, Integer> settings) {
    Knobs.Builder knobs = Knobs.IPVS.with();
    // What the plane has no setting for shows in the frames.
    settings.forEach((name, value) -> {
      boolean _ = knobs.set(name, value);
    });
    return knobs.build();
  }

  private static void closePlane() {
    XdpPlane p = plane;
    plane = null;
    if (p != null) {
      p.close();
    }
  }

  @AfterAll
  static void tearDown() {
    ForwardNet n = net;
    net = null;
    if (n != null) {
      n.inDirector(() -> {
        closePlane();
        return true;
      });
      n.close();
    }
  }
}
