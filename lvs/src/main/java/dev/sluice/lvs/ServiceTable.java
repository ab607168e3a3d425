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
   * A virtual service.
   *
   * @param scheduler keepalived's name of it
   * @param reals in order of configuration; the kernel's order is the reverse, see lvs schedulers
   */
  public record Service(VirtualServer.Key key, String scheduler, List<Real> reals) {
    public Service {
      reals = List.copyOf(reals);
      var seen = new HashSet<RealKey>();
      for (Real r : reals) {
        if (!seen.add(r.key())) {
          throw new IllegalArgumentException("real server twice in " + key + ": " + r.key());
        }
      }
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

  /** A real server: weight 0 gets no new connections and keeps the ones it has. */
  public record Real(RealKey key, int weight, ForwardingMethod method) {}
}
