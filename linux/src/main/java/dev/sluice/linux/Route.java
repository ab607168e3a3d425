package dev.sluice.linux;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A route, or the kernel's answer to where a packet would go. Of a route with several next hops
 * this tells the first.
 *
 * @param table 254 main, 255 local
 * @param destination null for a default route
 * @param gateway null when the destination is on the link; may be IPv6 for an IPv4 destination
 * @param outInterface the interface's number; 0 when there is none (blackhole …)
 * @param preferredSource the address the kernel sends from, null when not told
 * @param type RTN_…, one of the constants
 * @param protocol who added it, RTPROT_…
 * @param metric lower is preferred
 * @param ipv6 whether it is of IPv6, which a default route's destination does not tell
 */
public record Route(
    int table,
    @Nullable InetAddress destination,
    int prefixLength,
    @Nullable InetAddress gateway,
    int outInterface,
    @Nullable InetAddress preferredSource,
    int type,
    int protocol,
    int metric,
    boolean ipv6,
    int tos) {
  /** A route whose destination tells its family. */
  public Route(
      int table,
      @Nullable InetAddress destination,
      int prefixLength,
      @Nullable InetAddress gateway,
      int outInterface,
      @Nullable InetAddress preferredSource,
      int type,
      int protocol,
      int metric) {
    this(
        table,
        destination,
        prefixLength,
        gateway,
        outInterface,
        preferredSource,
        type,
        protocol,
        metric,
        destination instanceof Inet6Address,
        0);
  }

  public static final int UNICAST = 1;
  public static final int LOCAL = 2;
  public static final int BROADCAST = 3;
  public static final int ANYCAST = 4;
  public static final int MULTICAST = 5;
  public static final int BLACKHOLE = 6;
  public static final int UNREACHABLE = 7;
  public static final int PROHIBIT = 8;
  public static final int THROW = 9;

  /** Whether it leads out of an interface to another host. */
  public boolean forwards() {
    return type == UNICAST && outInterface != 0;
  }

  /** Whether it leads to this machine itself. */
  public boolean local() {
    return type == LOCAL;
  }
}
