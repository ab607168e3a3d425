package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;

import dev.sluice.linux.RouteRequest.Hop;
import dev.sluice.linux.RouteRequest.Metric;
import dev.sluice.linux.RouteRequest.Metrics;
import dev.sluice.linux.RouteRequest.Preference;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Between RTM_NEWROUTE, RTM_DELROUTE and {@link RouteRequest}. */
final class RouteRequestCodec {
  private static final int NLA_F_NESTED = 0x8000;
  private static final int RTNH_F_ONLINK = 4;
  private static final int SCOPE_NOWHERE = 255;
  private static final int RTAX_LOCK = 1;
  private static final int RTAX_CC_ALGO = 16;
  private static final int ENCAP_MPLS = 1;
  private static final int ENCAP_IP = 2;
  private static final int ENCAP_ILA = 3;
  private static final int ENCAP_IP6 = 4;
  private static final long RTNH_FLAGS = Rtm.RTNEXTHOP.byteOffset(groupElement("rtnh_flags"));

  private RouteRequestCodec() {}

  /**
   * Writes the body of a request.
   *
   * @param whole false for a deletion: what chooses the route is enough
   */
  static void write(NetlinkWriter out, RouteRequest r, boolean whole) {
    Hop single = r.hops().size() == 1 ? r.hops().getFirst() : null;
    NetlinkWriter _ =
        out.u8(r.ipv6() ? Sockaddr.AF_INET6 : Sockaddr.AF_INET)
            .u8(r.prefixLength())
            .u8(r.from() == null ? 0 : r.fromPrefixLength())
            .u8(r.tos())
            .u8(r.table() >= 0 && r.table() < 256 ? r.table() : 0)
            .u8(r.protocol())
            .u8(whole ? r.scope() : SCOPE_NOWHERE)
            .u8(r.type())
            .u32(single != null && single.onLink() ? RTNH_F_ONLINK : 0)
            .attributeU32(Rtm.RTA_TABLE, r.table());
    address(out, Rtm.RTA_DST, r.destination());
    address(out, Rtm.RTA_SRC, r.from());
    address(out, Rtm.RTA_PREFSRC, r.source());
    if (r.metric() != 0) {
      NetlinkWriter _ = out.attributeU32(Rtm.RTA_PRIORITY, (int) r.metric());
    }
    if (single != null) {
      hop(out, r, single);
      if (single.ifindex() != 0) {
        NetlinkWriter _ = out.attributeU32(Rtm.RTA_OIF, single.ifindex());
      }
    } else if (!r.hops().isEmpty()) {
      hops(out, r);
    }
    if (whole) {
      extras(out, r);
    }
  }

  private static void address(NetlinkWriter out, int type, @Nullable InetAddress address) {
    if (address != null) {
      NetlinkWriter _ = out.attribute(type, address.getAddress());
    }
  }

  private static void hops(NetlinkWriter out, RouteRequest r) {
    int all = out.nest(Rtm.RTA_MULTIPATH);
    for (Hop hop : r.hops()) {
      int start = out.nextHop(hop.onLink() ? RTNH_F_ONLINK : 0, hop.weight() - 1, hop.ifindex());
      hop(out, r, hop);
      NetlinkWriter _ = out.end(start);
    }
    NetlinkWriter _ = out.end(all);
  }

  private static void hop(NetlinkWriter out, RouteRequest r, Hop hop) {
    InetAddress gateway = hop.gateway();
    if (gateway != null && gateway instanceof Inet4Address != r.ipv6()) {
      address(out, Rtm.RTA_GATEWAY, gateway);
    } else if (gateway != null) {
      int start = out.nest(Rtm.RTA_VIA);
      NetlinkWriter _ = out.u16(Addresses.family(gateway)).bytes(gateway.getAddress()).end(start);
    }
    if (hop.realms() != 0) {
      NetlinkWriter _ = out.attributeU32(Rtm.RTA_FLOW, hop.realms());
    }
    if (hop.encapsulation() != null) {
      encapsulation(out, hop.encapsulation());
    }
  }

  private static void encapsulation(NetlinkWriter out, RouteEncapsulation encapsulation) {
    int start = out.nest(Rtm.RTA_ENCAP | NLA_F_NESTED);
    int type =
        switch (encapsulation) {
          case RouteEncapsulation.Mpls mpls -> {
            ByteBuffer labels = ByteBuffer.allocate(4 * mpls.labels().size());
            for (int i = 0; i < mpls.labels().size(); i++) {
              // RFC 3032: label 20 bits, class 3, bottom of stack 1, TTL 8
              int bottom = i == mpls.labels().size() - 1 ? 1 << 8 : 0;
              ByteBuffer _ = labels.putInt(mpls.labels().get(i) << 12 | bottom);
            }
            NetlinkWriter _ = out.attribute(1, labels.array());
            if (mpls.ttl() != 0) {
              NetlinkWriter _ = out.attributeU8(2, mpls.ttl());
            }
            yield ENCAP_MPLS;
          }
          case RouteEncapsulation.Ip ip -> {
            if (ip.id() != null) {
              NetlinkWriter _ = out.attribute(1, long64(ip.id()));
            }
            address(out, 2, ip.destination());
            address(out, 3, ip.source());
            if (ip.ttl() != 0) {
              NetlinkWriter _ = out.attributeU8(4, ip.ttl());
            }
            if (ip.tos() != 0) {
              NetlinkWriter _ = out.attributeU8(5, ip.tos());
            }
            yield ip.ipv6() ? ENCAP_IP6 : ENCAP_IP;
          }
          case RouteEncapsulation.Ila ila -> {
            NetlinkWriter _ = out.attribute(1, long64(ila.locator()));
            yield ENCAP_ILA;
          }
        };
    NetlinkWriter _ = out.end(start).attribute(Rtm.RTA_ENCAP_TYPE, u16(type));
  }

  private static byte[] long64(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  private static byte[] u16(int value) {
    return ByteBuffer.allocate(2).order(ByteOrder.nativeOrder()).putShort((short) value).array();
  }

  private static void extras(NetlinkWriter out, RouteRequest r) {
    if (r.preference() != null) {
      NetlinkWriter _ = out.attributeU8(Rtm.RTA_PREF, r.preference().number);
    }
    if (r.expiresSeconds() != 0) {
      NetlinkWriter _ = out.attributeU32(Rtm.RTA_EXPIRES, (int) r.expiresSeconds());
    }
    if (r.ttlPropagate() != null) {
      NetlinkWriter _ = out.attributeU8(Rtm.RTA_TTL_PROPAGATE, r.ttlPropagate() ? 1 : 0);
    }
    Metrics metrics = r.metrics();
    if (metrics.empty()) {
      return;
    }
    int start = out.nest(Rtm.RTA_METRICS);
    int lock = metrics.congestionControlLocked() ? 1 << RTAX_CC_ALGO : 0;
    for (Metric locked : metrics.locked()) {
      lock |= 1 << locked.number;
    }
    if (lock != 0) {
      NetlinkWriter _ = out.attributeU32(RTAX_LOCK, lock);
    }
    for (Map.Entry<Metric, Integer> metric : metrics.values().entrySet()) {
      NetlinkWriter _ = out.attributeU32(metric.getKey().number, metric.getValue());
    }
    if (metrics.congestionControl() != null) {
      NetlinkWriter _ = out.attributeString(RTAX_CC_ALGO, metrics.congestionControl());
    }
    NetlinkWriter _ = out.end(start);
  }

  /** The route of an RTM_NEWROUTE; null for the kernel's own copies and other families. */
  static @Nullable RouteRequest read(NetlinkReader in) {
    if (in.payload() < Rtm.RTMSG.byteSize()
        || RouteCodec.cloned(in)
        || (in.u8(0) != Sockaddr.AF_INET && in.u8(0) != Sockaddr.AF_INET6)) {
      return null;
    }
    boolean ipv6 = in.u8(0) == Sockaddr.AF_INET6;
    InetAddress destination = null;
    InetAddress from = null;
    InetAddress source = null;
    int table = in.u8(4);
    long metric = 0;
    Preference preference = null;
    HopReading single = new HopReading();
    single.onLink = (in.u32(8) & RTNH_F_ONLINK) != 0;
    List<Hop> several = new ArrayList<>();
    Metrics metrics = Metrics.NONE;
    Boolean ttlPropagate = null;
    in.attributes(Rtm.RTMSG.byteSize());
    while (in.nextAttribute()) {
      switch (in.attributeType()) {
        case Rtm.RTA_DST -> destination = inet(in, 0);
        case Rtm.RTA_SRC -> from = inet(in, 0);
        case Rtm.RTA_PREFSRC -> source = inet(in, 0);
        case Rtm.RTA_TABLE -> table = in.attributeU32();
        case Rtm.RTA_PRIORITY -> metric = in.attributeU32() & 0xffff_ffffL;
        case Rtm.RTA_PREF -> preference = Preference.of(in.attributeU8(0));
        case Rtm.RTA_TTL_PROPAGATE -> ttlPropagate = in.attributeU8(0) != 0;
        case Rtm.RTA_METRICS -> metrics = metrics(in);
        case Rtm.RTA_MULTIPATH -> several.addAll(several(in));
        default -> single.attribute(in);
      }
    }
    RouteRequest.Builder route =
        destination == null || in.u8(1) == 0
            ? RouteRequest.toDefault(ipv6)
            : RouteRequest.to(destination, in.u8(1));
    RouteRequest.Builder _ =
        route
            .type(in.u8(7))
            .table(table)
            .protocol(in.u8(5))
            .scope(in.u8(6))
            .tos(in.u8(3))
            .from(from, from == null ? 0 : in.u8(2))
            .source(source)
            .metric(metric)
            .preference(preference)
            .ttlPropagate(ttlPropagate);
    if (several.isEmpty() && single.any()) {
      several.add(single.hop());
    }
    several.forEach(hop -> {
      RouteRequest.Builder _ = route.hop(hop);
    });
    return route.build(metrics);
  }

  private static Metrics metrics(NetlinkReader in) {
    Map<Metric, Integer> values = new EnumMap<>(Metric.class);
    Set<Metric> locked = EnumSet.noneOf(Metric.class);
    String congestion = null;
    int lock = 0;
    long outside = in.enter(0);
    while (in.nextAttribute()) {
      int number = in.attributeType();
      Metric metric = Metric.of(number);
      if (number == RTAX_LOCK) {
        lock = in.attributeU32();
      } else if (number == RTAX_CC_ALGO) {
        congestion = in.attributeString();
      } else if (metric != null) {
        values.put(metric, in.attributeU32());
      }
    }
    in.leave(outside);
    for (Metric metric : values.keySet()) {
      if ((lock & 1 << metric.number) != 0) {
        locked.add(metric);
      }
    }
    return new Metrics(values, locked, congestion, (lock & 1 << RTAX_CC_ALGO) != 0);
  }

  /** The hops of an RTA_MULTIPATH, each a {@code struct rtnexthop} with attributes behind it. */
  private static List<Hop> several(NetlinkReader in) {
    List<Hop> hops = new ArrayList<>();
    int fixed = (int) Rtm.RTNEXTHOP.byteSize();
    int at = 0;
    while (at + fixed <= in.attributeLength()) {
      int length = in.attributeU32(at) & 0xffff;
      if (length < fixed) {
        break;
      }
      HopReading hop = new HopReading();
      hop.onLink = (in.attributeU8(at + (int) RTNH_FLAGS) & RTNH_F_ONLINK) != 0;
      hop.weight = in.attributeU8(at + 3) + 1;
      hop.ifindex = in.attributeU32(at + 4);
      NetlinkReader.Place place = in.place();
      in.enterPart(at + fixed, at + length);
      while (in.nextAttribute()) {
        hop.attribute(in);
      }
      in.back(place);
      hops.add(hop.hop());
      at += length + 3 & ~3;
    }
    return hops;
  }

  private static @Nullable InetAddress inet(NetlinkReader in, int from) {
    int length = in.attributeLength() - from;
    return length == 4 || length == 16 ? Addresses.of(in.attributeBytes(from)) : null;
  }

  /** A hop while its attributes are read. */
  private static final class HopReading {
    private @Nullable InetAddress gateway;
    private int ifindex;
    private int weight = 1;
    private boolean onLink;
    private int realms;

    void attribute(NetlinkReader in) {
      switch (in.attributeType()) {
        case Rtm.RTA_GATEWAY -> gateway = inet(in, 0);
        case Rtm.RTA_VIA -> gateway = inet(in, 2);
        case Rtm.RTA_OIF -> ifindex = in.attributeU32();
        case Rtm.RTA_FLOW -> realms = in.attributeU32();
        default -> {}
      }
    }

    boolean any() {
      return gateway != null || ifindex != 0;
    }

    Hop hop() {
      return new Hop(gateway, ifindex, weight, onLink, realms, null);
    }
  }
}
