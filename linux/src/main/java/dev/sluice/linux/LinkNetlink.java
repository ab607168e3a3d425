package dev.sluice.linux;

import java.util.Optional;

/**
 * Makes, changes and removes network interfaces by rtnetlink(7), in the namespace of the thread
 * that opened it. Needs CAP_NET_ADMIN. Used from one thread at a time; every method throws {@link
 * SyscallException} with the kernel's own words where it gives some.
 */
public final class LinkNetlink implements AutoCloseable {
  private static final int IFLA_INFO_DATA = 2;
  private static final int IFLA_AF_SPEC = 26;
  private static final int IFLA_GROUP = 27;
  private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
  private static final int ADDR_GEN_MODE_NONE = 1;
  private static final int IFLA_MACVLAN_MODE = 1;
  private static final int IFLA_IPVLAN_MODE = 1;
  private static final int IFLA_IPVLAN_FLAGS = 2;
  private static final int NLA_F_NESTED = 0x8000;

  private final NetlinkSocket socket;
  private final RouteNetlink reading;

  private LinkNetlink() {
    socket = NetlinkSocket.open(0);
    reading = RouteNetlink.open();
  }

  /** A connection to the kernel. */
  public static LinkNetlink open() {
    return new LinkNetlink();
  }

  /** How the macvlans of one device reach each other. */
  public enum MacvlanMode {
    /** Not at all. */
    PRIVATE(1),
    /** By the switch outside. */
    VEPA(2),
    /** Directly. */
    BRIDGE(4);

    private final int number;

    MacvlanMode(int number) {
      this.number = number;
    }
  }

  /** How the ipvlans of one device reach each other; all route at level 2. */
  public enum IpvlanMode {
    BRIDGE(0),
    PRIVATE(1),
    VEPA(2);

    private final int flag;

    IpvlanMode(int flag) {
      this.flag = flag;
    }
  }

  /**
   * Makes a macvlan, not yet up.
   *
   * @param lower the number of the device under it
   * @param group the interface group (ip-link(8)); 0: the default
   * @return it
   */
  public Link createMacvlan(String name, int lower, MacAddress mac, MacvlanMode mode, int group) {
    String attempt = "make macvlan " + name + " on interface number " + lower;
    NetlinkWriter out = begin(name, lower, group).attribute(Rtm.IFLA_ADDRESS, mac.bytes());
    int info = out.nest(Rtm.IFLA_LINKINFO);
    int data = out.attributeString(Rtm.IFLA_INFO_KIND, "macvlan").nest(IFLA_INFO_DATA);
    NetlinkWriter _ = out.attributeU32(IFLA_MACVLAN_MODE, mode.number).end(data).end(info);
    return create(name, attempt, "macvlan");
  }

  /** Makes an ipvlan, which shares the hardware address of the device under it; not yet up. */
  public Link createIpvlan(String name, int lower, IpvlanMode mode, int group) {
    String attempt = "make ipvlan " + name + " on interface number " + lower;
    NetlinkWriter out = begin(name, lower, group);
    int info = out.nest(Rtm.IFLA_LINKINFO);
    int data = out.attributeString(Rtm.IFLA_INFO_KIND, "ipvlan").nest(IFLA_INFO_DATA);
    int value = out.nest(IFLA_IPVLAN_MODE);
    int flags = out.u16(0).end(value).nest(IFLA_IPVLAN_FLAGS);
    NetlinkWriter _ = out.u16(mode.flag).end(flags).end(data).end(info);
    return create(name, attempt, "ipvlan");
  }

  private NetlinkWriter begin(String name, int lower, int group) {
    NetlinkWriter out =
        header(Rtm.NEWLINK, Rtm.NLM_F_ACK | Rtm.NLM_F_CREATE | Rtm.NLM_F_EXCL, 0)
            .attributeString(Rtm.IFLA_IFNAME, name)
            .attributeU32(Rtm.IFLA_LINK, lower);
    return group == 0 ? out : out.attributeU32(IFLA_GROUP, group);
  }

  private NetlinkWriter header(int type, int flags, int ifindex) {
    return socket
        .request(type, flags)
        .u8(Sockaddr.AF_UNSPEC)
        .u8(0)
        .u16(0)
        .u32(ifindex)
        .u32(0)
        .u32(0);
  }

  private Link create(String name, String attempt, String kind) {
    NetlinkSocket.Refusal refusal = socket.acknowledge(null, attempt);
    if (refusal != null && refusal.errno() == Errno.EOPNOTSUPP) {
      throw new UnsupportedKernelException(
          kind + " devices", kind.equals("ipvlan") ? "3.19" : "2.6.23", attempt);
    }
    if (refusal != null) {
      throw refusal.exception(attempt);
    }
    Optional<Link> made = reading.link(name);
    return made.orElseThrow(
        () -> new SyscallException("netlink", Errno.ENODEV, attempt, "it is gone at once"));
  }

  /** Removes an interface; false when it is not there. */
  public boolean delete(int ifindex) {
    String attempt = "remove interface number " + ifindex;
    NetlinkWriter _ = header(Rtm.DELLINK, Rtm.NLM_F_ACK, ifindex);
    NetlinkSocket.Refusal refusal = socket.acknowledge(null, attempt);
    if (refusal != null && refusal.errno() != Errno.ENODEV) {
      throw refusal.exception(attempt);
    }
    return refusal == null;
  }

  /** Gives an interface another hardware address. */
  public void setMac(int ifindex, MacAddress mac) {
    String attempt = "give interface number " + ifindex + " the address " + mac;
    NetlinkWriter _ =
        header(Rtm.NEWLINK, Rtm.NLM_F_ACK, ifindex).attribute(Rtm.IFLA_ADDRESS, mac.bytes());
    done(attempt);
  }

  /** Makes the kernel give an interface no IPv6 link-local address of its own choice. */
  public void disableAddressGeneration(int ifindex) {
    String attempt = "set addr_gen_mode none of interface number " + ifindex;
    NetlinkWriter out = header(Rtm.NEWLINK, Rtm.NLM_F_ACK, ifindex);
    int spec = out.nest(IFLA_AF_SPEC);
    int inet6 = out.nest(Sockaddr.AF_INET6 | NLA_F_NESTED);
    NetlinkWriter _ =
        out.attributeU8(IFLA_INET6_ADDR_GEN_MODE, ADDR_GEN_MODE_NONE).end(inet6).end(spec);
    done(attempt);
  }

  private void done(String attempt) {
    NetlinkSocket.Refusal refusal = socket.acknowledge(null, attempt);
    if (refusal != null) {
      throw refusal.exception(attempt);
    }
  }

  @Override
  public void close() {
    socket.close();
    reading.close();
  }
}
