package dev.sluice.config.build;

import dev.sluice.config.build.CheckerBuilder.Kind;
import dev.sluice.config.build.CheckerBuilder.UrlBuilder;
import dev.sluice.config.model.Checker;
import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.table.Context;
import dev.sluice.config.table.Types.Command;
import dev.sluice.config.text.Diagnostics;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Virtual servers after reading: inheritance, corrections, cross checks. */
final class LvsCompletion {
  private static final Duration DELAY_LOOP = Duration.ofSeconds(60);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final Plan plan;
  private final Context context;
  private final Diagnostics diagnostics;
  private final Scripts scripts;

  LvsCompletion(Plan plan, Context context, Scripts scripts) {
    this.plan = plan;
    this.context = context;
    this.diagnostics = context.diagnostics();
    this.scripts = scripts;
  }

  List<VirtualServer> virtualServers() {
    Map<VirtualServer.Key, VirtualServer> result = new java.util.LinkedHashMap<>();
    for (VirtualServerBuilder b : plan.virtualServers) {
      VirtualServer server = virtualServer(b);
      if (server == null) {
        continue;
      }
      context.positions().putIfAbsent("virtual_server " + server.key(), Diagnostics.position(b.at));
      VirtualServer before = result.get(server.key());
      if (before != null) {
        diagnostics.error(
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
    return List.copyOf(result.values());
  }

  private static VirtualServer merged(VirtualServer first, VirtualServer second) {
    Map<String, RealServer> reals = new java.util.LinkedHashMap<>();
    for (RealServer real : first.realServers()) {
      reals.put(real.address() + " " + real.port(), real);
    }
    for (RealServer real : second.realServers()) {
      reals.putIfAbsent(real.address() + " " + real.port(), real);
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
        List.copyOf(reals.values()));
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
    if (b.method == null) {
      diagnostics.error(
          b.at,
          "no-method",
          "virtual_server " + b.label() + " has no lb_kind",
          "NAT is used",
          "lb_kind DR");
      b.method = ForwardingMethod.NAT;
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
    if (!(b.head instanceof VirtualServerBuilder.Head.Address address)) {
      diagnostics.info(
          b.at,
          "not-yet",
          "virtual_server " + b.label() + " is accepted, not yet acted on",
          "",
          "");
      return null;
    }
    ForwardingMethod method = b.method;
    return new VirtualServer(
        address.address(),
        address.port(),
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
        b.sorryAddress == null
            ? null
            : new VirtualServer.SorryServer(
                b.sorryAddress,
                b.sorryPort == 0 ? address.port() : b.sorryPort,
                b.sorryMethod == null ? method : b.sorryMethod),
        b.sorryInhibit,
        b.haSuspend,
        reals);
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

  private List<RealServer> reals(VirtualServerBuilder b) {
    List<RealServer> result = new ArrayList<>(b.reals.size());
    Set<String> seen = new HashSet<>();
    for (RealServerBuilder r : b.reals) {
      RealServer real = real(b, r);
      if (real == null) {
        continue;
      }
      if (!seen.add(real.address() + " " + real.port())) {
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
    List<Checker> checkers = new ArrayList<>(r.checkers.size());
    for (CheckerBuilder c : r.checkers) {
      Checker checker = checker(b, r, c, port, alpha);
      if (checker != null) {
        checkers.add(checker);
      }
    }
    return new RealServer(
        r.address,
        port,
        r.weight != null ? r.weight : b.weight,
        method,
        r.inhibitOnFailure != null ? r.inhibitOnFailure : b.inhibitOnFailure,
        alpha,
        notify(r.notifyUp),
        notify(r.notifyDown),
        checkers);
  }

  private @Nullable Checker checker(
      VirtualServerBuilder b, RealServerBuilder r, CheckerBuilder c, int port, boolean alpha) {
    Checker.Pace pace = pace(b, r, c, alpha);
    return switch (c.kind) {
      case TCP -> new Checker.Tcp(connection(b, r, c, port), pace);
      case HTTP, SSL -> http(b, r, c, port, pace);
      case MISC -> misc(c, pace);
      case SMTP, DNS, UDP, PING, FILE, BFD -> null;
    };
  }

  private static Checker.Pace pace(
      VirtualServerBuilder b, RealServerBuilder r, CheckerBuilder c, boolean alpha) {
    Duration loop = first(c.delayLoop, r.delayLoop, b.delayLoop, DELAY_LOOP);
    boolean http = c.kind == Kind.HTTP || c.kind == Kind.SSL;
    int retry =
        c.retry != null
            ? c.retry
            : r.retry != null
                ? r.retry
                : b.retry != null ? b.retry : c.kind == Kind.MISC ? 0 : c.kind == Kind.DNS ? 3 : 1;
    Duration delay =
        first(
            c.delayBeforeRetry,
            r.delayBeforeRetry,
            b.delayBeforeRetry,
            c.kind == Kind.DNS ? loop : Duration.ofSeconds(http ? 3 : 1));
    return new Checker.Pace(
        loop,
        retry,
        delay,
        first(c.warmup, r.warmup, b.warmup, loop),
        c.alpha != null ? c.alpha : alpha);
  }

  private static Duration first(
      @Nullable Duration a, @Nullable Duration b, @Nullable Duration c, Duration otherwise) {
    return a != null ? a : b != null ? b : c != null ? c : otherwise;
  }

  private static Checker.Connection connection(
      VirtualServerBuilder b, RealServerBuilder r, CheckerBuilder c, int port) {
    return new Checker.Connection(
        c.connectAddress != null ? c.connectAddress : r.address,
        c.connectPort != null ? c.connectPort : port,
        c.bindAddress,
        c.bindPort,
        c.bindInterface,
        c.fwmark,
        first(c.connectTimeout, r.connectTimeout, b.connectTimeout, CONNECT_TIMEOUT));
  }

  private @Nullable Checker http(
      VirtualServerBuilder b, RealServerBuilder r, CheckerBuilder c, int port, Checker.Pace pace) {
    if (c.urls.isEmpty()) {
      diagnostics.error(
          c.at,
          "no-url",
          c.kind.keyword + " has no url",
          "the check is left out",
          "url { path / }");
      return null;
    }
    List<Checker.Url> urls = new ArrayList<>();
    for (UrlBuilder u : c.urls) {
      BitSet codes = u.statusCodes;
      if (codes.isEmpty()) {
        codes = new BitSet();
        codes.set(200, 300);
      }
      urls.add(new Checker.Url(u.path == null ? "/" : u.path, u.digest, codes, u.virtualHost));
    }
    String host =
        c.virtualHost != null
            ? c.virtualHost
            : r.virtualHost != null ? r.virtualHost : b.virtualHost;
    return new Checker.Http(
        connection(b, r, c, port),
        pace,
        c.kind == Kind.SSL,
        c.sni,
        host,
        c.httpVersion,
        c.fastRecovery,
        urls);
  }

  private @Nullable Checker misc(CheckerBuilder c, Checker.Pace pace) {
    Command path = c.miscPath;
    if (path == null) {
      diagnostics.error(
          c.at,
          "no-script",
          "MISC_CHECK has no misc_path",
          "the check is left out",
          "misc_path \"COMMAND\"");
      return null;
    }
    Script script = scripts.notify(new Command(path.command(), c.miscUser, path.word()));
    return script == null
        ? null
        : new Checker.Misc(
            script, c.miscTimeout == null ? pace.delayLoop() : c.miscTimeout, c.miscDynamic, pace);
  }
}
