package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.linux.bpf.BpfFs;
import dev.sluice.linux.bpf.BpfMap;
import dev.sluice.linux.bpf.BpfObject;
import dev.sluice.linux.bpf.BpfSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The plane's maps and programs: made new, or taken over from the pins of a plane that runs. */
final class PlaneMaps implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.sluice.plane.xdp");

  private final BpfObject xdp;
  private final BpfObject tc;
  private final Map<String, BpfMap> maps;
  private final boolean adopted;

  final MemorySegment serviceTable;
  final MemorySegment natTable;
  final MemorySegment services;
  final MemorySegment pool;
  final MemorySegment reals;
  final MemorySegment tunnels;
  final MemorySegment loads;
  final MemorySegment connections;
  final MemorySegment embryos;
  final MemorySegment clients6;
  final MemorySegment embryos6;
  final MemorySegment devices;
  final MemorySegment rules;
  final MemorySegment config;

  private PlaneMaps(BpfObject xdp, BpfObject tc, boolean adopted) {
    this.xdp = xdp;
    this.tc = tc;
    this.maps = new HashMap<>(tc.maps());
    this.maps.putAll(xdp.maps());
    this.adopted = adopted;
    serviceTable = map("service_table").mmap();
    natTable = map("nat_table").mmap();
    services = map("services").mmap();
    pool = map("pool").mmap();
    reals = map("reals").mmap();
    tunnels = map("tunnels").mmap();
    loads = map("loads").mmap();
    connections = map("conns").mmap();
    embryos = map("embryos").mmap();
    clients6 = map("clients6").mmap();
    embryos6 = map("embryos6").mmap();
    devices = map("devices").mmap();
    rules = map("rules").mmap();
    config = map(Layout.CONFIG_MAP).mmap();
  }

  /**
   * Loads the programs.
   *
   * @param fs null: nothing is pinned
   */
  static PlaneMaps open(Options options, boolean testClock, @Nullable BpfFs fs, Path directory) {
    Map<String, BpfMap> pinned = fs == null ? Map.of() : pinned(fs, directory);
    try {
      boolean adopted = !pinned.isEmpty();
      BpfSpec xdpSpec = BpfObjects.spec("sluice_xdp").withConstant("test_clock", testClock ? 1 : 0);
      if (adopted) {
        xdpSpec = reuse(xdpSpec, without(pinned, Layout.FAMILIES_TC));
      } else {
        for (var size : sizes(options).entrySet()) {
          xdpSpec = xdpSpec.withMaxEntries(size.getKey(), size.getValue());
        }
        xdpSpec = masks(xdpSpec, sizes(options));
      }
      BpfObject xdp = xdpSpec.load();
      BpfObject tc;
      try {
        BpfSpec tcSpec = BpfObjects.spec("sluice_tc").withConstant("test_clock", testClock ? 1 : 0);
        Map<String, BpfMap> existing = new HashMap<>(pinned);
        existing.putAll(xdp.maps());
        tc = reuse(tcSpec, without(existing, Layout.FAMILIES_XDP)).load();
      } catch (RuntimeException e) {
        xdp.close();
        throw e;
      }
      PlaneMaps made = new PlaneMaps(xdp, tc, adopted);
      if (!adopted) {
        made.initialise();
        if (fs != null) {
          made.pin(fs, directory);
        }
      }
      return made;
    } finally {
      pinned.values().forEach(BpfMap::close);
    }
  }

  /** Each hook has programs for IPv6 of its own. */
  private static Map<String, BpfMap> without(Map<String, BpfMap> maps, String name) {
    Map<String, BpfMap> others = new HashMap<>(maps);
    others.remove(name);
    return others;
  }

  private static BpfSpec reuse(BpfSpec spec, Map<String, BpfMap> existing) {
    BpfSpec result = spec;
    Map<String, Integer> sizes = new HashMap<>();
    for (Layout.MapShape shape : Layout.MAPS) {
      BpfMap map = existing.get(shape.name());
      if (map != null) {
        result = result.withMap(shape.name(), map);
        sizes.put(shape.name(), map.info().maxEntries());
      }
    }
    return masks(result, sizes);
  }

  private static BpfSpec masks(BpfSpec spec, Map<String, Integer> sizes) {
    return spec.withConstant("service_mask", sizes.getOrDefault("service_table", 16) - 1L)
        .withConstant("nat_mask", sizes.getOrDefault("nat_table", 16) - 1L)
        .withConstant("conn_mask", sizes.getOrDefault("conns", 16) - 1L)
        .withConstant("embryo_mask", sizes.getOrDefault("embryos", 16) - 1L);
  }

  private static Map<String, Integer> sizes(Options o) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put("service_table", ServiceIndex.bucketsFor(o.services()));
    sizes.put("nat_table", ServiceIndex.bucketsFor(o.reals()));
    sizes.put("services", o.services() + 1);
    sizes.put("pool", Math.max(1, o.poolPicks() / Layout.POOL_LINE));
    sizes.put("reals", o.reals() + 1);
    sizes.put("tunnels", o.reals() + 1);
    sizes.put("loads", o.reals() + 1);
    sizes.put("traffic", o.reals() + 1);
    sizes.put("conns", o.connections() / Layout.WAYS);
    sizes.put("embryos", o.embryonic() / Layout.WAYS);
    sizes.put("clients6", o.connections() / Layout.WAYS);
    sizes.put("embryos6", o.embryonic() / Layout.WAYS);
    return sizes;
  }

  /** The maps of a running plane that our programs can work with; empty: none, or not ours. */
  private static Map<String, BpfMap> pinned(BpfFs fs, Path directory) {
    Map<String, BpfMap> found = new LinkedHashMap<>();
    String obstacle = null;
    for (Layout.MapShape shape : Layout.MAPS) {
      OptionalInt fd = fs.get(pin(directory, shape));
      if (fd.isPresent()) {
        BpfMap map = BpfMap.adopt(fd.getAsInt());
        found.put(shape.name(), map);
        if (!shape.matches(map.info())) {
          obstacle = "its map " + shape.name() + " has another shape";
        }
      } else {
        obstacle = "its map " + shape.name() + " is missing";
      }
    }
    if (found.isEmpty()) {
      return found;
    }
    BpfMap config = found.get(Layout.CONFIG_MAP);
    if (obstacle == null && config != null) {
      MemorySegment c = config.mmap();
      int version = c.get(JAVA_INT, Layout.CONFIG_LAYOUT);
      if (c.get(JAVA_INT, Layout.CONFIG_MAGIC) != Layout.MAGIC || version != Layout.VERSION) {
        obstacle = "its tables have layout " + version + ", ours have " + Layout.VERSION;
      }
    }
    if (obstacle == null) {
      return found;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "the plane that runs here cannot be taken over and is replaced: {0}; its connections are"
            + " forgotten",
        obstacle);
    found.values().forEach(BpfMap::close);
    unpin(fs, directory);
    return Map.of();
  }

  private static Path pin(Path directory, Layout.MapShape shape) {
    return directory.resolve("map-" + shape.pin());
  }

  private void pin(BpfFs fs, Path directory) {
    for (Layout.MapShape shape : Layout.MAPS) {
      fs.pin(map(shape.name()).fd(), pin(directory, shape));
    }
  }

  /** Removes the pins of the maps. */
  static void unpin(BpfFs fs, Path directory) {
    for (Layout.MapShape shape : Layout.MAPS) {
      boolean _ = fs.unpin(pin(directory, shape));
    }
  }

  private void initialise() {
    config.set(JAVA_INT, Layout.CONFIG_MAGIC, Layout.MAGIC);
    config.set(JAVA_INT, Layout.CONFIG_LAYOUT, Layout.VERSION);
    config.set(JAVA_LONG, Layout.CONFIG_SEED, ThreadLocalRandom.current().nextLong());
  }

  /** Whether a running plane was taken over. */
  boolean adopted() {
    return adopted;
  }

  BpfObject xdp() {
    return xdp;
  }

  BpfObject tc() {
    return tc;
  }

  BpfMap map(String name) {
    BpfMap map = maps.get(name);
    if (map == null) {
      throw new IllegalArgumentException("no map " + name);
    }
    return map;
  }

  int serviceLimit() {
    return (int) (services.byteSize() / Layout.SERVICE_BYTES);
  }

  int realLimit() {
    return (int) (reals.byteSize() / Layout.REAL_BYTES);
  }

  @Override
  public void close() {
    tc.close();
    xdp.close();
  }
}
