package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.linux.RouteMonitor;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.linux.bpf.BpfException;
import dev.sluice.linux.bpf.BpfFs;
import dev.sluice.linux.bpf.BpfProgram;
import dev.sluice.linux.bpf.Jiffies;
import dev.sluice.lvs.Plane;
import dev.sluice.lvs.PlaneException;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.scheduler.SchedulerKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The forwarding plane in eBPF. The packets' way is in {@code src/main/bpf}; this object fills its
 * tables, attaches it, keeps next hops current and expires connections.
 *
 * <p>Everything in the kernel is pinned under {@code /sys/fs/bpf/sluice/}, in a directory named by
 * network namespace and instance: forwarding goes on when the process dies, and the next {@link
 * #open} takes it over. One thread owns the object; {@link #status}, {@link #counters} and {@link
 * #connections} may be called from any.
 */
public final class XdpPlane implements Plane {
  private static final System.Logger LOG = System.getLogger("dev.sluice.plane.xdp");
  private static final Path PINS = BpfFs.ROOT.resolve("sluice");

  /** What schedulers walk through at most: LINES_AT_MOST of schedulers/pick.h. */
  private static final int MOST_SERVERS = 1024 * Layout.POOL_LINE;

  private final Options options;
  private final @Nullable BpfFs fs;
  private final Path directory;
  private final PlaneMaps maps;
  private final NextHops hops;
  private final Counting counting;
  private final ServiceTables tables;
  private final @Nullable Attachments attachments;
  private final ConnectionTable main;
  private final ConnectionTable embryonic;
  private final RouteNetlink devices;
  private final BpfProgram clock;
  private final boolean testClock;
  private final int jiffiesPerSecond;
  private volatile ServiceTable.Timeouts planeTimeouts = ServiceTable.Timeouts.IPVS;
  private final int[] timeouts = new int[Layout.STATE_MASK + 1];
  private Knobs knobs = Knobs.IPVS;
  private Defence defence = new Defence(Defence.Settings.OFF, false, 0, false);
  private boolean linksChanged;
  private volatile List<View> views = List.of();
  private volatile Map<Integer, RealKey> realKeys = Map.of();
  private boolean closed;

  /** What other threads may know of a service. */
  private record View(
      VirtualServer.Key key, int number, List<RealView> current, List<Integer> all) {
    View {
      current = List.copyOf(current);
      all = List.copyOf(all);
    }
  }

  private record RealView(RealKey key, int number) {}

  /**
   * How a plane stands in the world; tests leave parts of it out.
   *
   * @param pinned kept in a bpffs
   * @param attached put on devices
   * @param testClock time is what {@link #setClock} says
   */
  record Setting(boolean pinned, boolean attached, boolean testClock) {
    static final Setting REAL = new Setting(true, true, false);
  }

  private XdpPlane(Options options, Setting setting, @Nullable BpfFs fs, Path directory) {
    this.options = options;
    this.fs = fs;
    this.directory = directory;
    this.testClock = setting.testClock;
    jiffiesPerSecond = Jiffies.perSecond();
    maps = PlaneMaps.open(options, testClock, fs, directory);
    clock = maps.xdp().program("sluice_clock");
    writeTimes();
    set(options.compatibility().knobs());
    counting = new Counting(maps);
    main = new ConnectionTable(maps.connections, maps.clients6, maps);
    embryonic = new ConnectionTable(maps.embryos, maps.embryos6, maps);
    RouteMonitor monitor = RouteMonitor.open();
    devices = RouteNetlink.open();
    hops = new NextHops(RouteNetlink.open(), monitor, this::hopChanged);
    tables = new ServiceTables(maps, hops, counting, options);
    hops.onLinksChanged(() -> linksChanged = true);
    attachments = setting.attached ? new Attachments(options, maps, fs, directory) : null;
    if (attachments != null) {
      attachments.reconcile(devices.links());
      attachments.removeStale();
    }
    publish();
  }

  /**
   * Loads the programs, or takes over those that run, and attaches them.
   *
   * @throws PlaneException when the kernel cannot carry the plane; the message has the remedy
   */
  public static XdpPlane open(Options options) {
    return open(options, Setting.REAL);
  }

  static XdpPlane open(Options options, Setting setting) {
    BpfFs fs = null;
    Path directory = PINS.resolve(namespaceInode() + "-" + options.instance());
    try {
      if (setting.pinned) {
        fs = openFs(directory);
      }
      return new XdpPlane(options, setting, fs, directory);
    } catch (BpfException | UnsatisfiedLinkError e) {
      abandon(fs, directory);
      throw new PlaneException("the XDP plane cannot start: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      abandon(fs, directory);
      throw e;
    }
  }

  /** Closes, and leaves no empty directory behind; one that holds a running plane stays. */
  private static void abandon(@Nullable BpfFs fs, Path directory) {
    if (fs != null) {
      fs.removeDirectory(directory);
      fs.close();
    }
  }

  private static BpfFs openFs(Path directory) {
    BpfFs fs = BpfFs.open();
    try {
      fs.makeDirectories(directory);
      return fs;
    } catch (UncheckedIOException e) {
      // Somebody may have unmounted an empty bpffs in this moment: then the next one is ours.
      fs.close();
    }
    fs = BpfFs.open();
    try {
      fs.makeDirectories(directory);
      return fs;
    } catch (UncheckedIOException e) {
      fs.close();
      throw new PlaneException("cannot make the directory " + directory + ": " + e.getMessage(), e);
    }
  }

  private static void closeQuietly(@Nullable BpfFs fs) {
    if (fs != null) {
      fs.close();
    }
  }

  private static long namespaceInode() {
    try {
      String link = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
      return Long.parseLong(link.substring(link.indexOf('[') + 1, link.indexOf(']')));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell the network namespace", e);
    }
  }

  private void writeTimes() {
    for (ConnectionState state : ConnectionState.values()) {
      timeouts[state.number()] = state.timeoutSeconds(planeTimeouts) * jiffiesPerSecond;
    }
    for (int i = 0; i < timeouts.length; i++) {
      maps.config.set(JAVA_INT, Layout.CONFIG_TIMEOUT + i * 4L, timeouts[i]);
    }
    maps.config.set(JAVA_INT, Layout.CONFIG_SETTLE, Math.max(1, jiffiesPerSecond / 2));
  }

  private int now() {
    if (testClock) {
      return (int) maps.config.get(JAVA_LONG, Layout.CONFIG_CLOCK);
    }
    try (Arena arena = Arena.ofConfined()) {
      return clock
          .testRun(arena.allocate(64), MemorySegment.NULL, MemorySegment.NULL, 1)
          .returned();
    }
  }

  /** Settings that count from the next packet on. */
  public void set(Knobs knobs) {
    this.knobs = knobs;
    defence = Defence.of(knobs.defence(), availablePages(knobs.defence()));
    maps.config.set(JAVA_INT, Layout.CONFIG_CONN_REUSE_MODE, knobs.connReuseMode());
    maps.config.set(
        JAVA_INT,
        Layout.CONFIG_LBLC_EXPIRATION,
        (int) Math.min(Integer.MAX_VALUE, (long) knobs.lblcExpirationSeconds() * jiffiesPerSecond));
    maps.config.set(
        JAVA_INT,
        Layout.CONFIG_LBLCR_EXPIRATION,
        (int)
            Math.min(Integer.MAX_VALUE, (long) knobs.lblcrExpirationSeconds() * jiffiesPerSecond));
    writeDefence();
  }

  /** The settings in force. */
  public Knobs knobs() {
    return knobs;
  }

  private void writeDefence() {
    int secure = defence.secureTcp() ? Layout.KNOB_SECURE_TCP : 0;
    maps.config.set(JAVA_INT, Layout.CONFIG_KNOBS, knobs.flags() | secure);
    maps.config.set(JAVA_INT, Layout.CONFIG_DROP_RATE, defence.dropRate());
  }

  /** Only asked for where it matters. */
  private static long availablePages(Defence.Settings settings) {
    if (!settings.automatic()) {
      return Long.MAX_VALUE;
    }
    try {
      long kilobytes = 0;
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemFree:") || line.startsWith("Buffers:")) {
          kilobytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      return kilobytes / 4;
    } catch (IOException e) {
      return Long.MAX_VALUE; // without an answer nothing is defended against
    }
  }

  /** What the defences do once a second. */
  private void defend(int now) {
    if (knobs.defence().automatic()) {
      defence = Defence.of(defence.settings(), availablePages(knobs.defence()));
      writeDefence();
    }
    if (defence.dropsEntries()) {
      int minute = 60 * jiffiesPerSecond;
      int dropped = main.thin(now, minute) + embryonic.thin(now, minute);
      LOG.log(System.Logger.Level.DEBUG, "drop_entry: {0} entries dropped", dropped);
    }
  }

  @Override
  public ServiceTable.Timeouts timeouts() {
    return planeTimeouts;
  }

  @Override
  public void timeouts(ServiceTable.Timeouts wanted) {
    planeTimeouts = wanted.or(planeTimeouts);
    writeTimes();
  }

  /** Tests: the time in seconds, for programs and sweep. */
  void setClock(double seconds) {
    maps.config.set(JAVA_LONG, Layout.CONFIG_CLOCK, Math.round(seconds * jiffiesPerSecond));
  }

  PlaneMaps maps() {
    return maps;
  }

  private void hopChanged(java.net.InetAddress address) {
    tables.hopChanged(address);
  }

  @Override
  public ApplyResult apply(ServiceTable desired) {
    try {
      List<ServiceTable.Service> carried =
          desired.services().stream().filter(s -> reasonAgainst(s).isEmpty()).toList();
      ApplyResult result = tables.apply(new ServiceTable(carried, desired.rules()), now());
      publish();
      return result;
    } catch (BpfException e) {
      throw new PlaneException("the kernel refused a change of the plane: " + e.getMessage(), e);
    }
  }

  @Override
  public List<Unsupported> unsupported(ServiceTable desired) {
    List<Unsupported> all = new ArrayList<>();
    desired.services().forEach(s -> reasonAgainst(s).ifPresent(all::add));
    return List.copyOf(all);
  }

  private static Optional<Unsupported> reasonAgainst(ServiceTable.Service s) {
    VirtualServer.Key key = s.key();
    if (s.features().engine() != null) {
      return no(s, "persistence engines are not carried yet", "the service without one");
    }
    if (key.mark() != 0) {
      for (ServiceTable.Real r : s.reals()) {
        if (r.method() == ForwardingMethod.NAT) {
          return no(
              s,
              "a firewall mark's service has no one address that NAT could give to answers",
              "lb_kind DR, or a virtual_server for each address");
        }
      }
    }
    if (key.protocol() == Protocol.SCTP) {
      return no(s, "SCTP is not carried yet", "TCP or UDP");
    }
    if (key.mark() == 0 && key.port() == 0 && s.persistence().timeoutSeconds() == 0) {
      return no(s, "a service of all ports needs persistence", "persistence_timeout SECONDS");
    }
    if (SchedulerKind.named(s.scheduler()).isEmpty()) {
      return no(s, "the scheduler " + s.scheduler() + " is not carried yet", "another lb_algo");
    }
    if (s.reals().size() > MOST_SERVERS) {
      return no(
          s,
          s.reals().size() + " real servers are more than a service can have",
          "at most " + MOST_SERVERS);
    }
    for (ServiceTable.Real r : s.reals()) {
      if (r.method() == ForwardingMethod.FULLNAT) {
        return no(
            s,
            "lb_kind " + r.method() + " of " + r.key() + " is not carried yet",
            "lb_kind DR, NAT or TUN");
      }
      if (r.method() != ForwardingMethod.TUN
          && Addresses.family(r.key().address()) != Addresses.family(key.address())) {
        return no(
            s,
            "the server " + r.key() + " is of another address family than the service",
            "lb_kind TUN, or a server of the same family");
      }
    }
    return Optional.empty();
  }

  private static Optional<Unsupported> no(ServiceTable.Service s, String reason, String remedy) {
    return Optional.of(new Unsupported(s.key(), reason, remedy));
  }

  private void publish() {
    List<View> next = new ArrayList<>();
    Map<Integer, RealKey> keys = new LinkedHashMap<>();
    for (Service s : tables.services()) {
      s.allReals().forEach((number, real) -> keys.put(number, real.key));
      if (!s.removed) {
        List<RealView> current =
            s.reals.values().stream().map(r -> new RealView(r.key, r.number)).toList();
        next.add(new View(s.key, s.number, current, List.copyOf(s.allReals().keySet())));
      }
    }
    realKeys = Map.copyOf(keys);
    views = List.copyOf(next);
  }

  @Override
  public List<ServiceCounters> counters() {
    List<ServiceCounters> all = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = counting.buffer(arena);
      for (View view : views) {
        Counters sum = counting.retired(view.number);
        Map<Integer, Counters> byNumber = new LinkedHashMap<>();
        for (int real : view.all) {
          Counters c = counting.ofReal(real, buffer);
          byNumber.put(real, c);
          sum = plus(sum, c);
        }
        List<RealCounters> reals = new ArrayList<>();
        for (RealView r : view.current) {
          reals.add(
              new RealCounters(
                  r.key,
                  counting.active(r.number),
                  counting.inactive(r.number),
                  byNumber.getOrDefault(r.number, new Counters(0, 0, 0, 0, 0))));
        }
        all.add(new ServiceCounters(view.key, sum, reals));
      }
    }
    return all;
  }

  private static Counters plus(Counters a, Counters b) {
    return new Counters(
        a.connections() + b.connections(),
        a.inPackets() + b.inPackets(),
        a.outPackets() + b.outPackets(),
        a.inBytes() + b.inBytes(),
        a.outBytes() + b.outBytes());
  }

  @Override
  public long connectionTableSize() {
    return maps.connections.byteSize() / Layout.CONN_BYTES; // a plane taken over keeps its size
  }

  @Override
  public List<Connection> connections(int limit) {
    List<Connection> found = new ArrayList<>();
    Map<Integer, VirtualServer.Key> keys = new LinkedHashMap<>();
    views.forEach(v -> keys.put(v.number, v.key));
    Map<Integer, RealKey> reals = realKeys;
    int now = now();
    ConnectionTable.Visitor visitor =
        e -> {
          VirtualServer.Key service = keys.get(e.service());
          RealKey real = reals.get(e.real());
          long period =
              e.state().template()
                  ? maps.services.get(
                      JAVA_INT,
                      (long) e.service() * Layout.SERVICE_BYTES + Layout.SERVICE_PERSISTENCE)
                  : main.timeout(
                      (long) e.service() << Layout.SERVICE_SHIFT, e.state().number(), timeouts);
          long left = period - (long) (now - e.seen());
          if (service != null && real != null && left >= 0 && found.size() < limit) {
            found.add(
                new Connection(
                    service,
                    e.client(),
                    e.clientPort(),
                    real,
                    e.state().shown(),
                    left / jiffiesPerSecond));
          }
          return found.size() < limit;
        };
    main.walk(visitor);
    embryonic.walk(visitor);
    return found;
  }

  @Override
  public void tick() {
    int now = now();
    int[] entries = new int[maps.realLimit()];
    int minute = 60 * jiffiesPerSecond;
    int expired =
        main.sweep(now, timeouts, minute, entries)
            + embryonic.sweep(now, timeouts, minute, entries);
    if (expired > 0) {
      LOG.log(System.Logger.Level.TRACE, "{0} connections expired", expired);
    }
    defend(now);
    tables.tick(entries, now, jiffiesPerSecond);
    hops.tick();
    followLinks();
    publish();
  }

  /**
   * A descriptor that becomes readable when the network changed; then call {@link
   * #onNetworkChange}. Without it changes are seen at the next {@link #tick}.
   */
  public int networkFd() {
    return hops.fd();
  }

  /** Takes in changes of links, routes and neighbours. */
  public void onNetworkChange() {
    hops.refresh();
    followLinks();
  }

  private void followLinks() {
    Attachments a = attachments;
    if (a != null && linksChanged) {
      linksChanged = false;
      a.reconcile(devices.links());
    }
  }

  @Override
  public Status status() {
    Map<String, Long> verdicts = new LinkedHashMap<>();
    counting.verdicts().forEach((v, n) -> verdicts.put(v.label(), n));
    Attachments a = attachments;
    return new Status(
        "xdp",
        options.mode().name().toLowerCase(java.util.Locale.ROOT),
        maps.adopted(),
        a == null ? List.of() : a.status(),
        verdicts);
  }

  /** What happened beside the verdicts, since the plane was made. */
  public Map<Event, Long> events() {
    return counting.events();
  }

  /** The loaded programs with their instruction counts. */
  public List<BpfProgram.ProgramInfo> programs() {
    return List.of(maps.xdp().program("sluice_xdp").info(), maps.tc().program("sluice_tc").info());
  }

  @Override
  public void remove() {
    Attachments a = attachments;
    if (a != null) {
      a.detachAll();
    }
    BpfFs pins = fs;
    if (pins != null) {
      PlaneMaps.unpin(pins, directory);
      boolean _ = pins.removeDirectory(directory);
      boolean _ = pins.removeDirectory(PINS);
    }
    close();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Attachments a = attachments;
    if (a != null) {
      a.close();
    }
    hops.close();
    devices.close();
    maps.close();
    closeQuietly(fs);
  }
}
