package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.linux.MacAddress;
import dev.sluice.linux.bpf.BpfProgram;
import dev.sluice.lvs.PlaneException;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A plane that is attached to nothing and pinned nowhere; packets come from the kernel's test-run.
 * There the device is lo, whose MAC is all zeros.
 */
final class Rig implements AutoCloseable {
  static final byte[] DIRECTOR = new byte[6];
  static final MacAddress SOURCE = MacAddress.parse("02:aa:00:00:00:01");

  enum Hook {
    XDP,
    TC
  }

  /** What came of a packet. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Outcome(int action, byte[] bytes) {
    boolean forwarded(Hook hook) {
      return action == (hook == Hook.XDP ? 4 : 7);
    }

    boolean passed(Hook hook) {
      return action == (hook == Hook.XDP ? 2 : -1);
    }

    boolean dropped(Hook hook) {
      return action == (hook == Hook.XDP ? 1 : 2);
    }

    /** Whether it became an ICMP port unreachable (RFC 792: type 3, code 3) of the plane's. */
    boolean refused() {
      return bytes.length > 35 && bytes[23] == 1 && bytes[34] == 3 && bytes[35] == 3;
    }

    /** The last byte of the MAC it is sent to: which real server. */
    int server() {
      return bytes[5] & 0xff;
    }
  }

  final XdpPlane plane;
  final BpfProgram xdp;
  final BpfProgram tc;
  private final Arena arena = Arena.ofShared();

  private Rig(XdpPlane plane) {
    this.plane = plane;
    xdp = plane.maps().xdp().program("sluice_xdp");
    tc = plane.maps().tc().program("sluice_tc");
  }

  static Options options() {
    return new Options(
        "test", XdpMode.AUTO, List.of(), 4096, 1024, 64, 1000, 1 << 16, 16384, Compatibility.IPVS);
  }

  static Rig open() {
    return open(options());
  }

  static Rig open(Options options) {
    Assumptions.assumeTrue(isRoot(), "needs root");
    XdpPlane plane;
    try {
      plane = XdpPlane.open(options, new XdpPlane.Setting(false, false, true));
    } catch (PlaneException e) {
      Assumptions.assumeFalse(
          !String.valueOf(e.getMessage()).contains("verifier"), "needs BPF: " + e.getMessage());
      throw e;
    }
    Rig rig = new Rig(plane);
    plane.setClock(1000);
    rig.writeDevice();
    return rig;
  }

  static boolean isRoot() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private void writeDevice() {
    new Attachments(options(), plane.maps(), null, Path.of("/"))
        .writeDevice(1, new MacAddress(0), false);
  }

  static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  static VirtualServer.Key key(Protocol protocol, String vip, int port) {
    return new VirtualServer.Key(ip(vip), port, protocol);
  }

  static final VirtualServer.Key WEB = key(Protocol.TCP, "192.0.2.10", 80);
  static final VirtualServer.Key DNS = key(Protocol.UDP, "192.0.2.10", 53);

  static Real real(int number, int weight) {
    return new Real(new RealKey(ip("10.2.0." + number), 80), weight, ForwardingMethod.DR);
  }

  /** Servers 11, 12, … with these weights. */
  static List<Real> reals(int... weights) {
    List<Real> reals = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      reals.add(real(11 + i, weights[i]));
    }
    return reals;
  }

  static ServiceTable table(VirtualServer.Key key, String scheduler, List<Real> reals) {
    return new ServiceTable(List.of(new ServiceTable.Service(key, scheduler, reals)));
  }

  /** Applies, and gives every server a next hop: 02:00:00:00:00:NN, NN the address's last byte. */
  void apply(ServiceTable table) {
    var _ = plane.apply(table);
    resolve();
  }

  void resolve() {
    resolve(77);
  }

  /** The same, on this device. */
  void resolve(int ifindex) {
    RealLines lines = new RealLines(plane.maps().reals);
    for (int r = 1; r < lines.limit(); r++) {
      if ((lines.flags(r) & Layout.REAL_USED) != 0) {
        InetAddress address = lines.key(r).address();
        byte[] bytes = address.getAddress();
        int last = bytes[bytes.length - 1] & 0xff;
        lines.hop(
            r,
            new NextHops.Hop(
                false, ifindex, address, new MacAddress(0x020000000000L | last), SOURCE));
      }
    }
  }

  /** Sends a frame once. */
  Outcome send(Hook hook, Frame frame) {
    return send(hook, frame.bytes());
  }

  Outcome send(Hook hook, byte[] frame) {
    BpfProgram program = hook == Hook.XDP ? xdp : tc;
    try (Arena call = Arena.ofConfined()) {
      MemorySegment in = call.allocateFrom(JAVA_BYTE, frame);
      MemorySegment out = call.allocate(frame.length + 256L);
      BpfProgram.TestRun run = program.testRun(in, out, MemorySegment.NULL, 1);
      return new Outcome(run.returned(), out.asSlice(0, run.outBytes()).toArray(JAVA_BYTE));
    }
  }

  /** Empties the connection tables; the counts of the servers stay. */
  void forgetConnections() {
    plane.maps().connections.fill((byte) 0);
    plane.maps().embryos.fill((byte) 0);
  }

  long verdict(Verdict verdict) {
    Long count = plane.status().verdicts().get(verdict.label());
    return count == null ? 0 : count;
  }

  @Override
  public void close() {
    plane.close();
    arena.close();
  }
}
