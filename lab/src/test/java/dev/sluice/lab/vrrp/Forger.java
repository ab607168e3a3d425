package dev.sluice.lab.vrrp;

import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabException;
import dev.sluice.linux.NetworkNamespace;
import dev.sluice.linux.PacketSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/** A host that sends whatever frame it likes. Used from the test's thread. */
final class Forger {
  private final PacketSocket socket;
  private final int ifindex;
  private final byte[] mac;
  private final MemorySegment frame = Arena.ofAuto().allocate(2048);

  private Forger(PacketSocket socket, int ifindex, byte[] mac) {
    this.socket = socket;
    this.ifindex = ifindex;
    this.mac = mac;
  }

  static Forger on(Lab lab, Host host) {
    try {
      PacketSocket socket = NetworkNamespace.in(host.namespaceFile(), PacketSocket::open);
      lab.onClose("the forger", socket::close);
      byte[] mac =
          HexFormat.ofDelimiter(":")
              .parseHex(host.ip("-br", "link", "show", "dev", "eth0").strip().split("\\s+", -1)[2]);
      return new Forger(socket, host.ifindex("eth0"), mac);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new LabException("cannot forge on " + host + ": " + e.getMessage());
    }
  }

  /** Sends it; false when the kernel had no room. */
  boolean send(Forgery forgery) {
    byte[] bytes = forgery.frame(mac);
    MemorySegment.copy(bytes, 0, frame, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return socket.send(ifindex, frame, bytes.length) == bytes.length;
  }
}
