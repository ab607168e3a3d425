package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.EffectivePriority;
import dev.sluice.vrrp.machine.Tracked;
import dev.sluice.vrrp.objects.Desired;
import dev.sluice.vrrp.objects.KernelObject;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the driver keeps of a running instance beside the machine's state; one thread's. */
final class Running {
  private static final int MOST_HISTORY = 12;

  VrrpInstance config;
  @Nullable String group;
  List<Tracked> trackers;

  final Wire wire;

  @Nullable InetAddress local;
  int ifindex;

  /** The device that adverts use in place of the interface: a virtual MAC's; null: none. */
  @Nullable String advertDevice;

  /** The device that adverts use; the interface's own number where there is no other. */
  int advertIfindex;

  @Nullable AdvertSocket socket;

  /** What {@link #socket} had dropped when the timer began to run for a master, 32 bits. */
  private int droppedBefore;

  /** Whether this silence was doubted already because packets were lost in it. */
  private boolean doubted;

  /** Devices with virtual MACs, by the device under them. */
  private Map<String, String> devices = Map.of();

  private final Map<VrrpCounter, Cell> counters = new EnumMap<>(VrrpCounter.class);
  private List<KernelObject> objects;

  /** Whether another router of the group was ever heard: there is somebody to yield to. */
  boolean heard;

  /** Counts up when announcements that wait are to be forgotten. */
  int announcing;

  /** What was told of in this state period already. */
  final Set<VrrpCounter> told = EnumSet.noneOf(VrrpCounter.class);

  Instant since = Instant.now();

  /** The last changes of state, the newest first. */
  private final ArrayDeque<VrrpSnapshot.Transition> history = new ArrayDeque<>();

  /** A number that counts up without allocating. */
  private static final class Cell {
    long value;
  }

  Running(VrrpInstance config, @Nullable String group, List<Tracked> trackers) {
    this.config = config;
    this.group = group;
    this.trackers = trackers;
    this.wire = new Wire(config);
    this.objects = Desired.of(config, this::device);
  }

  String name() {
    return config.name();
  }

  /** The timer runs anew; what was lost before that is of no interest. */
  void waitsFrom(int dropped) {
    droppedBefore = dropped;
    doubted = false;
  }

  /** Whether packets were lost since the timer runs; true once in a silence. */
  boolean doubts(int dropped) {
    if (doubted || dropped == droppedBefore) {
      return false;
    }
    doubted = true;
    return true;
  }

  void count(VrrpCounter counter, long by) {
    Cell cell = counters.get(counter);
    if (cell == null) {
      cell = new Cell();
      counters.put(counter, cell);
    }
    cell.value += by;
  }

  /** Remembers a change of state. */
  void changed(VrrpState from, VrrpState to, String cause, EffectivePriority priority) {
    since = Instant.now();
    if (history.size() == MOST_HISTORY) {
      history.removeLast();
    }
    history.addFirst(
        new VrrpSnapshot.Transition(since, from, to, cause, priority.value(), priority.describe()));
  }

  List<VrrpSnapshot.Transition> history() {
    return List.copyOf(history);
  }

  void count(VrrpCounter counter) {
    count(counter, 1);
  }

  Map<VrrpCounter, Long> countersCopy() {
    Map<VrrpCounter, Long> copy = new EnumMap<>(VrrpCounter.class);
    for (VrrpCounter counter : VrrpCounter.values()) {
      Cell cell = counters.get(counter);
      copy.put(counter, cell == null ? 0L : cell.value);
    }
    return copy;
  }

  /** What shall be in the kernel while it is MASTER. */
  List<KernelObject> objects() {
    return objects;
  }

  /** Takes another configuration; what is in the kernel is the caller's business. */
  void reconfigure(VrrpInstance next) {
    config = next;
    wire.reconfigure(next);
    objects = Desired.of(config, this::device);
    derive();
  }

  /** Takes the names of its devices with virtual MACs, by the device under them. */
  void devices(Map<String, String> names) {
    devices = Map.copyOf(names);
    objects = Desired.of(config, this::device);
  }

  /**
   * The device for an address line: where it names the interface itself, or another one without
   * {@code use_vmac}, that is meant.
   */
  @Nullable String device(VirtualAddress address) {
    String written = address.device();
    String own = config.interfaceName();
    if (written == null) {
      return own == null ? null : devices.getOrDefault(own, own);
    }
    return written.equals(own) && !address.options().useVmac()
        ? written
        : devices.getOrDefault(written, written);
  }

  /** Rebuilds what depends on the configuration, the checksum style and our address. */
  void derive() {
    wire.derive(local, advertIfindex);
  }
}
