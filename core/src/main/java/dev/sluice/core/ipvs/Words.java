package dev.sluice.core.ipvs;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsKey;
import dev.sluice.core.api.IpvsRules;
import dev.sluice.core.api.IpvsServer;
import dev.sluice.core.api.IpvsService;
import dev.sluice.core.ipvs.table.HandTable;
import dev.sluice.linux.Addresses;
import dev.sluice.lvs.ServiceTable;
import java.net.InetAddress;
import java.util.List;

/** Between ipvsadm's records and the plane's, both ways. */
final class Words {
  private Words() {}

  static VirtualServer.Key key(IpvsKey key) {
    return switch (key.kind()) {
      case FWM -> VirtualServer.Key.ofMark(key.mark(), key.ipv6() ? 6 : 4);
      case TCP -> place(key, Protocol.TCP);
      case UDP -> place(key, Protocol.UDP);
      case SCTP -> place(key, Protocol.SCTP);
    };
  }

  private static VirtualServer.Key place(IpvsKey key, Protocol protocol) {
    return new VirtualServer.Key(InetAddress.ofLiteral(key.address()), key.port(), protocol);
  }

  static IpvsKey key(VirtualServer.Key key) {
    if (key.mark() != 0) {
      return IpvsKey.ofMark(key.mark(), key.ipv6());
    }
    IpvsKey.Kind kind =
        switch (key.protocol()) {
          case TCP -> IpvsKey.Kind.TCP;
          case UDP -> IpvsKey.Kind.UDP;
          case SCTP -> IpvsKey.Kind.SCTP;
        };
    return IpvsKey.of(kind, Addresses.text(key.address()), key.port());
  }

  static ServiceTable.Service service(IpvsRules.Rule rule) {
    IpvsService s = rule.service();
    return new ServiceTable.Service(
        key(s.key()),
        new ServiceTable.Scheduling(
            s.scheduler(),
            (s.flags() & IpvsService.FALLBACK) != 0,
            (s.flags() & IpvsService.PORT) != 0),
        s.persistentSeconds() == 0
            ? ServiceTable.Persistence.NONE
            : new ServiceTable.Persistence(s.persistentSeconds(), s.clientPrefix()),
        ServiceTable.Features.of(s.onePacket(), s.engine()),
        rule.servers().stream().map(Words::real).toList());
  }

  private static ServiceTable.Real real(IpvsServer s) {
    return new ServiceTable.Real(
        new ServiceTable.RealKey(InetAddress.ofLiteral(s.address()), s.port()),
        s.weight(),
        switch (s.method()) {
          case MASQ -> ForwardingMethod.NAT;
          case TUNNEL -> ForwardingMethod.TUN;
          case ROUTE, LOCAL, BYPASS -> ForwardingMethod.DR;
        },
        s.upperThreshold(),
        s.lowerThreshold(),
        new Tunnel(
            switch (s.tunnel().type()) {
              case IPIP -> Tunnel.Type.IPIP;
              case GUE -> Tunnel.Type.GUE;
              case GRE -> Tunnel.Type.GRE;
            },
            s.tunnel().port(),
            switch (s.tunnel().checksum()) {
              case NONE -> Tunnel.Checksum.NONE;
              case FULL -> Tunnel.Checksum.CSUM;
              case REMOTE -> Tunnel.Checksum.REMCSUM;
            }));
  }

  static IpvsService service(ServiceTable.Service s) {
    int prefix = s.persistence().clientPrefix();
    return new IpvsService(
        key(s.key()),
        s.scheduler(),
        (s.scheduling().fallback() ? IpvsService.FALLBACK : 0)
            | (s.scheduling().port() ? IpvsService.PORT : 0),
        s.persistence().timeoutSeconds(),
        prefix == 0 ? (s.key().ipv6() ? 128 : 32) : prefix,
        s.features().engine(),
        s.features().onePacket());
  }

  static IpvsServer server(ServiceTable.Real r) {
    return new IpvsServer(
        Addresses.text(r.key().address()),
        r.key().port(),
        switch (r.method()) {
          case NAT, FULLNAT -> IpvsServer.Method.MASQ;
          case TUN -> IpvsServer.Method.TUNNEL;
          case DR -> IpvsServer.Method.ROUTE;
        },
        r.weight(),
        r.upperThreshold(),
        r.lowerThreshold(),
        new IpvsServer.Tunnel(
            switch (r.tunnel().type()) {
              case IPIP -> IpvsServer.TunnelType.IPIP;
              case GUE -> IpvsServer.TunnelType.GUE;
              case GRE -> IpvsServer.TunnelType.GRE;
            },
            r.tunnel().port(),
            switch (r.tunnel().checksum()) {
              case NONE -> IpvsServer.Checksum.NONE;
              case CSUM -> IpvsServer.Checksum.FULL;
              case REMCSUM -> IpvsServer.Checksum.REMOTE;
            }));
  }

  static ServiceTable.Timeouts timeouts(IpvsChange.Timeouts t) {
    return new ServiceTable.Timeouts(
        Math.toIntExact(t.tcpSeconds()),
        Math.toIntExact(t.tcpFinSeconds()),
        Math.toIntExact(t.udpSeconds()));
  }

  static IpvsChange.Timeouts timeouts(ServiceTable.Timeouts t) {
    return new IpvsChange.Timeouts(t.tcp(), t.tcpFin(), t.udp());
  }

  /** Those that forward: without a scheduler there is nothing to carry out. */
  static List<ServiceTable.Service> services(HandTable table) {
    return table.rules().stream()
        .filter(r -> !r.service().scheduler().equals("none"))
        .map(Words::service)
        .toList();
  }
}
