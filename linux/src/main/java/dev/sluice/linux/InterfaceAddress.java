package dev.sluice.linux;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * An address on an interface.
 *
 * @param ifindex the interface's number
 * @param address our own address (of a point-to-point link too)
 * @param prefixLength 0 to 32 or 128
 * @param label IPv4 only: the interface's name, or that with ":" and a suffix; null for the name
 * @param broadcast IPv4 only, null for none
 * @param scope RT_SCOPE_…: {@link #SCOPE_GLOBAL}, {@link #SCOPE_SITE}, {@link #SCOPE_LINK}, {@link
 *     #SCOPE_HOST}
 * @param flags IFA_F_…, some of {@link #NODAD}, {@link #NOPREFIXROUTE}, {@link #TENTATIVE} …
 * @param protocol who added it (IFA_PROTO, Linux 5.18): 18 is keepalived and sluice; 0 unknown
 * @param peer the address at the other end, to which the prefix length then belongs; null: none
 * @param preferredSeconds how long it is preferred as a source; {@link #FOREVER}, 0: deprecated
 * @param validSeconds after so long the kernel takes it away by itself; {@link #FOREVER}, never 0
 */
public record InterfaceAddress(
    int ifindex,
    InetAddress address,
    int prefixLength,
    @Nullable String label,
    @Nullable InetAddress broadcast,
    int scope,
    int flags,
    int protocol,
    @Nullable InetAddress peer,
    long preferredSeconds,
    long validSeconds) {
  /** A lifetime without end. */
  public static final long FOREVER = 0xffff_ffffL;

  public static final int SCOPE_GLOBAL = 0;
  public static final int SCOPE_SITE = 200;
  public static final int SCOPE_LINK = 253;
  public static final int SCOPE_HOST = 254;

  /** IPv4: not the first address of its subnet (told by the kernel). */
  public static final int SECONDARY = 0x01;

  /** IPv6: usable at once, without duplicate address detection. */
  public static final int NODAD = 0x02;

  /** IPv6: duplicate address detection found another holder. */
  public static final int DAD_FAILED = 0x08;

  /** IPv6: not preferred as a source for new connections. */
  public static final int DEPRECATED = 0x20;

  /** IPv6: duplicate address detection is still running. */
  public static final int TENTATIVE = 0x40;

  /** Has no end of life. */
  public static final int PERMANENT = 0x80;

  /** IPv6: the home address of a mobile node (RFC 6275). */
  public static final int HOME = 0x10;

  /** IPv6: a template of temporary addresses (RFC 8981). */
  public static final int MANAGE_TEMPORARY = 0x100;

  /** The kernel joins the multicast address on the interface. */
  public static final int AUTO_JOIN = 0x400;

  /** The kernel adds no route for its subnet. */
  public static final int NOPREFIXROUTE = 0x200;

  /** The number under which keepalived's addresses are known to {@code ip address}. */
  public static final int PROTOCOL_KEEPALIVED = 18;

  /** IPV4 or IPv6 with a prefix that fits. */
  public InterfaceAddress {
    if (prefixLength < 0 || prefixLength > Addresses.width(address)) {
      throw new IllegalArgumentException(
          "prefix length " + prefixLength + " does not fit " + Addresses.text(address));
    }
  }

  /** An address without end of life and without a peer. */
  public InterfaceAddress(
      int ifindex,
      InetAddress address,
      int prefixLength,
      @Nullable String label,
      @Nullable InetAddress broadcast,
      int scope,
      int flags,
      int protocol) {
    this(
        ifindex,
        address,
        prefixLength,
        label,
        broadcast,
        scope,
        flags,
        protocol,
        null,
        FOREVER,
        FOREVER);
  }

  /** The same with these lifetimes, in seconds. */
  public InterfaceAddress withLifetime(long preferred, long valid) {
    return new InterfaceAddress(
        ifindex,
        address,
        prefixLength,
        label,
        broadcast,
        scope,
        flags,
        protocol,
        peer,
        preferred,
        valid);
  }

  /**
   * A virtual address as VRRP adds it: global scope (host scope for loopback's 127/8 is the
   * caller's business), marked with protocol 18, and for IPv6 usable at once.
   */
  public static InterfaceAddress virtual(int ifindex, InetAddress address, int prefixLength) {
    boolean v6 = address instanceof Inet6Address;
    int scope = v6 && address.isLinkLocalAddress() ? SCOPE_LINK : SCOPE_GLOBAL;
    return new InterfaceAddress(
        ifindex, address, prefixLength, null, null, scope, v6 ? NODAD : 0, PROTOCOL_KEEPALIVED);
  }

  /** Whether both are the same address of the same interface, whatever their options. */
  public boolean samePlace(InterfaceAddress other) {
    return ifindex == other.ifindex
        && prefixLength == other.prefixLength
        && address.equals(other.address);
  }

  /** "10.0.0.1/24". */
  public String cidr() {
    return Addresses.text(address) + "/" + prefixLength;
  }

  /** Whether it is of IPv4. */
  public boolean ipv4() {
    return address instanceof Inet4Address;
  }
}
