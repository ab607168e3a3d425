package dev.sluice.plane.xdp;

import dev.sluice.linux.MacAddress;
import dev.sluice.linux.bpf.BpfMap;
import dev.sluice.linux.bpf.BpfProgram;
import dev.sluice.lvs.ServiceTable;
import java.net.InetAddress;

/**
 * A plane that is attached to nothing and pinned nowhere, for the kernel's test-run: its device is
 * lo, whose MAC is all zeros, and every real server has a made-up next hop.
 */
public final class DetachedPlane implements AutoCloseable {
  private static final MacAddress SOURCE = new MacAddress(0x02aa00000001L);

  private final XdpPlane plane;

  private DetachedPlane(XdpPlane plane) {
    this.plane = plane;
  }

  /** Loads the programs. */
  public static DetachedPlane open(Options options) {
    return open(options, false);
  }

  /** The same; its time is what {@link #setClock} says. */
  public static DetachedPlane withClock(Options options) {
    return open(options, true);
  }

  private static DetachedPlane open(Options options, boolean ownClock) {
    XdpPlane plane = XdpPlane.open(options, new XdpPlane.Setting(false, false, ownClock));
    new Attachments(options, plane.maps(), null, java.nio.file.Path.of("/"))
        .writeDevice(1, new MacAddress(0), false);
    return new DetachedPlane(plane);
  }

  /** Applies a table, and sends every server's packets to 02:00:00:00:00:NN, its last byte. */
  public void apply(ServiceTable table) {
    var _ = plane.apply(table);
    RealLines lines = new RealLines(plane.maps().reals);
    for (int r = 1; r < lines.limit(); r++) {
      if ((lines.flags(r) & Layout.REAL_USED) != 0) {
        InetAddress address = lines.key(r).address();
        byte[] bytes = address.getAddress();
        int last = bytes[bytes.length - 1] & 0xff;
        lines.hop(
            r,
            new NextHops.Hop(false, 77, address, new MacAddress(0x020000000000L | last), SOURCE));
      }
    }
  }

  /** The time in seconds, where it is ours. */
  public void setClock(double seconds) {
    plane.setClock(seconds);
  }

  /** The plane itself. */
  public XdpPlane plane() {
    return plane;
  }

  /** The XDP program. */
  public BpfProgram xdp() {
    return plane.maps().xdp().program("sluice_xdp");
  }

  /** The tc program. */
  public BpfProgram tc() {
    return plane.maps().tc().program("sluice_tc");
  }

  /** A map that other programs may share, by its name in the sources. */
  public BpfMap map(String name) {
    return plane.maps().map(name);
  }

  /** How many buckets the service table has, less one: a constant of programs that share it. */
  public int serviceMask() {
    return map("service_table").info().maxEntries() - 1;
  }

  @Override
  public void close() {
    plane.close();
  }
}
