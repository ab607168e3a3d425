package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;

import java.net.InetAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Between rtnetlink messages and our records. */
final class RouteCodec {
  private static final long IFI_TYPE = Rtm.IFINFOMSG.byteOffset(groupElement("ifi_type"));
  private static final long IFI_INDEX = Rtm.IFINFOMSG.byteOffset(groupElement("ifi_index"));
  private static final long IFI_FLAGS = Rtm.IFINFOMSG.byteOffset(groupElement("ifi_flags"));
  private static final long IFA_PREFIX = Rtm.IFADDRMSG.byteOffset(groupElement("ifa_prefixlen"));
  private static final long IFA_FLAGS8 = Rtm.IFADDRMSG.byteOffset(groupElement("ifa_flags"));
  private static final long IFA_SCOPE = Rtm.IFADDRMSG.byteOffset(groupElement("ifa_scope"));
  private static final long IFA_INDEX = Rtm.IFADDRMSG.byteOffset(groupElement("ifa_index"));
  private static final long NDM_IFINDEX = Rtm.NDMSG.byteOffset(groupElement("ndm_ifindex"));
  private static final long NDM_STATE = Rtm.NDMSG.byteOffset(groupElement("ndm_state"));
  private static final long NDM_FLAGS = Rtm.NDMSG.byteOffset(groupElement("ndm_flags"));
  private static final long RTM_DST_LEN = Rtm.RTMSG.byteOffset(groupElement("rtm_dst_len"));
  private static final long RTM_TABLE = Rtm.RTMSG.byteOffset(groupElement("rtm_table"));
  private static final long RTM_PROTOCOL = Rtm.RTMSG.byteOffset(groupElement("rtm_protocol"));
  private static final long RTM_TYPE = Rtm.RTMSG.byteOffset(groupElement("rtm_type"));
  private static final long RTM_FLAGS = Rtm.RTMSG.byteOffset(groupElement("rtm_flags"));

  private RouteCodec() {}

  /** The event that a message tells; null for one that does not concern us. */
  static @Nullable RouteEvent event(NetlinkReader in) {
    return switch (in.type()) {
      case Rtm.NEWLINK -> told(link(in), RouteEvent.LinkChanged::new);
      case Rtm.DELLINK -> told(link(in), RouteEvent.LinkRemoved::new);
      case Rtm.NEWADDR -> told(address(in), RouteEvent.AddressAdded::new);
      case Rtm.DELADDR -> told(address(in), RouteEvent.AddressRemoved::new);
      case Rtm.NEWNEIGH -> told(neighbour(in), RouteEvent.NeighbourChanged::new);
      case Rtm.DELNEIGH -> told(neighbour(in), RouteEvent.NeighbourRemoved::new);
      case Rtm.NEWROUTE -> told(route(in), RouteEvent.RouteChanged::new);
      case Rtm.DELROUTE -> told(route(in), RouteEvent.RouteRemoved::new);
      case Rtm.NEWRULE -> told(RuleCodec.read(in), RouteEvent.RuleChanged::new);
      case Rtm.DELRULE -> told(RuleCodec.read(in), RouteEvent.RuleRemoved::new);
      default -> null;
    };
  }

  private static <T> @Nullable RouteEvent told(@Nullable T subject, Function<T, RouteEvent> event) {
    return subject == null ? null : event.apply(subject);
  }

  /** The link of an RTM_NEWLINK; null for a bridge's word about its port (family AF_BRIDGE). */
  static @Nullable Link link(NetlinkReader in) {
    if (in.payload() < Rtm.IFINFOMSG.byteSize() || in.u8(0) != Sockaddr.AF_UNSPEC) {
      return null;
    }
    String name = "";
    String kind = null;
    MacAddress mac = null;
    int mtu = 0;
    int master = 0;
    int lower = 0;
    boolean lowerElsewhere = false;
    int operational = 0;
    in.attributes(Rtm.IFINFOMSG.byteSize());
    while (in.nextAttribute()) {
      switch (in.attributeType()) {
        case Rtm.IFLA_IFNAME -> name = in.attributeString();
        case Rtm.IFLA_ADDRESS -> mac = mac(in);
        case Rtm.IFLA_MTU -> mtu = in.attributeU32();
        case Rtm.IFLA_MASTER -> master = in.attributeU32();
        case Rtm.IFLA_LINK -> lower = in.attributeU32();
        case Rtm.IFLA_LINK_NETNSID -> lowerElsewhere = true;
        case Rtm.IFLA_OPERSTATE -> operational = in.attributeU8(0);
        case Rtm.IFLA_LINKINFO -> {
          long outside = in.enter(0);
          while (in.nextAttribute()) {
            if (in.attributeType() == Rtm.IFLA_INFO_KIND) {
              kind = in.attributeString();
            }
          }
          in.leave(outside);
        }
        default -> {}
      }
    }
    return new Link(
        in.u32(IFI_INDEX),
        name,
        kind,
        mac,
        in.u32(IFI_FLAGS),
        mtu,
        master,
        lowerElsewhere ? 0 : lower,
        in.u16(IFI_TYPE),
        operational);
  }

  /** The address of an RTM_NEWADDR; null for another family than IPv4 and IPv6. */
  static @Nullable InterfaceAddress address(NetlinkReader in) {
    if (in.payload() < Rtm.IFADDRMSG.byteSize() || !internet(in.u8(0))) {
      return null;
    }
    InetAddress address = null;
    InetAddress local = null;
    InetAddress broadcast = null;
    String label = null;
    int flags = in.u8(IFA_FLAGS8);
    int protocol = 0;
    long preferred = InterfaceAddress.FOREVER;
    long valid = InterfaceAddress.FOREVER;
    in.attributes(Rtm.IFADDRMSG.byteSize());
    while (in.nextAttribute()) {
      switch (in.attributeType()) {
        case Rtm.IFA_ADDRESS -> address = inet(in, 0);
        case Rtm.IFA_LOCAL -> local = inet(in, 0);
        case Rtm.IFA_BROADCAST -> broadcast = inet(in, 0);
        case Rtm.IFA_LABEL -> label = in.attributeString();
        case Rtm.IFA_FLAGS -> flags = in.attributeU32();
        case Rtm.IFA_CACHEINFO -> {
          preferred = in.attributeU32(0) & InterfaceAddress.FOREVER;
          valid = in.attributeU32(4) & InterfaceAddress.FOREVER;
        }
        case Rtm.IFA_PROTO -> protocol = in.attributeU8(0);
        default -> {}
      }
    }
    InetAddress ours = local != null ? local : address;
    if (ours == null || in.u8(IFA_PREFIX) > Addresses.width(ours)) {
      return null;
    }
    return new InterfaceAddress(
        in.u32(IFA_INDEX),
        ours,
        in.u8(IFA_PREFIX),
        label,
        broadcast,
        in.u8(IFA_SCOPE),
        flags,
        protocol,
        ours.equals(address) ? null : address,
        preferred,
        valid);
  }

  /** The neighbour of an RTM_NEWNEIGH; null for a bridge's entry and for a proxy's. */
  static @Nullable Neighbour neighbour(NetlinkReader in) {
    if (in.payload() < Rtm.NDMSG.byteSize()
        || !internet(in.u8(0))
        || (in.u8(NDM_FLAGS) & Rtm.NTF_PROXY) != 0) {
      return null;
    }
    InetAddress address = null;
    MacAddress mac = null;
    in.attributes(Rtm.NDMSG.byteSize());
    while (in.nextAttribute()) {
      switch (in.attributeType()) {
        case Rtm.NDA_DST -> address = inet(in, 0);
        case Rtm.NDA_LLADDR -> mac = mac(in);
        default -> {}
      }
    }
    return address == null
        ? null
        : new Neighbour(in.u32(NDM_IFINDEX), address, mac, in.u16(NDM_STATE));
  }

  /** The route of an RTM_NEWROUTE; null for multicast routing and for the kernel's own copies. */
  static @Nullable Route route(NetlinkReader in) {
    if (in.payload() < Rtm.RTMSG.byteSize() || !internet(in.u8(0))) {
      return null;
    }
    int table = in.u8(RTM_TABLE);
    InetAddress destination = null;
    InetAddress gateway = null;
    InetAddress source = null;
    int out = 0;
    int metric = 0;
    in.attributes(Rtm.RTMSG.byteSize());
    while (in.nextAttribute()) {
      switch (in.attributeType()) {
        case Rtm.RTA_DST -> destination = inet(in, 0);
        case Rtm.RTA_GATEWAY -> gateway = inet(in, 0);
        case Rtm.RTA_VIA -> gateway = inet(in, 2);
        case Rtm.RTA_OIF -> out = in.attributeU32();
        case Rtm.RTA_PRIORITY -> metric = in.attributeU32();
        case Rtm.RTA_PREFSRC -> source = inet(in, 0);
        case Rtm.RTA_TABLE -> table = in.attributeU32();
        case Rtm.RTA_MULTIPATH -> {
          // struct rtnexthop: u16 length of it and its attributes, 2 bytes, u32 interface
          out = in.attributeU32(4);
          int firstHop = in.attributeU8(0) | in.attributeU8(1) << 8;
          long outside = in.enter((int) Rtm.RTNEXTHOP.byteSize());
          in.enterUpTo(firstHop);
          while (in.nextAttribute()) {
            switch (in.attributeType()) {
              case Rtm.RTA_GATEWAY -> gateway = inet(in, 0);
              case Rtm.RTA_VIA -> gateway = inet(in, 2);
              default -> {}
            }
          }
          in.leave(outside);
        }
        default -> {}
      }
    }
    return new Route(
        table,
        destination,
        in.u8(RTM_DST_LEN),
        gateway,
        out,
        source,
        in.u8(RTM_TYPE),
        in.u8(RTM_PROTOCOL),
        metric,
        in.u8(0) == Sockaddr.AF_INET6,
        in.u8(3));
  }

  /** Whether a route is the kernel's own copy, made for one destination. */
  static boolean cloned(NetlinkReader in) {
    return (in.u32(RTM_FLAGS) & Rtm.RTM_F_CLONED) != 0;
  }

  /** An address as a request wants it: RTM_NEWADDR or RTM_DELADDR. */
  static void writeAddress(NetlinkWriter out, InterfaceAddress a, boolean whole) {
    byte[] bytes = a.address().getAddress();
    NetlinkWriter _ =
        out.u8(Addresses.family(a.address()))
            .u8(a.prefixLength())
            .u8(a.flags() & 0xff)
            .u8(a.scope())
            .u32(a.ifindex())
            .attribute(Rtm.IFA_LOCAL, bytes)
            .attribute(Rtm.IFA_ADDRESS, a.peer() == null ? bytes : a.peer().getAddress());
    if (!whole) {
      return;
    }
    if (a.broadcast() != null) {
      NetlinkWriter _ = out.attribute(Rtm.IFA_BROADCAST, a.broadcast().getAddress());
    }
    if (a.label() != null && a.ipv4()) {
      NetlinkWriter _ = out.attributeString(Rtm.IFA_LABEL, a.label());
    }
    if (a.flags() != 0) {
      NetlinkWriter _ = out.attributeU32(Rtm.IFA_FLAGS, a.flags());
    }
    if (a.preferredSeconds() != InterfaceAddress.FOREVER
        || a.validSeconds() != InterfaceAddress.FOREVER) {
      int start = out.nest(Rtm.IFA_CACHEINFO);
      NetlinkWriter _ =
          out.u32((int) a.preferredSeconds()).u32((int) a.validSeconds()).u32(0).u32(0).end(start);
    }
    if (a.protocol() != 0) {
      // A kernel before 5.18 skips the attribute that it does not know.
      NetlinkWriter _ = out.attributeU8(Rtm.IFA_PROTO, a.protocol());
    }
  }

  private static boolean internet(int family) {
    return family == Sockaddr.AF_INET || family == Sockaddr.AF_INET6;
  }

  private static @Nullable InetAddress inet(NetlinkReader in, int from) {
    int length = in.attributeLength() - from;
    return length == 4 || length == 16 ? Addresses.of(in.attributeBytes(from)) : null;
  }

  private static @Nullable MacAddress mac(NetlinkReader in) {
    return in.attributeLength() == 6 ? MacAddress.of(in.attributeBytes()) : null;
  }
}
