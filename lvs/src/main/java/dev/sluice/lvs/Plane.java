package dev.sluice.lvs;

import dev.sluice.config.model.VirtualServer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What forwards packets. It is given the whole desired table and computes its own difference; what
 * did not change is not touched. The forwarding itself lives in the kernel and outlives both the
 * object and the process unless {@link #remove} is called.
 *
 * <p>Calls come from one thread at a time, except {@link #status} and the counters, which any
 * thread may read.
 */
public interface Plane extends AutoCloseable {

  /**
   * Makes the kernel forward by this table. Idempotent.
   *
   * @throws PlaneException when the kernel refused; what ran before still runs
   */
  ApplyResult apply(ServiceTable desired);

  /**
   * Services that this plane cannot carry, with the reason in words; asked before {@link #apply}.
   */
  List<Unsupported> unsupported(ServiceTable desired);

  /** How long entries of services without timeouts of their own live: {@code ipvsadm --set}. */
  ServiceTable.Timeouts timeouts();

  /** Changes them, for entries that are there, too; a field that is 0 stays as it is. */
  void timeouts(ServiceTable.Timeouts timeouts);

  /** Counters of every service and real server that the plane holds, read from the kernel now. */
  List<ServiceCounters> counters();

  /** Entries that the connection table has room for. */
  default long connectionTableSize() {
    return 0;
  }

  /** Up to {@code limit} connections, in no order. */
  List<Connection> connections(int limit);

  /**
   * Housekeeping that is due (expiry of connections, refresh of next hops); called once a second.
   */
  void tick();

  /** What this plane is and where it is attached, with the reason per interface. */
  Status status();

  /** Stops forwarding and removes everything from the kernel. */
  void remove();

  /** Lets go of the kernel's objects; forwarding goes on. */
  @Override
  void close();

  /** How many objects an {@link #apply} touched. */
  record ApplyResult(int servicesAdded, int servicesChanged, int servicesRemoved) {
    /** Whether nothing had to be done. */
    public boolean unchanged() {
      return servicesAdded + servicesChanged + servicesRemoved == 0;
    }
  }

  /** A service that cannot be carried. */
  record Unsupported(VirtualServer.Key service, String reason, String remedy) {}

  /** IPVS's five counters. Outgoing ones stay 0 where replies do not pass the director. */
  record Counters(long connections, long inPackets, long outPackets, long inBytes, long outBytes) {}

  /** Counters of one service and of its real servers. */
  record ServiceCounters(VirtualServer.Key key, Counters counters, List<RealCounters> reals) {
    public ServiceCounters {
      reals = List.copyOf(reals);
    }
  }

  /**
   * Counters of one real server.
   *
   * @param active connections that count as active (lvs.md c.1: TCP established and opening)
   * @param inactive all others
   */
  record RealCounters(ServiceTable.RealKey key, int active, int inactive, Counters counters) {}

  /** One entry of the connection table. */
  record Connection(
      VirtualServer.Key service,
      java.net.InetAddress client,
      int clientPort,
      ServiceTable.RealKey real,
      String state,
      long expiresInSeconds) {}

  /**
   * What forwards and where.
   *
   * @param kind {@code xdp}, {@code ipvs}, {@code none}
   * @param mode the mode asked for: {@code auto}, {@code native}, {@code generic}, {@code tc}
   * @param adopted whether a running plane was found and taken over at start
   * @param verdicts packets by verdict, since the plane was made; names as in the verdict enum
   */
  record Status(
      String kind,
      String mode,
      boolean adopted,
      List<Attachment> interfaces,
      java.util.Map<String, Long> verdicts) {
    public Status {
      interfaces = List.copyOf(interfaces);
      verdicts = java.util.Map.copyOf(verdicts);
    }
  }

  /**
   * One interface.
   *
   * @param hook {@code xdp-native}, {@code xdp-generic}, {@code tcx}, {@code clsact}; null: not
   *     attached
   * @param reason why this hook, or why none
   */
  record Attachment(String name, int index, @Nullable String hook, String reason) {}
}
