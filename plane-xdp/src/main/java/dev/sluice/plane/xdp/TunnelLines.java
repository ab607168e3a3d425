package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sluice.config.model.Tunnel;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;

/**
 * How packets of the real servers with TUN are wrapped, one line each, as {@code stages/tunnel.h}
 * reads them.
 */
final class TunnelLines {
  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;
  private static final int GUE_HEADERS = 12;
  private static final int GRE_HEADER = 4;
  private static final int GRE_CHECKSUM = 4;

  private final MemorySegment tunnels;

  TunnelLines(MemorySegment tunnels) {
    this.tunnels = tunnels;
  }

  private static long line(int real) {
    return (long) real * Layout.TUNNEL_BYTES;
  }

  /** Everything but the source, which belongs to the way there. */
  void write(int real, InetAddress address, Tunnel tunnel) {
    long at = line(real);
    byte[] bytes = address.getAddress();
    address(at + Layout.TUNNEL_ADDRESS, bytes);
    tunnels.set(JAVA_SHORT, at + Layout.TUNNEL_PORT, (short) ServiceIndex.port(tunnel.port()));
    int kind =
        switch (tunnel.type()) {
          case IPIP -> Layout.TUNNEL_IPIP;
          case GUE -> Layout.TUNNEL_GUE;
          case GRE -> Layout.TUNNEL_GRE;
        };
    int flags =
        switch (tunnel.checksum()) {
          case NONE -> 0;
          case CSUM -> Layout.TUNNEL_CHECKSUM;
          case REMCSUM -> Layout.TUNNEL_REMOTE_CHECKSUM;
        };
    tunnels.set(JAVA_BYTE, at + Layout.TUNNEL_KIND, (byte) kind);
    tunnels.set(JAVA_BYTE, at + Layout.TUNNEL_FLAGS, (byte) flags);
    tunnels.set(JAVA_BYTE, at + Layout.TUNNEL_IPV6, (byte) (bytes.length == 16 ? 1 : 0));
  }

  /** What a plane that was taken over does. */
  Tunnel read(int real) {
    long at = line(real);
    Tunnel.Type type =
        switch (tunnels.get(JAVA_BYTE, at + Layout.TUNNEL_KIND)) {
          case Layout.TUNNEL_GUE -> Tunnel.Type.GUE;
          case Layout.TUNNEL_GRE -> Tunnel.Type.GRE;
          default -> Tunnel.Type.IPIP;
        };
    Tunnel.Checksum checksum =
        switch (tunnels.get(JAVA_BYTE, at + Layout.TUNNEL_FLAGS)) {
          case Layout.TUNNEL_CHECKSUM -> Tunnel.Checksum.CSUM;
          case Layout.TUNNEL_REMOTE_CHECKSUM -> Tunnel.Checksum.REMCSUM;
          default -> Tunnel.Checksum.NONE;
        };
    int port = ServiceIndex.port(tunnels.get(JAVA_SHORT, at + Layout.TUNNEL_PORT) & 0xffff);
    return new Tunnel(type, port, checksum);
  }

  /** The outer header's source: ours, on the way there. */
  void source(int real, InetAddress source) {
    address(line(real) + Layout.TUNNEL_SOURCE, source.getAddress());
  }

  private void address(long at, byte[] bytes) {
    for (int i = 0; i < 16; i++) {
      tunnels.set(JAVA_BYTE, at + i, i < bytes.length ? bytes[i] : 0);
    }
  }

  /** Bytes that a tunnel puts in front of a packet, at most (lvs.md a.3). */
  static int overhead(InetAddress address, Tunnel tunnel) {
    int outer = address.getAddress().length == 4 ? IPV4_HEADER : IPV6_HEADER;
    return outer
        + switch (tunnel.type()) {
          case IPIP -> 0;
          case GUE -> GUE_HEADERS;
          case GRE -> GRE_HEADER + (tunnel.checksum() == Tunnel.Checksum.NONE ? 0 : GRE_CHECKSUM);
        };
  }
}
