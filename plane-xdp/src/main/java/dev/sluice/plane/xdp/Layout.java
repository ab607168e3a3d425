package dev.sluice.plane.xdp;

import dev.sluice.linux.bpf.BpfMap;
import dev.sluice.linux.bpf.MapType;
import java.util.List;

/**
 * Offsets of {@code include/types.h}, in bytes; LayoutTest compares them with the compiler's. Names
 * are those of the structs.
 */
final class Layout {
  static final int MAGIC = 0x736c7563;
  static final int VERSION = 7;

  /** Numbers of address families: AF_INET and AF_INET6. */
  static final int FAMILY_IPV4 = 2;

  static final int FAMILY_IPV6 = 10;
  static final int ADDRESS_BYTES = 16;
  static final int WAYS = 4;

  static final int WAY_BYTES = 16;
  static final int WAY_KEY = 0;
  static final int WAY_SERVICE = 8;
  static final int BUCKET_BYTES = 64;

  /** In a way's key: of an IPv6 address there is a hash. */
  static final long WAY_IPV6 = 1L << 56;

  static final int SERVICE_BYTES = 192;
  static final int SERVICE_FLAGS = 0;
  static final int SERVICE_ACTIVE = 4;
  static final int SERVICE_RING = 8;
  static final int SERVICE_PERSISTENCE = 56;
  static final int SERVICE_CLIENT_MASK = 60;
  static final int SERVICE_KEY = 64;
  static final int SERVICE_RETIRED_CONNECTIONS = 72;
  static final int SERVICE_RETIRED_PACKETS = 80;
  static final int SERVICE_RETIRED_BYTES = 88;
  static final int SERVICE_TOP = 96;
  static final int SERVICE_RETIRED_OUT_PACKETS = 104;
  static final int SERVICE_RETIRED_OUT_BYTES = 112;
  static final int SERVICE_EPOCH = 120;
  static final int SERVICE_ADDRESS = 128;
  static final int SERVICE_FAMILY = 144;
  static final int SERVICE_PROTOCOL = 145;
  static final int SERVICE_PORT = 146;
  static final int SERVICE_CLIENT_PREFIX = 148;
  static final int SERVICE_MARK = 152;
  static final int SERVICE_OWN_TIME = 160;
  static final int SERVICE_USED = 1;
  static final int SERVICE_REMOVED = 2;
  static final int SERVICE_ONE_PACKET = 4;
  static final int SERVICE_LOST_DROP = 8;
  static final int SERVICE_LOST_RESET = 16;
  static final int SERVICE_LOST_RESCHEDULE = 32;
  static final int SERVICE_LISTED = 64;
  static final int SERVICE_STRANGERS = 128;
  static final int SERVICE_OWN_TIMES = 256;

  static final int RULE_BYTES = 96;
  static final int RULE_SERVICE = 0;
  static final int RULE_IFINDEX = 4;
  static final int RULE_SOURCE = 8;
  static final int RULE_SOURCE_MASK = 24;
  static final int RULE_DESTINATION = 40;
  static final int RULE_DESTINATION_MASK = 56;
  static final int RULE_SOURCE_PORTS = 72;
  static final int RULE_DESTINATION_PORTS = 76;
  static final int RULE_PROTOCOL = 80;
  static final int RULE_FAMILY = 81;
  static final int RULES = 64;

  static final int PLACE_KEY_BYTES = 24;
  static final int PLACE_BYTES = 80;

  static final int ACCESS_KEY_BYTES = 24;
  static final int ACCESS_KEY_BITS = 0;
  static final int ACCESS_KEY_SERVICE = 4;
  static final int ACCESS_KEY_ADDRESS = 8;

  static final int RING_BYTES = 24;
  static final int RING_BASE = 0;
  static final int RING_PREAMBLE = 4;
  static final int RING_PERIOD = 8;
  static final int RING_POLICY = 12;
  static final int RING_NEXT = 16;

  static final int REAL_BYTES = 128;
  static final int REAL_PORT = 0;
  static final int REAL_METHOD = 2;
  static final int REAL_FLAGS = 3;
  static final int REAL_SERVICE = 4;
  static final int REAL_WEIGHT = 8;
  static final int REAL_FAMILY = 12;
  static final int REAL_HOPS = 24;
  static final int REAL_ADDRESS = 64;
  static final int REAL_GATEWAYS = 80;
  static final int METHOD_DR = 0;
  static final int METHOD_NAT = 1;
  static final int METHOD_TUN = 2;
  static final int REAL_USED = 1;
  static final int REAL_REMOVED = 2;
  static final int REAL_HOP = 4;

  static final int HOP_BYTES = 20;
  static final int HOP_DST = 0;
  static final int HOP_SRC = 6;
  static final int HOP_IFINDEX = 12;
  static final int HOP_FLAGS = 16;
  static final int HOP_RESOLVED = 1;
  static final int HOP_LOCAL = 2;
  static final int HOP_ROOM_SHIFT = 16;

  static final int TUNNEL_BYTES = 40;
  static final int TUNNEL_SOURCE = 0;
  static final int TUNNEL_ADDRESS = 16;
  static final int TUNNEL_PORT = 32;
  static final int TUNNEL_KIND = 34;
  static final int TUNNEL_FLAGS = 35;
  static final int TUNNEL_IPV6 = 36;
  static final int TUNNEL_IPIP = 0;
  static final int TUNNEL_GUE = 1;
  static final int TUNNEL_GRE = 2;
  static final int TUNNEL_CHECKSUM = 1;
  static final int TUNNEL_REMOTE_CHECKSUM = 2;
  static final int HOP_GATEWAY6 = 4;

  static final int LOAD_BYTES = 32;
  static final int LOAD_ACTIVE = 0;
  static final int LOAD_INACTIVE = 8;
  static final int LOAD_UPPER = 16;
  static final int LOAD_LOWER = 20;
  static final int LOAD_OVERLOADED = 24;
  static final int LOAD_SAME = 28;

  static final int TRAFFIC_BYTES = 40;
  static final int POOL_LINE_BYTES = 64;
  static final int POOL_LINE = 16;

  static final int CONN_BYTES = 16;
  static final int CONN_KEY = 0;
  static final int CONN_META = 8;
  static final int CONN_SEEN = 12;
  static final int SET_BYTES = 64;
  static final long KEY_LOCK = 1L << 63;
  static final int SERVICE_SHIFT = 48;
  static final int MAX_SERVICES = 32768;
  static final int MAX_REALS = 1 << 20;
  static final int REAL_MASK = 0xfffff;
  static final int STATE_SHIFT = 20;
  static final int STATE_MASK = 0xf;
  static final int GENERATION_SHIFT = 24;

  static final int DEVICES = 4096;
  static final int DEVICE_BYTES = 16;
  static final int DEVICE_IFINDEX = 0;
  static final int DEVICE_FLAGS = 4;
  static final int DEVICE_MAC = 6;
  static final int DEVICE_TX = 1;

  static final int DATAGRAM_BYTES = 40;
  static final int TRAIL_BYTES = 16;

  static final int LOCKS = 4096;

  static final int CONFIG_BYTES = 128;
  static final int CONFIG_MAGIC = 0;
  static final int CONFIG_LAYOUT = 4;
  static final int CONFIG_SEED = 8;
  static final int CONFIG_TIMEOUT = 16;
  static final int CONFIG_SETTLE = 80;
  static final int CONFIG_NAT = 84;
  static final int CONFIG_CLOCK = 88;
  static final int CONFIG_KNOBS = 96;
  static final int CONFIG_CONN_REUSE_MODE = 100;
  static final int CONFIG_WIDE = 104;
  static final int CONFIG_RULES = 108;
  static final int CONFIG_LBLC_EXPIRATION = 112;
  static final int CONFIG_LBLCR_EXPIRATION = 116;
  static final int CONFIG_DROP_RATE = 120;
  static final int CONFIG_DROP_COUNTER = 124;
  static final int WIDE_RULES = 1;
  static final int WIDE_FTP = 2;
  static final int WIDE_PORTS = 4;
  static final int WIDE_TIMES = 8;
  static final int KNOB_SLOPPY_TCP = 1;
  static final int KNOB_SECURE_TCP = 2;
  static final int KNOB_EXPIRE_NODEST = 4;
  static final int KNOB_EXPIRE_QUIESCENT = 8;
  static final int KNOB_NO_PMTU_DISC = 0x100;

  /** A map as the programs declare it; {@code pin} is its file's name. */
  record MapShape(String name, String pin, MapType type, int keySize, int valueSize, int flags) {
    boolean matches(BpfMap.MapInfo info) {
      return info.type() == type.number()
          && info.keySize() == keySize
          && info.valueSize() == valueSize
          && info.flags() == flags;
    }
  }

  static final String FAMILIES_XDP = "families_xdp";
  static final String FAMILIES_TC = "families_tc";
  static final String CONFIG_MAP = ".data.config";

  static final List<MapShape> MAPS =
      List.of(
          shared("service_table", BUCKET_BYTES),
          shared("nat_table", BUCKET_BYTES),
          shared("services", SERVICE_BYTES),
          shared("pool", POOL_LINE_BYTES),
          shared("reals", REAL_BYTES),
          shared("tunnels", TUNNEL_BYTES),
          shared("loads", LOAD_BYTES),
          new MapShape("traffic", "traffic", MapType.PERCPU_ARRAY, 4, TRAFFIC_BYTES, 0),
          new MapShape("counters", "counters", MapType.PERCPU_ARRAY, 4, 8, 0),
          shared("conns", SET_BYTES),
          shared("embryos", SET_BYTES),
          new MapShape("fragments", "fragments", MapType.LRU_HASH, DATAGRAM_BYTES, TRAIL_BYTES, 0),
          shared("clients6", SET_BYTES),
          shared("embryos6", SET_BYTES),
          new MapShape("locks", "locks", MapType.ARRAY, 4, 8, 0),
          shared("devices", DEVICE_BYTES),
          shared("rules", RULE_BYTES),
          new MapShape("places", "places", MapType.LRU_HASH, PLACE_KEY_BYTES, PLACE_BYTES, 0),
          new MapShape("access", "access", MapType.LPM_TRIE, ACCESS_KEY_BYTES, 4, 1),
          programs(FAMILIES_XDP),
          programs(FAMILIES_TC),
          new MapShape(CONFIG_MAP, "config", MapType.ARRAY, 4, CONFIG_BYTES, BpfMap.MMAPABLE));

  private Layout() {}

  /** The programs for IPv6, which libbpf enters when it loads the object that declares the map. */
  private static MapShape programs(String name) {
    return new MapShape(name, name, MapType.PROG_ARRAY, 4, 4, 0);
  }

  private static MapShape shared(String name, int valueSize) {
    return new MapShape(name, name, MapType.ARRAY, 4, valueSize, BpfMap.MMAPABLE);
  }
}
