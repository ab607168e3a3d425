package dev.sluice.linux;

import org.jspecify.annotations.Nullable;

/**
 * A network interface as the kernel tells it.
 *
 * @param index its number in its namespace
 * @param kind "veth", "macvlan", "bridge"; null for a physical device and for lo
 * @param mac null when its address is not one of six bytes (tunnels, InfiniBand)
 * @param flags IFF_… of netdevice(7)
 * @param mtu bytes of the largest packet
 * @param masterIndex the bridge, bond or VRF it belongs to; 0 for none
 * @param lowerIndex the device under a macvlan, VLAN or tunnel, the peer of a veth in the same
 *     namespace; 0 for none
 * @param arpType ARPHRD_…: 1 Ethernet, 772 loopback
 * @param operationalState of RFC 2863: 6 up, 2 down, 0 unknown (which counts as up)
 */
public record Link(
    int index,
    String name,
    @Nullable String kind,
    @Nullable MacAddress mac,
    int flags,
    int mtu,
    int masterIndex,
    int lowerIndex,
    int arpType,
    int operationalState) {
  /** Set up by the administrator. */
  public static final int IFF_UP = 0x1;

  /** The loopback. */
  public static final int IFF_LOOPBACK = 0x8;

  /** Operational: has a carrier. */
  public static final int IFF_RUNNING = 0x40;

  /** Has no ARP. */
  public static final int IFF_NOARP = 0x80;

  /** Can send to many. */
  public static final int IFF_MULTICAST = 0x1000;

  /** ARPHRD_ETHER. */
  public static final int ETHERNET = 1;

  /** Whether the administrator has set it up. */
  public boolean up() {
    return (flags & IFF_UP) != 0;
  }

  /** Whether packets can flow: set up, and with a carrier. */
  public boolean running() {
    return (flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
  }

  /** Whether it is the loopback. */
  public boolean loopback() {
    return (flags & IFF_LOOPBACK) != 0;
  }

  /** Whether it can send multicast packets. */
  public boolean multicast() {
    return (flags & IFF_MULTICAST) != 0;
  }

  /** Whether neighbours are found by ARP. */
  public boolean arp() {
    return (flags & IFF_NOARP) == 0;
  }
}
