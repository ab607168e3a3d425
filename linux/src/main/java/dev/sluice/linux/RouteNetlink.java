package dev.sluice.linux;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Requests to rtnetlink(7): what links, addresses, neighbours and routes there are, and changes to
 * them. It speaks of the namespace of the thread that opened it, and belongs to one thread at a
 * time. Reading needs no privilege, changing needs CAP_NET_ADMIN.
 *
 * <p>Every method throws {@link SyscallException} with the kernel's own words where it gives some.
 */
public final class RouteNetlink implements AutoCloseable {
  private static final int NETLINK_ROUTE = 0;

  private final NetlinkSocket socket;

  private RouteNetlink(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** A connection to the kernel. */
  public static RouteNetlink open() {
    return new RouteNetlink(NetlinkSocket.open(NETLINK_ROUTE));
  }

  /** All links. */
  public List<Link> links() {
    return dump(Rtm.GETLINK, Rtm.NEWLINK, RouteNetlink::linkHeader, RouteCodec::link, "list links");
  }

  /** The link of this name (or alternative name). */
  public Optional<Link> link(String name) {
    linkHeader(socket.request(Rtm.GETLINK, Rtm.NLM_F_ACK), 0)
        .attributeString(name.length() < 16 ? Rtm.IFLA_IFNAME : Rtm.IFLA_ALT_IFNAME, name);
    return oneLink("look up interface " + name);
  }

  /** The link of this number. */
  public Optional<Link> link(int ifindex) {
    linkHeader(socket.request(Rtm.GETLINK, Rtm.NLM_F_ACK), ifindex);
    return oneLink("look up interface number " + ifindex);
  }

  private Optional<Link> oneLink(String attempt) {
    One<Link> found = new One<>(RouteCodec::link);
    NetlinkSocket.Refusal refusal = socket.acknowledge(found, attempt);
    return found.unless(refusal, attempt, Errno.ENODEV);
  }

  /** All addresses, of IPv4 and IPv6. */
  public List<InterfaceAddress> addresses() {
    return dump(
        Rtm.GETADDR,
        Rtm.NEWADDR,
        out -> out.u8(Sockaddr.AF_UNSPEC).u8(0).u8(0).u8(0).u32(0),
        RouteCodec::address,
        "list addresses");
  }

  /** All neighbours, of IPv4 and IPv6. */
  public List<Neighbour> neighbours() {
    return dump(
        Rtm.GETNEIGH,
        Rtm.NEWNEIGH,
        out -> neighbourHeader(out, Sockaddr.AF_UNSPEC, 0, 0, 0),
        RouteCodec::neighbour,
        "list neighbours");
  }

  /** All routes of all tables, of IPv4 and IPv6. */
  public List<Route> routes() {
    return dump(
        Rtm.GETROUTE,
        Rtm.NEWROUTE,
        out -> routeHeader(out, Sockaddr.AF_UNSPEC, 0),
        in -> RouteCodec.cloned(in) ? null : RouteCodec.route(in),
        "list routes");
  }

  /**
   * All routes of a protocol, in full: of all tables, of IPv4 and IPv6, without the kernel's own
   * copies. The next hops' encapsulation and the remaining life are not told.
   *
   * @param protocol RTPROT_…, 18 is keepalived; 0: all
   */
  public List<RouteRequest> routes(int protocol) {
    List<RouteRequest> all = new ArrayList<>();
    for (int family : new int[] {Sockaddr.AF_INET, Sockaddr.AF_INET6}) {
      all.addAll(
          dump(
              Rtm.GETROUTE,
              Rtm.NEWROUTE,
              // The kernel filters by protocol; rtm_protocol is the sixth byte.
              out -> out.u8(family).u8(0).u8(0).u8(0).u8(0).u8(protocol).u8(0).u8(0).u32(0),
              RouteRequestCodec::read,
              "list routes"));
    }
    return List.copyOf(all);
  }

  /** All rules, of IPv4 and IPv6, in the order in which they are asked. */
  public List<RuleRequest> rules() {
    List<RuleRequest> all = new ArrayList<>();
    for (int family : new int[] {Sockaddr.AF_INET, Sockaddr.AF_INET6}) {
      all.addAll(
          dump(
              Rtm.GETRULE,
              Rtm.NEWRULE,
              out -> out.u8(family).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u32(0),
              RuleCodec::read,
              "list rules"));
    }
    return List.copyOf(all);
  }

  /** Changes to be sent together. */
  public RouteBatch batch() {
    return new RouteBatch(socket);
  }

  /**
   * Adds an address.
   *
   * @return false when the interface has it already
   */
  public boolean addAddress(InterfaceAddress a) {
    String attempt = "add " + a.cidr() + " to interface number " + a.ifindex();
    RouteCodec.writeAddress(
        socket.request(Rtm.NEWADDR, Rtm.NLM_F_ACK | Rtm.NLM_F_CREATE | Rtm.NLM_F_EXCL), a, true);
    return done(attempt, Errno.EEXIST, Errno.EEXIST);
  }

  /**
   * Takes an address away.
   *
   * @return false when the interface does not have it, or is gone itself
   */
  public boolean deleteAddress(InterfaceAddress a) {
    String attempt = "delete " + a.cidr() + " from interface number " + a.ifindex();
    RouteCodec.writeAddress(socket.request(Rtm.DELADDR, Rtm.NLM_F_ACK), a, false);
    return done(attempt, Errno.EADDRNOTAVAIL, Errno.ENODEV);
  }

  /** Where the kernel would send a packet to this destination; empty when it has no route. */
  public Optional<Route> routeTo(InetAddress destination) {
    String attempt = "look up the route to " + Addresses.text(destination);
    routeHeader(
            socket.request(Rtm.GETROUTE, Rtm.NLM_F_ACK),
            Addresses.family(destination),
            Addresses.width(destination))
        .attribute(Rtm.RTA_DST, destination.getAddress());
    One<Route> found = new One<>(RouteCodec::route);
    NetlinkSocket.Refusal refusal = socket.acknowledge(found, attempt);
    return found.unless(refusal, attempt, Errno.ENETUNREACH, Errno.EHOSTUNREACH);
  }

  /**
   * Makes the kernel find out the hardware address of a host on this link, as if a packet were to
   * be sent there (NTF_USE). The answer comes as a {@link RouteEvent.NeighbourChanged}.
   */
  public void probeNeighbour(int ifindex, InetAddress address) {
    String attempt = "resolve " + Addresses.text(address) + " on interface number " + ifindex;
    neighbourHeader(
            socket.request(Rtm.NEWNEIGH, Rtm.NLM_F_ACK | Rtm.NLM_F_CREATE | Rtm.NLM_F_REPLACE),
            Addresses.family(address),
            ifindex,
            0,
            Rtm.NTF_USE)
        .attribute(Rtm.NDA_DST, address.getAddress());
    boolean _ = done(attempt, 0, 0);
  }

  /** Sets a link up or down. */
  public void setUp(int ifindex, boolean up) {
    String attempt = "set interface number " + ifindex + (up ? " up" : " down");
    NetlinkWriter _ =
        socket
            .request(Rtm.NEWLINK, Rtm.NLM_F_ACK)
            .u8(Sockaddr.AF_UNSPEC)
            .u8(0)
            .u16(0)
            .u32(ifindex)
            .u32(up ? Link.IFF_UP : 0)
            .u32(Link.IFF_UP);
    boolean _ = done(attempt, 0, 0);
  }

  /** Whether the request was carried out; false for an errno that is an answer. */
  private boolean done(String attempt, int noNews, int noNewsEither) {
    NetlinkSocket.Refusal refusal = socket.acknowledge(null, attempt);
    if (refusal == null) {
      return true;
    }
    if (refusal.errno() == noNews || refusal.errno() == noNewsEither) {
      return false;
    }
    throw refusal.exception(attempt);
  }

  private <T> List<T> dump(
      int request,
      int answer,
      Consumer<NetlinkWriter> body,
      Function<NetlinkReader, @Nullable T> decode,
      String attempt) {
    List<T> all = new ArrayList<>();
    socket.dump(
        request,
        body,
        all::clear,
        in -> {
          T one = in.type() == answer ? decode.apply(in) : null;
          if (one != null) {
            all.add(one);
          }
        },
        attempt);
    return List.copyOf(all);
  }

  private static void linkHeader(NetlinkWriter out) {
    NetlinkWriter _ = linkHeader(out, 0);
  }

  private static NetlinkWriter linkHeader(NetlinkWriter out, int ifindex) {
    return out.u8(Sockaddr.AF_UNSPEC).u8(0).u16(0).u32(ifindex).u32(0).u32(0);
  }

  private static NetlinkWriter neighbourHeader(
      NetlinkWriter out, int family, int ifindex, int state, int flags) {
    return out.u8(family).u8(0).u16(0).u32(ifindex).u16(state).u8(flags).u8(0);
  }

  private static NetlinkWriter routeHeader(NetlinkWriter out, int family, int prefixLength) {
    return out.u8(family).u8(prefixLength).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u32(0);
  }

  @Override
  public void close() {
    socket.close();
  }

  /** Keeps the last answer to a request for one thing. */
  private static final class One<T> implements Consumer<NetlinkReader> {
    private final Function<NetlinkReader, @Nullable T> decode;
    private @Nullable T found;

    One(Function<NetlinkReader, @Nullable T> decode) {
      this.decode = decode;
    }

    @Override
    public void accept(NetlinkReader in) {
      found = decode.apply(in);
    }

    /** The answer; empty for a refusal that means there is none. */
    Optional<T> unless(
        NetlinkSocket.@Nullable Refusal refusal, String attempt, int... meaningNone) {
      if (refusal == null) {
        return Optional.ofNullable(found);
      }
      for (int errno : meaningNone) {
        if (refusal.errno() == errno) {
          return Optional.empty();
        }
      }
      throw refusal.exception(attempt);
    }
  }
}
