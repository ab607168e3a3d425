package dev.sluice.lvs;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.VirtualServer;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;

/**
 * The desired table of a plane: what should be forwarded where, at this moment. Health has already
 * been applied: a server that is down is absent, or has weight 0 with {@code inhibit_on_failure}.
 */
public record ServiceTable(List<Service> services) {

  public ServiceTable {
    services = List.copyOf(services);
    var seen = new HashSet<VirtualServer.Key>();
    for (Service s : services) {
      if (!seen.add(s.key())) {
        throw new IllegalArgumentException("service twice in one table: " + s.key());
      }
    }
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
   * A virtual service.
   *
   * @param reals in order of configuration; IPVS's order is the reverse, see lvs schedulers
   */
  public record Service(
      VirtualServer.Key key, Scheduling scheduling, Persistence persistence, List<Real> reals) {
    public Service {
      reals = List.copyOf(reals);
      var seen = new HashSet<RealKey>();
      for (Real r : reals) {
        if (!seen.add(r.key())) {
          throw new IllegalArgumentException("real server twice in " + key + ": " + r.key());
        }
      }
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
   */
  public record Real(
      RealKey key, int weight, ForwardingMethod method, long upperThreshold, long lowerThreshold) {
    /** Without thresholds. */
    public Real(RealKey key, int weight, ForwardingMethod method) {
      this(key, weight, method, 0, 0);
    }
  }
}
