package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java's offsets are the C compiler's. */
class LayoutTest {

  private static Map<String, Long> expected() {
    Map<String, Long> e = new LinkedHashMap<>();
    put(e, "SLUICE_MAGIC", Layout.MAGIC);
    put(e, "SLUICE_LAYOUT", Layout.VERSION);
    put(e, "WAYS", Layout.WAYS);
    struct(
        e,
        "service_way",
        Layout.WAY_BYTES,
        Map.of("key", Layout.WAY_KEY, "service", Layout.WAY_SERVICE));
    struct(e, "service_bucket", Layout.BUCKET_BYTES, Map.of("way", 0));
    struct(
        e,
        "ring",
        Layout.RING_BYTES,
        Map.of(
            "base", Layout.RING_BASE,
            "preamble", Layout.RING_PREAMBLE,
            "period", Layout.RING_PERIOD,
            "policy", Layout.RING_POLICY,
            "next", Layout.RING_NEXT));
    struct(
        e,
        "service",
        Layout.SERVICE_BYTES,
        Map.ofEntries(
            Map.entry("flags", Layout.SERVICE_FLAGS),
            Map.entry("active", Layout.SERVICE_ACTIVE),
            Map.entry("ring", Layout.SERVICE_RING),
            Map.entry("persistence", Layout.SERVICE_PERSISTENCE),
            Map.entry("client_mask", Layout.SERVICE_CLIENT_MASK),
            Map.entry("key", Layout.SERVICE_KEY),
            Map.entry("retired_connections", Layout.SERVICE_RETIRED_CONNECTIONS),
            Map.entry("retired_packets", Layout.SERVICE_RETIRED_PACKETS),
            Map.entry("retired_bytes", Layout.SERVICE_RETIRED_BYTES),
            Map.entry("top", Layout.SERVICE_TOP),
            Map.entry("epoch", Layout.SERVICE_EPOCH),
            Map.entry("own_time", Layout.SERVICE_OWN_TIME),
            Map.entry("retired_out_packets", Layout.SERVICE_RETIRED_OUT_PACKETS),
            Map.entry("retired_out_bytes", Layout.SERVICE_RETIRED_OUT_BYTES),
            Map.entry("address", Layout.SERVICE_ADDRESS),
            Map.entry("family", Layout.SERVICE_FAMILY),
            Map.entry("protocol", Layout.SERVICE_PROTOCOL),
            Map.entry("port", Layout.SERVICE_PORT),
            Map.entry("client_prefix", Layout.SERVICE_CLIENT_PREFIX),
            Map.entry("mark", Layout.SERVICE_MARK)));
    put(e, "FAMILY_IPV4", Layout.FAMILY_IPV4);
    put(e, "FAMILY_IPV6", Layout.FAMILY_IPV6);
    put(e, "WAY_IPV6", Layout.WAY_IPV6);
    struct(e, "address", Layout.ADDRESS_BYTES, Map.of("word", 0));
    struct(e, "client_set", Layout.SET_BYTES, Map.of("way", 0));
    put(e, "METHOD_DR", Layout.METHOD_DR);
    put(e, "METHOD_NAT", Layout.METHOD_NAT);
    put(e, "METHOD_TUN", Layout.METHOD_TUN);
    put(e, "HOP_ROOM_SHIFT", Layout.HOP_ROOM_SHIFT);
    put(e, "KNOB_NO_PMTU_DISC", Layout.KNOB_NO_PMTU_DISC);
    put(e, "TUNNEL_IPIP", Layout.TUNNEL_IPIP);
    put(e, "TUNNEL_GUE", Layout.TUNNEL_GUE);
    put(e, "TUNNEL_GRE", Layout.TUNNEL_GRE);
    put(e, "TUNNEL_CHECKSUM", Layout.TUNNEL_CHECKSUM);
    put(e, "TUNNEL_REMOTE_CHECKSUM", Layout.TUNNEL_REMOTE_CHECKSUM);
    struct(
        e,
        "tunnel",
        Layout.TUNNEL_BYTES,
        Map.of(
            "source", Layout.TUNNEL_SOURCE,
            "address", Layout.TUNNEL_ADDRESS,
            "port", Layout.TUNNEL_PORT,
            "kind", Layout.TUNNEL_KIND,
            "flags", Layout.TUNNEL_FLAGS,
            "ipv6", Layout.TUNNEL_IPV6));
    put(e, "POLICY_RR", Policy.RR);
    put(e, "POLICY_WRR", Policy.WRR);
    put(e, "POLICY_LC", Policy.LC);
    put(e, "POLICY_WLC", Policy.WLC);
    put(e, "POLICY_SED", Policy.SED);
    put(e, "POLICY_NQ", Policy.NQ);
    put(e, "POLICY_FO", Policy.FO);
    put(e, "POLICY_OVF", Policy.OVF);
    put(e, "POLICY_TWOS", Policy.TWOS);
    put(e, "POLICY_SH", Policy.SH);
    put(e, "POLICY_DH", Policy.DH);
    put(e, "POLICY_MH", Policy.MH);
    put(e, "POLICY_LBLC", Policy.LBLC);
    put(e, "POLICY_LBLCR", Policy.LBLCR);
    put(e, "POLICY_FALLBACK", Policy.FALLBACK);
    put(e, "POLICY_PORT", Policy.PORT);
    put(e, "POLICY_ALL_LOAD", Policy.ALL_LOAD);
    put(e, "SERVICE_USED", Layout.SERVICE_USED);
    put(e, "SERVICE_REMOVED", Layout.SERVICE_REMOVED);
    put(e, "SERVICE_ONE_PACKET", Layout.SERVICE_ONE_PACKET);
    put(e, "SERVICE_LOST_DROP", Layout.SERVICE_LOST_DROP);
    put(e, "SERVICE_LOST_RESET", Layout.SERVICE_LOST_RESET);
    put(e, "SERVICE_LOST_RESCHEDULE", Layout.SERVICE_LOST_RESCHEDULE);
    put(e, "SERVICE_LISTED", Layout.SERVICE_LISTED);
    put(e, "SERVICE_STRANGERS", Layout.SERVICE_STRANGERS);
    put(e, "SERVICE_OWN_TIMES", Layout.SERVICE_OWN_TIMES);
    put(e, "RULES", Layout.RULES);
    put(e, "WIDE_RULES", Layout.WIDE_RULES);
    put(e, "WIDE_FTP", Layout.WIDE_FTP);
    put(e, "WIDE_PORTS", Layout.WIDE_PORTS);
    put(e, "WIDE_TIMES", Layout.WIDE_TIMES);
    struct(
        e,
        "rule",
        Layout.RULE_BYTES,
        Map.of(
            "service", Layout.RULE_SERVICE,
            "ifindex", Layout.RULE_IFINDEX,
            "source", Layout.RULE_SOURCE,
            "source_mask", Layout.RULE_SOURCE_MASK,
            "destination", Layout.RULE_DESTINATION,
            "destination_mask", Layout.RULE_DESTINATION_MASK,
            "source_ports", Layout.RULE_SOURCE_PORTS,
            "destination_ports", Layout.RULE_DESTINATION_PORTS,
            "protocol", Layout.RULE_PROTOCOL,
            "family", Layout.RULE_FAMILY));
    struct(e, "place_key", Layout.PLACE_KEY_BYTES, Map.of());
    struct(e, "place", Layout.PLACE_BYTES, Map.of());
    struct(
        e,
        "access_key",
        Layout.ACCESS_KEY_BYTES,
        Map.of(
            "bits", Layout.ACCESS_KEY_BITS,
            "service", Layout.ACCESS_KEY_SERVICE,
            "address", Layout.ACCESS_KEY_ADDRESS));
    struct(
        e,
        "hop",
        Layout.HOP_BYTES,
        Map.of(
            "dst", Layout.HOP_DST,
            "src", Layout.HOP_SRC,
            "ifindex", Layout.HOP_IFINDEX,
            "flags", Layout.HOP_FLAGS));
    put(e, "HOP_RESOLVED", Layout.HOP_RESOLVED);
    put(e, "HOP_LOCAL", Layout.HOP_LOCAL);
    put(e, "HOP_GATEWAY6", Layout.HOP_GATEWAY6);
    struct(
        e,
        "real",
        Layout.REAL_BYTES,
        Map.ofEntries(
            Map.entry("port", Layout.REAL_PORT),
            Map.entry("method", Layout.REAL_METHOD),
            Map.entry("flags", Layout.REAL_FLAGS),
            Map.entry("service", Layout.REAL_SERVICE),
            Map.entry("weight", Layout.REAL_WEIGHT),
            Map.entry("family", Layout.REAL_FAMILY),
            Map.entry("hop", Layout.REAL_HOPS),
            Map.entry("address", Layout.REAL_ADDRESS),
            Map.entry("gateway", Layout.REAL_GATEWAYS)));
    put(e, "REAL_USED", Layout.REAL_USED);
    put(e, "REAL_REMOVED", Layout.REAL_REMOVED);
    put(e, "REAL_HOP", Layout.REAL_HOP);
    struct(
        e,
        "load",
        Layout.LOAD_BYTES,
        Map.of(
            "active", Layout.LOAD_ACTIVE,
            "inactive", Layout.LOAD_INACTIVE,
            "upper", Layout.LOAD_UPPER,
            "lower", Layout.LOAD_LOWER,
            "overloaded", Layout.LOAD_OVERLOADED,
            "same", Layout.LOAD_SAME));
    struct(
        e,
        "traffic",
        Layout.TRAFFIC_BYTES,
        Map.of("connections", 0, "packets", 8, "bytes", 16, "out_packets", 24, "out_bytes", 32));
    struct(e, "pool_line", Layout.POOL_LINE_BYTES, Map.of("pick", 0));
    put(e, "POOL_LINE", Layout.POOL_LINE);
    struct(
        e,
        "conn",
        Layout.CONN_BYTES,
        Map.of("key", Layout.CONN_KEY, "meta", Layout.CONN_META, "seen", Layout.CONN_SEEN));
    struct(e, "conn_set", Layout.SET_BYTES, Map.of("way", 0));
    put(e, "sizeof(struct datagram)", Layout.DATAGRAM_BYTES);
    put(e, "sizeof(struct trail)", Layout.TRAIL_BYTES);
    put(e, "KEY_LOCK", Layout.KEY_LOCK);
    put(e, "SERVICE_SHIFT", Layout.SERVICE_SHIFT);
    put(e, "MAX_SERVICES", Layout.MAX_SERVICES);
    put(e, "REAL_MASK", Layout.REAL_MASK);
    put(e, "STATE_SHIFT", Layout.STATE_SHIFT);
    put(e, "STATE_MASK", Layout.STATE_MASK);
    put(e, "GENERATION_SHIFT", Layout.GENERATION_SHIFT);
    struct(
        e,
        "device",
        Layout.DEVICE_BYTES,
        Map.of(
            "ifindex",
            Layout.DEVICE_IFINDEX,
            "flags",
            Layout.DEVICE_FLAGS,
            "mac",
            Layout.DEVICE_MAC));
    put(e, "DEVICES", Layout.DEVICES);
    put(e, "DEVICE_TX", Layout.DEVICE_TX);
    struct(
        e,
        "config",
        Layout.CONFIG_BYTES,
        Map.of(
            "magic",
            Layout.CONFIG_MAGIC,
            "layout",
            Layout.CONFIG_LAYOUT,
            "seed",
            Layout.CONFIG_SEED,
            "timeout",
            Layout.CONFIG_TIMEOUT,
            "settle",
            Layout.CONFIG_SETTLE,
            "nat",
            Layout.CONFIG_NAT,
            "knobs",
            Layout.CONFIG_KNOBS,
            "conn_reuse_mode",
            Layout.CONFIG_CONN_REUSE_MODE,
            "clock",
            Layout.CONFIG_CLOCK));
    struct(
        e,
        "config",
        Layout.CONFIG_BYTES,
        Map.of(
            "wide", Layout.CONFIG_WIDE,
            "rules", Layout.CONFIG_RULES,
            "lblc_expiration", Layout.CONFIG_LBLC_EXPIRATION,
            "lblcr_expiration", Layout.CONFIG_LBLCR_EXPIRATION,
            "drop_rate", Layout.CONFIG_DROP_RATE,
            "drop_counter", Layout.CONFIG_DROP_COUNTER));
    for (ConnectionState state : ConnectionState.values()) {
      put(e, "ST_" + state.name(), state.number());
    }
    for (Verdict v : Verdict.values()) {
      put(e, "VERDICT_" + v.name(), v.number());
    }
    for (Event v : Event.values()) {
      put(e, "EVENT_" + v.name(), v.number());
    }
    return e;
  }

  private static void put(Map<String, Long> all, String expression, long value) {
    all.put(expression, value);
  }

  private static void struct(
      Map<String, Long> all, String name, int bytes, Map<String, Integer> fields) {
    put(all, "sizeof(struct " + name + ")", bytes);
    fields.forEach((f, at) -> put(all, "offsetof(struct " + name + ", " + f + ")", at));
  }

  private static Optional<Path> compiler() {
    return Stream.of("cc", "clang", "gcc")
        .flatMap(name ->
            Stream.of(System.getenv("PATH").split(":", -1)).map(d -> Path.of(d).resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Test
  void offsetsAreTheCompilers(@TempDir Path folder) throws IOException, InterruptedException {
    Optional<Path> compiler = compiler();
    Assumptions.assumeTrue(compiler.isPresent(), "needs a C compiler");
    Path include = Path.of("src/main/bpf/include").toAbsolutePath();
    StringBuilder source = new StringBuilder("#include <stdio.h>\n#include <stddef.h>\n");
    source.append("#include \"").append(include.resolve("types.h")).append("\"\n");
    source.append("#include \"").append(include.resolve("verdict.h")).append("\"\n");
    source.append("int main(void) {\n");
    Map<String, Long> expected = expected();
    for (String expression : expected.keySet()) {
      source
          .append("printf(\"%lld\\t")
          .append(expression)
          .append("\\n\", (long long)(")
          .append(expression)
          .append("));\n");
    }
    source.append("return 0;\n}\n");
    Path file = Files.writeString(folder.resolve("layout.c"), source);
    Path program = folder.resolve("layout");
    String built =
        run(List.of(compiler.get().toString(), "-o", program.toString(), file.toString()));
    assertThat(built).isEmpty();
    Map<String, Long> actual = new LinkedHashMap<>();
    run(List.of(program.toString()))
        .lines()
        .map(l -> l.split("\t", 2))
        .forEach(f -> actual.put(f[1], Long.parseLong(f[0])));
    assertThat(actual).containsExactlyEntriesOf(expected);
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? text : text + "exit " + process.exitValue();
    }
  }
}
