package dev.sluice.config.build;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.PoolPolicy;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.RealServerOptions;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.SelectedService;
import dev.sluice.config.model.ServicePolicy;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.model.VirtualServerGroup;
import dev.sluice.config.model.VirtualServerOptions;
import dev.sluice.config.table.Command;
import dev.sluice.config.table.Context;
import dev.sluice.config.table.Nearest;
import dev.sluice.config.text.Diagnostics;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Virtual servers after reading: inheritance, corrections, cross checks. */
final class LvsCompletion {
  private final Plan plan;
  private final Context context;
  private final Diagnostics diagnostics;
  private final Scripts scripts;
  private final CheckerCompletion checkers;

  LvsCompletion(Plan plan, Context context, Scripts scripts) {
    this.plan = plan;
    this.context = context;
    this.diagnostics = context.diagnostics();
    this.scripts = scripts;
    this.checkers = new CheckerCompletion(plan, context, scripts);
  }

  /** Services by address, and services by mark or group. */
  record Services(List<VirtualServer> services, List<SelectedService> selected) {}

  Services services() {
    Map<VirtualServer.Key, VirtualServer> result = new java.util.LinkedHashMap<>();
    List<SelectedService> selected = new ArrayList<>();
    for (VirtualServerBuilder b : plan.virtualServers) {
      VirtualServer server = virtualServer(b);
      if (server == null) {
        continue;
      }
      SelectedService.Selector selector = selector(b);
      context
          .positions()
          .putIfAbsent(
              "virtual_server " + (selector == null ? server.key().toString() : b.label()),
              Diagnostics.position(b.at));
      if (selector != null) {
        selected.add(new SelectedService(selector, server, b.matches));
        continue;
      }
      VirtualServer before = result.get(server.key());
      if (before != null) {
        diagnostics.lint(
            b.at,
            "duplicate-service",
            "virtual_server " + server.key() + " is defined a second time",
            "its real servers join the first one",
            "put all real servers into one block");
        result.put(server.key(), merged(before, server));
      } else {
        result.put(server.key(), server);
      }
    }
    return new Services(List.copyOf(result.values()), selected);
  }

  private SelectedService.@Nullable Selector selector(VirtualServerBuilder b) {
    return switch (b.head) {
      case VirtualServerBuilder.Head.Address _ -> null;
      case VirtualServerBuilder.Head.Mark(long mark) ->
          new SelectedService.Selector.Mark(mark, family(b));
      case VirtualServerBuilder.Head.Group(String name) -> {
        if (!plan.serverGroups.containsKey(name)) {
          diagnostics.lint(
              b.at,
              "unknown-group",
              "there is no virtual_server_group '" + name + "'",
              "the service selects nothing",
              Nearest.of(name, plan.serverGroups.keySet())
                  .map(near -> "did you mean '" + near + "'?")
                  .orElse(""));
        }
        VirtualServerGroups.Builder group = plan.serverGroups.get(name);
        if (group != null
            && group.build().size().compareTo(BigInteger.valueOf(VirtualServerGroup.MOST)) > 0) {
          diagnostics.error(
              group.at,
              "group-too-large",
              "virtual_server_group '"
                  + name
                  + "' stands for "
                  + group.build().size()
                  + " services",
              "the first " + VirtualServerGroup.MOST + " are used",
              "a firewall mark with 'match destination NET' is one service for all of a network");
        }
        yield new SelectedService.Selector.Group(name);
      }
    };
  }

  /** Of a service that a mark selects: as written, else that of its first real server. */
  private static int family(VirtualServerBuilder b) {
    if (b.family != 0) {
      return b.family;
    }
    return !b.reals.isEmpty() && b.reals.get(0).address instanceof Inet4Address ? 4 : 6;
  }

  private static VirtualServer merged(VirtualServer first, VirtualServer second) {
    Map<Endpoint, RealServer> reals = new java.util.LinkedHashMap<>();
    for (RealServer real : first.realServers()) {
      reals.put(new Endpoint(real.address(), real.port()), real);
    }
    for (RealServer real : second.realServers()) {
      reals.putIfAbsent(new Endpoint(real.address(), real.port()), real);
    }
    return new VirtualServer(
        first.address(),
        first.port(),
        first.protocol(),
        first.scheduler(),
        first.method(),
        first.persistenceTimeout(),
        first.alpha(),
        first.omega(),
        first.quorum(),
        first.hysteresis(),
        first.quorumUp(),
        first.quorumDown(),
        first.sorryServer(),
        first.sorryServerInhibit(),
        first.haSuspend(),
        List.copyOf(reals.values()),
        first.options());
  }

  private @Nullable VirtualServer virtualServer(VirtualServerBuilder b) {
    if (b.protocol == null && b.head instanceof VirtualServerBuilder.Head.Address) {
      diagnostics.error(
          b.at,
          "no-protocol",
          "virtual_server " + b.label() + " has no protocol",
          "UDP is used",
          "protocol TCP");
      b.protocol = Protocol.UDP;
    }
    if (b.reals.isEmpty()) {
      diagnostics.error(
          b.at,
          "no-real-server",
          "virtual_server " + b.label() + " has no real servers",
          "it is left out",
          "real_server ADDRESS PORT { … }");
      return null;
    }
    if (b.scheduler == null) {
      diagnostics.error(
          b.at,
          "no-scheduler",
          "virtual_server " + b.label() + " has no lb_algo",
          "wlc is used",
          "lb_algo wrr");
      b.scheduler = "wlc";
    }
    if (b.method == null && methodNeeded(b)) {
      diagnostics.error(
          b.at,
          "no-method",
          "virtual_server " + b.label() + " has no lb_kind",
          "NAT is used",
          "lb_kind DR");
      LbKind.announce(context, b.at, ForwardingMethod.NAT);
    }
    ForwardingMethod method = b.method == null ? ForwardingMethod.NAT : b.method;
    b.method = method;
    if (b.ops && b.protocol != null && b.protocol != Protocol.UDP) {
      diagnostics.error(b.opsAt, "ops", "one packet scheduling is for UDP", "ops is cleared", "");
      b.ops = false;
    }
    if (b.haSuspend && b.head instanceof VirtualServerBuilder.Head.Mark) {
      diagnostics.error(
          b.haSuspendAt,
          "ha-suspend",
          "ha_suspend has no meaning with fwmark",
          "it is cleared",
          "");
      b.haSuspend = false;
    }
    if (b.head instanceof VirtualServerBuilder.Head.Mark && b.protocol != null) {
      diagnostics.warning(
          b.protocolAt,
          "fwmark-protocol",
          "an fwmark service has no protocol of its own",
          "it is ignored",
          "remove the line");
    }
    if (b.head instanceof VirtualServerBuilder.Head.Address address
        && address.port() == 0
        && b.persistenceTimeout.isZero()) {
      diagnostics.error(
          b.at,
          "all-ports",
          "port 0, all ports, needs persistence",
          "persistence_timeout 360 is used",
          "persistence_timeout SECONDS");
      b.persistenceTimeout = Duration.ofMinutes(6);
    }
    List<RealServer> reals = reals(b);
    quorum(b, reals);
    InetAddress address =
        switch (b.head) {
          case VirtualServerBuilder.Head.Address named -> named.address();
          case VirtualServerBuilder.Head.Mark _ -> family(b) == 4 ? ANY : ANY6;
          case VirtualServerBuilder.Head.Group _ -> ANY;
        };
    int port = b.head instanceof VirtualServerBuilder.Head.Address named ? named.port() : 0;
    return new VirtualServer(
        address,
        port,
        b.protocol == null ? Protocol.UDP : b.protocol,
        b.scheduler,
        method,
        b.persistenceTimeout,
        b.alpha,
        b.omega,
        b.quorum,
        b.hysteresis,
        notify(b.quorumUp),
        notify(b.quorumDown),
        sorryServer(b, method, port),
        b.sorryInhibit,
        b.haSuspend,
        reals,
        options(b));
  }

  private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");
  private static final InetAddress ANY6 = InetAddress.ofLiteral("::");

  private static boolean methodNeeded(VirtualServerBuilder b) {
    for (RealServerBuilder real : b.reals) {
      if (real.method == null) {
        return true;
      }
    }
    return b.sorryAddress != null && b.sorryMethod == null;
  }

  private VirtualServer.@Nullable SorryServer sorryServer(
      VirtualServerBuilder b, ForwardingMethod method, int port) {
    if (b.sorryAddress == null || b.sorryAt == null) {
      return null;
    }
    ForwardingMethod own = b.sorryMethod == null ? method : b.sorryMethod;
    int sorryPort = b.sorryPort == 0 ? port : b.sorryPort;
    if (own != ForwardingMethod.NAT
        && b.sorryPort != 0
        && b.sorryPort != port
        && b.head instanceof VirtualServerBuilder.Head.Address) {
      diagnostics.warning(
          b.sorryAt.at(),
          "direct-port",
          "with " + own + " the port cannot change: " + b.sorryPort + " is not " + port,
          port + " is used",
          "");
      sorryPort = port;
    }
    return new VirtualServer.SorryServer(b.sorryAddress, sorryPort, own);
  }

  private VirtualServerOptions options(VirtualServerBuilder b) {
    VirtualServerOptions options =
        new VirtualServerOptions(
            b.persistenceMask,
            b.persistenceEngine,
            b.ops,
            b.schedulerFlags,
            b.hashed,
            b.smtpAlert != null ? b.smtpAlert : plan.global.checkerAlerts(),
            b.snmpName,
            b.tunnel,
            policy(b),
            b.head instanceof VirtualServerBuilder.Head.Mark(long mark) ? mark : 0,
            pool(b));
    return options.equals(VirtualServerOptions.none()) ? VirtualServerOptions.none() : options;
  }

  private @Nullable PoolPolicy pool(VirtualServerBuilder b) {
    if (!b.slowStart.isZero() && UNWEIGHTED.contains(String.valueOf(b.scheduler))) {
      diagnostics.lint(
          b.at,
          "slow-start-unweighted",
          "slow_start moves weights, and lb_algo " + b.scheduler + " does not look at them",
          "recovered servers get their whole share at once",
          "lb_algo wrr, wlc, or another one with weights");
    }
    if (b.failOpen != null && b.sorryAddress != null) {
      diagnostics.lint(
          b.at,
          "fail-open-and-sorry",
          "fail_open and sorry_server both say where traffic goes when servers are down",
          "fail_open comes first; the sorry server waits for a quorum lost without it",
          "keep one of them");
    }
    return b.slowStart.isZero() && b.failOpen == null
        ? null
        : new PoolPolicy(b.slowStart, b.failOpen);
  }

  /** Schedulers that treat all weights above 0 alike. */
  private static final Set<String> UNWEIGHTED = Set.of("rr", "lc", "dh", "fo", "lblc", "lblcr");

  private ServicePolicy policy(VirtualServerBuilder b) {
    ServicePolicy policy =
        new ServicePolicy(
            b.timeoutTcp,
            b.timeoutTcpFin,
            b.timeoutUdp,
            b.lostServer,
            ofFamily(b, b.allow, "allow"),
            ofFamily(b, b.deny, "deny"));
    return policy.equals(ServicePolicy.none()) ? ServicePolicy.none() : policy;
  }

  /** Clients have the family of the service's address. */
  private List<ServicePolicy.Net> ofFamily(
      VirtualServerBuilder b, List<ServicePolicy.Net> nets, String keyword) {
    boolean ipv4 =
        switch (b.head) {
          case VirtualServerBuilder.Head.Address(InetAddress address, int _) ->
              address instanceof Inet4Address;
          case VirtualServerBuilder.Head.Mark _, VirtualServerBuilder.Head.Group _ ->
              family(b) == 4;
        };
    List<ServicePolicy.Net> fit = new ArrayList<>();
    for (ServicePolicy.Net net : nets) {
      if (net.address() instanceof Inet4Address == ipv4) {
        fit.add(net);
      } else {
        diagnostics.error(
            b.at,
            "network-family",
            keyword + " " + net + " of virtual_server " + b.label() + " is of the other IP version",
            "it is left out",
            "");
      }
    }
    return fit;
  }

  private @Nullable Script notify(@Nullable Command command) {
    return command == null ? null : scripts.notify(command);
  }

  private void quorum(VirtualServerBuilder b, List<RealServer> reals) {
    long total = 0;
    for (RealServer real : reals) {
      total += real.weight();
    }
    if (b.quorum > total) {
      long reduced = Math.max(1, total);
      diagnostics.warning(
          b.quorumAt == null ? b.at : b.quorumAt,
          "quorum-too-large",
          "quorum " + b.quorum + " is more than the sum of weights, " + total,
          "it is reduced to " + reduced,
          "");
      b.quorum = (int) reduced;
    }
    if (b.hysteresis >= b.quorum) {
      if (b.hysteresis > 0) {
        diagnostics.error(
            b.quorumAt == null ? b.at : b.quorumAt,
            "hysteresis-too-large",
            "hysteresis " + b.hysteresis + " is not less than quorum " + b.quorum,
            (b.quorum - 1) + " is used",
            "");
      }
      b.hysteresis = b.quorum - 1;
    }
  }

  private record Endpoint(InetAddress address, int port) {}

  private List<RealServer> reals(VirtualServerBuilder b) {
    List<RealServer> result = new ArrayList<>(b.reals.size());
    Set<Endpoint> seen = HashSet.newHashSet(b.reals.size());
    for (RealServerBuilder r : b.reals) {
      RealServer real = real(b, r);
      if (real == null) {
        continue;
      }
      if (!seen.add(new Endpoint(real.address(), real.port()))) {
        diagnostics.error(
            r.at,
            "duplicate-real",
            "real_server "
                + real.address().getHostAddress()
                + " "
                + real.port()
                + " is given a second time",
            "the second one is left out",
            "");
        continue;
      }
      result.add(real);
    }
    return result;
  }

  private @Nullable RealServer real(VirtualServerBuilder b, RealServerBuilder r) {
    ForwardingMethod method =
        r.method != null ? r.method : b.method != null ? b.method : ForwardingMethod.NAT;
    int port = r.port;
    boolean direct = method == ForwardingMethod.DR || method == ForwardingMethod.TUN;
    if (b.head instanceof VirtualServerBuilder.Head.Address address) {
      boolean sameFamily =
          address.address() instanceof Inet4Address == r.address instanceof Inet4Address;
      if (!sameFamily && method != ForwardingMethod.TUN) {
        diagnostics.error(
            r.at,
            "address-family",
            "real_server " + r.address.getHostAddress() + " is not of the family of its service",
            "it is left out",
            "only lb_kind TUN can cross families");
        return null;
      }
      if (direct && port != 0 && port != address.port()) {
        diagnostics.warning(
            r.at,
            "direct-port",
            "with " + method + " the port cannot change: " + port + " is not " + address.port(),
            address.port() + " is used",
            "write the service's port; with NAT it may differ");
        port = address.port();
      } else if (port == 0) {
        port = address.port();
      }
    } else if (b.head instanceof VirtualServerBuilder.Head.Mark && direct && port != 0) {
      diagnostics.warning(
          r.at,
          "fwmark-port",
          "with an fwmark service and " + method + " a real server has no port",
          "the port is cleared",
          "");
      port = 0;
    }
    boolean alpha = r.alpha != null ? r.alpha : b.alpha;
    CheckerCompletion.Checkers checks =
        checkers.complete(b, r, port == 0 ? firstPort(b) : port, alpha);
    r.checkers.clear();
    return new RealServer(
        r.address,
        port,
        r.weight != null ? r.weight : b.weight,
        method,
        r.inhibitOnFailure != null ? r.inhibitOnFailure : b.inhibitOnFailure,
        alpha,
        notify(r.notifyUp),
        notify(r.notifyDown),
        checks.checkers(),
        options(b, r, checks));
  }

  /** Of a group: a server without a port is checked at the port of the group's first entry. */
  private int firstPort(VirtualServerBuilder b) {
    if (b.head instanceof VirtualServerBuilder.Head.Group(String name)) {
      VirtualServerGroups.Builder group = plan.serverGroups.get(name);
      if (group != null
          && !group.entries.isEmpty()
          && group.entries.getFirst()
              instanceof VirtualServerGroup.Entry.Range(var _, var _, int port)) {
        return port;
      }
    }
    return 0;
  }

  private RealServerOptions options(
      VirtualServerBuilder b, RealServerBuilder r, CheckerCompletion.Checkers checks) {
    Tunnel tunnel = r.tunnel != null ? r.tunnel : b.tunnel;
    boolean alert =
        r.smtpAlert != null
            ? r.smtpAlert
            : b.smtpAlert != null ? b.smtpAlert : plan.global.checkerAlerts();
    if (r.upperThreshold == 0
        && r.lowerThreshold == 0
        && r.snmpName == null
        && alert
        && checks.further().isEmpty()
        && tunnel.equals(Tunnel.ipip())) {
      return RealServerOptions.none();
    }
    return new RealServerOptions(
        r.upperThreshold, r.lowerThreshold, tunnel, alert, r.snmpName, checks.further());
  }
}
