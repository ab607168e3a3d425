package dev.sluice.lvs;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.model.VirtualServer;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The desired table of a plane: what should be forwarded where, at this moment. Health has already
 * been applied: a server that is down is absent, or has weight 0 with {@code inhibit_on_failure}.
 */
public record ServiceTable(List<Service> services, List<MarkRule> rules) {

  public ServiceTable {
    services = List.copyOf(services);
    rules = List.copyOf(rules);
    var seen = new HashSet<VirtualServer.Key>();
    for (Service s : services) {
      if (!seen.add(s.key())) {
        throw new IllegalArgumentException("service twice in one table: " + s.key());
      }
    }
  }

  /** Without firewall marks. */
  public ServiceTable(List<Service> services) {
    this(services, List.of());
  }

  /**
   * Which packets carry a firewall mark, for a plane that comes before netfilter. All that is said
   * must fit; of several rules the first one counts.
   *
   * @param ipVersion 4 or 6
   * @param device where packets come in; empty: anywhere
   * @param source null: any
   * @param destination null: any
   * @param protocol null: any
   */
  public record MarkRule(
      long mark,
      int ipVersion,
      String device,
      @Nullable Prefix source,
      @Nullable Prefix destination,
      @Nullable Protocol protocol,
      Ports sourcePorts,
      Ports destinationPorts) {}

  /** Ports from the first to the last. */
  public record Ports(int first, int last) {
    /** Every port. */
    public static final Ports ALL = new Ports(0, 65535);
  }

  /** A table without services. */
  public static ServiceTable empty() {
    return new ServiceTable(List.of());
  }

  /**
   * Who chooses.
   *
   * @param name keepalived's name of the scheduler
   * @param fallback sh, mh: another server instead of a refusal
   * @param port sh, mh: the client's port counts, too
   */
  public record Scheduling(String name, boolean fallback, boolean port) {
    /** Without flags. */
    public static Scheduling of(String name) {
      return new Scheduling(name, false, false);
    }

    /** With the flags as configurations write them: {@code sh-port}, {@code mh-fallback}, … */
    public static Scheduling of(String name, List<String> flags) {
      boolean fallback =
          flags.stream().anyMatch(f -> f.endsWith("-fallback") || f.equals("flag-1"));
      boolean port = flags.stream().anyMatch(f -> f.endsWith("-port") || f.equals("flag-2"));
      return new Scheduling(name, fallback, port);
    }
  }

  /**
   * How long a client stays with its server.
   *
   * @param timeoutSeconds after its last connection began; 0: it does not
   * @param clientPrefix clients that agree in so many leading bits are one
   */
  public record Persistence(long timeoutSeconds, int clientPrefix) {
    /** Each connection is scheduled. */
    public static final Persistence NONE = new Persistence(0, 0);
  }

  /**
   * How long an entry outlives its last packet, in seconds.
   *
   * @param tcp established TCP
   * @param tcpFin TCP after a FIN
   * @param udp UDP
   */
  public record Timeouts(int tcp, int tcpFin, int udp) {
    /** What a service has that says nothing: the plane's. A field that is 0 means this, too. */
    public static final Timeouts PLANE = new Timeouts(0, 0, 0);

    /** IPVS's. */
    public static final Timeouts IPVS = new Timeouts(900, 120, 300);

    /** IPVS's limit: 31 days. */
    public static final int MOST = 2_678_400;

    public Timeouts {
      if (Math.min(tcp, Math.min(tcpFin, udp)) < 0 || Math.max(tcp, Math.max(tcpFin, udp)) > MOST) {
        throw new IllegalArgumentException("a timeout is 0 to " + MOST + " seconds");
      }
    }

    /** These, and where they are 0 the others. */
    public Timeouts or(Timeouts others) {
      return new Timeouts(
          tcp == 0 ? others.tcp : tcp,
          tcpFin == 0 ? others.tcpFin : tcpFin,
          udp == 0 ? others.udp : udp);
    }
  }

  /** What becomes of connections whose real server was removed. */
  public enum LostServer {
    /** As the plane's {@code expire_nodest_conn} says. */
    PLANE,
    /** Packets are dropped until the entry expires: the kernel's default. */
    DROP,
    /** The entry ends: the host's stack resets the client, who may connect again. */
    RESET,
    /** The entry ends, and the packet goes to another server as if it opened a connection. */
    RESCHEDULE
  }

  /**
   * Which clients a service answers.
   *
   * @param allow only these; empty: everybody
   * @param deny but not these; the longest prefix that fits decides
   */
  public record Access(List<Prefix> allow, List<Prefix> deny) {
    /** Everybody. */
    public static final Access EVERYBODY = new Access(List.of(), List.of());

    public Access {
      allow = List.copyOf(allow);
      deny = List.copyOf(deny);
    }

    /** Whether nobody is kept out. */
    public boolean everybody() {
      return allow.isEmpty() && deny.isEmpty();
    }
  }

  /** Addresses that agree in their leading bits. */
  public record Prefix(InetAddress address, int bits) {}

  /**
   * What a service may have beside its scheduler and its servers.
   *
   * @param onePacket UDP: each datagram is scheduled, nothing is remembered
   * @param engine {@code sip}: clients are told apart by their calls; null: by their addresses
   * @param timeouts 0: the plane's
   * @param active false: the address is not this machine's now, so packets pass
   */
  public record Features(
      boolean onePacket,
      @Nullable String engine,
      Timeouts timeouts,
      LostServer lostServer,
      Access access,
      boolean active) {
    /** Nothing. */
    public static final Features NONE =
        new Features(false, null, Timeouts.PLANE, LostServer.PLANE, Access.EVERYBODY, true);

    /** IPVS's flags: {@code -o}, {@code --pe}. */
    public static Features of(boolean onePacket, @Nullable String engine) {
      return new Features(
          onePacket, engine, Timeouts.PLANE, LostServer.PLANE, Access.EVERYBODY, true);
    }

    /** The same, in force or not. */
    public Features active(boolean now) {
      return now == active
          ? this
          : new Features(onePacket, engine, timeouts, lostServer, access, now);
    }
  }

  /**
   * A virtual service.
   *
   * @param reals in order of configuration; IPVS's order is the reverse, see lvs schedulers
   */
  public record Service(
      VirtualServer.Key key,
      Scheduling scheduling,
      Persistence persistence,
      Features features,
      List<Real> reals) {
    public Service {
      reals = List.copyOf(reals);
      var seen = new HashSet<RealKey>();
      for (Real r : reals) {
        if (!seen.add(r.key())) {
          throw new IllegalArgumentException("real server twice in " + key + ": " + r.key());
        }
      }
    }

    /** Without features. */
    public Service(
        VirtualServer.Key key, Scheduling scheduling, Persistence persistence, List<Real> reals) {
      this(key, scheduling, persistence, Features.NONE, reals);
    }

    /** The same, in force or not. */
    public Service active(boolean now) {
      return now == features.active()
          ? this
          : new Service(key, scheduling, persistence, features.active(now), reals);
    }

    /** With a scheduler without flags. */
    public Service(VirtualServer.Key key, String scheduler, List<Real> reals) {
      this(key, Scheduling.of(scheduler), Persistence.NONE, reals);
    }

    /** The scheduler's name. */
    public String scheduler() {
      return scheduling.name();
    }
  }

  /** What identifies a real server within its service. */
  public record RealKey(InetAddress address, int port) {
    @Override
    public String toString() {
      String host = address.getHostAddress();
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /**
   * A real server.
   *
   * @param weight 0: no new connections, and it keeps the ones it has
   * @param upperThreshold gets no new connections while it has as many; 0: no limit
   * @param lowerThreshold gets new ones again when it has fewer; 0: three quarters of the upper
   * @param tunnel with method TUN
   */
  public record Real(
      RealKey key,
      int weight,
      ForwardingMethod method,
      long upperThreshold,
      long lowerThreshold,
      Tunnel tunnel) {
    /** Without thresholds. */
    public Real(RealKey key, int weight, ForwardingMethod method) {
      this(key, weight, method, 0, 0, Tunnel.ipip());
    }

    /** In no tunnel but the plain one. */
    public Real(
        RealKey key,
        int weight,
        ForwardingMethod method,
        long upperThreshold,
        long lowerThreshold) {
      this(key, weight, method, upperThreshold, lowerThreshold, Tunnel.ipip());
    }
  }
}
