package dev.sluice.plane.xdp;

import dev.sluice.lvs.Plane;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.plane.xdp.Rig.Hook;
import dev.sluice.plane.xdp.Rig.Outcome;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contract on both hooks, by the kernel's test-run. */
@Tag("xdp")
class XdpPlaneContractTest {

  @Nested
  class Xdp extends PlaneContract {
    @Override
    Subject open() {
      return new TestRun(Rig.open(), Hook.XDP);
    }
  }

  @Nested
  class Tc extends PlaneContract {
    @Override
    Subject open() {
      return new TestRun(Rig.open(), Hook.TC);
    }
  }

  private static final class TestRun implements PlaneContract.Subject {
    private final Rig rig;
    private final Hook hook;
    private double seconds = 1000;

    TestRun(Rig rig, Hook hook) {
      this.rig = rig;
      this.hook = hook;
    }

    @Override
    public Plane plane() {
      return rig.plane;
    }

    @Override
    public void apply(ServiceTable table) {
      rig.apply(table);
    }

    @Override
    public int tcp(int clientPort, int flags) {
      return result(Frame.tcp().from("198.51.100.1", clientPort).flags(flags));
    }

    @Override
    public int udp(int clientPort) {
      return result(Frame.udp().from("198.51.100.1", clientPort).at("192.0.2.10", 53));
    }

    private int result(Frame frame) {
      Outcome out = rig.send(hook, frame);
      if (out.refused()) {
        return PlaneContract.REFUSED;
      }
      if (out.forwarded(hook)) {
        return out.server();
      }
      return out.passed(hook) ? PlaneContract.PASSED : PlaneContract.DROPPED;
    }

    @Override
    public void advance(double more) {
      seconds += more;
      rig.plane.setClock(seconds);
      rig.plane.tick();
      rig.resolve();
    }

    @Override
    public void close() {
      rig.close();
    }
  }
}
