package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.machine.Tracked;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the driver keeps of a running instance beside the machine's state; one thread's. */
final class Running {
  VrrpInstance config;
  @Nullable String group;
  List<Tracked> trackers;

  final Wire wire;

  @Nullable InetAddress local;
  int ifindex;
  @Nullable AdvertSocket socket;

  final List<HeldAddress> addresses = new ArrayList<>();
  private final long[] counters = new long[VrrpCounter.values().length];

  /** What was told of in this state period already. */
  final Set<VrrpCounter> told = EnumSet.noneOf(VrrpCounter.class);

  Instant since = Instant.now();

  /** A configured address and whether we have put it in place. */
  static final class HeldAddress {
    final VirtualAddress config;
    final boolean excluded;

    /** Where it was added; 0: not in place. */
    int ifindex;

    HeldAddress(VirtualAddress config, boolean excluded) {
      this.config = config;
      this.excluded = excluded;
    }

    boolean present() {
      return ifindex != 0;
    }
  }

  Running(VrrpInstance config, @Nullable String group, List<Tracked> trackers) {
    this.config = config;
    this.group = group;
    this.trackers = trackers;
    this.wire = new Wire(config);
    config.addresses().forEach(a -> addresses.add(new HeldAddress(a, false)));
    config.excludedAddresses().forEach(a -> addresses.add(new HeldAddress(a, true)));
  }

  String name() {
    return config.name();
  }

  void count(VrrpCounter counter, long by) {
    counters[counter.ordinal()] += by;
  }

  void count(VrrpCounter counter) {
    counters[counter.ordinal()]++;
  }

  Map<VrrpCounter, Long> countersCopy() {
    Map<VrrpCounter, Long> copy = new EnumMap<>(VrrpCounter.class);
    for (VrrpCounter counter : VrrpCounter.values()) {
      copy.put(counter, counters[counter.ordinal()]);
    }
    return copy;
  }

  /** Takes another configuration; addresses are the caller's business. */
  void reconfigure(VrrpInstance next) {
    config = next;
    wire.reconfigure(next);
    derive();
  }

  /** The interface's device for an address line. */
  @Nullable String device(VirtualAddress address) {
    return address.device() != null ? address.device() : config.interfaceName();
  }

  /** Rebuilds what depends on the configuration, the checksum style and our address. */
  void derive() {
    wire.derive(local, ifindex);
  }
}
