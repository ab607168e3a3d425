package dev.sluice.core.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigLoader;
import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import io.avaje.json.mapper.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against texts built by hand after what keepalived 2.2.7 writes for the same configuration
 * (keepalived.md 15; passwords are masked as since 2.4).
 */
class DumpTextTest {
  private static final Instant NOW = Instant.parse("2026-11-03T19:33:18.327742Z");
  private static final Instant SINCE = Instant.parse("2026-11-03T19:33:14.304035Z");

  @TempDir private Path folder;

  @Test
  void stats() throws IOException {
    assertThat(StatsText.of(input().vrrp(), new StatsBaseline())).isEqualTo(resource("stats.txt"));
  }

  @Test
  void clearedStatsCountFromZero() throws IOException {
    var baseline = new StatsBaseline();
    baseline.clear(input().vrrp());
    assertThat(StatsText.of(input().vrrp(), baseline))
        .isEqualTo(resource("stats.txt").replaceAll(": [0-9]+\n", ": 0\n"));
  }

  @Test
  void dataOfTheInstances() throws IOException {
    String data = Dumps.data(input());
    assertThat(data)
        .startsWith("------< Global definitions >------\n Network namespace = (default)");
    assertThat(between(data, "------< VRRP Topology", "------< Interfaces"))
        .isEqualTo(resource("topology.txt"));
  }

  @Test
  void exportersFindWhatTheyLookFor() throws IOException {
    // What keepalived-exporter's parser takes from the text: heads by one blank, properties by
    // three, list items by five, keyed by the text before "=" or ":".
    Map<String, List<String>> found = new LinkedHashMap<>();
    String instance = "";
    String key = "";
    for (String line : Dumps.data(input()).lines().toList()) {
      if (line.startsWith(" VRRP Instance =")) {
        instance = line.substring(line.indexOf('=') + 1).strip();
      } else if (line.startsWith("     ") && !instance.isEmpty()) {
        found.computeIfAbsent(instance + "/" + key, _ -> new ArrayList<>()).add(line.strip());
      } else if (line.startsWith("   ") && !instance.isEmpty()) {
        String[] parts = line.strip().split(line.contains("=") ? "=" : ":", 2);
        key = parts[0].strip();
        if (parts.length > 1 && !parts[1].isBlank()) {
          found.put(instance + "/" + key, new ArrayList<>(List.of(parts[1].strip())));
        }
      } else {
        instance = "";
      }
    }
    assertThat(found)
        .containsEntry("VI_1/State", List.of("MASTER"))
        .containsEntry("VI_1/Wantstate", List.of("MASTER"))
        .containsEntry("VI_1/Interface", List.of("eth0"))
        .containsEntry("VI_1/Virtual Router ID", List.of("51"))
        .containsEntry("VI_1/Gratuitous ARP delay", List.of("5"))
        .containsEntry(
            "VI_1/Virtual IP (2)",
            List.of(
                "10.255.1.50/24 dev eth0 scope global set",
                "10.255.1.51 dev eth0 scope global label eth0:vip set"))
        .containsEntry(
            "VI_1/Virtual IP Excluded", List.of("10.255.2.1/24 dev eth0 scope global set"))
        .containsEntry("VI_2/State", List.of("BACKUP"));
  }

  @Test
  void json() throws IOException {
    var mapper = JsonMapper.builder().build();
    String text = JsonText.of(input(), new StatsBaseline());
    assertThat(mapper.fromJson(text)).isEqualTo(mapper.fromJson(resource("keepalived.json")));
    // Exporters read these as integers.
    assertThat(text).contains("\"garp_delay\":5,").contains("\"adver_int\":1,");
  }

  @Test
  void writtenWholeForTheOwnerAlone() throws IOException {
    Path file = folder.resolve("keepalived.stats");
    Path stranger = Files.writeString(folder.resolve("stranger"), "untouched");
    Files.createSymbolicLink(file, stranger);
    DumpFiles.write(file, "new\n");
    assertThat(file).isRegularFile().hasContent("new\n");
    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(stranger).hasContent("untouched");
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    try (var left = Files.list(folder)) {
      assertThat(left).hasSize(2);
    }
  }

  @Test
  void filesAreKeepalivedsUnlessTheConfigurationNamesAnother() throws IOException {
    Configuration plain = configuration("");
    var files = new DumpFiles(Path.of("/tmp"), Path.of("/run/one"));
    assertThat(paths(files, "keepalived.json", plain))
        .containsExactly(Path.of("/tmp/keepalived.json"), Path.of("/run/one/keepalived.json"));
    Configuration named =
        configuration(
            "instance one\nglobal_defs {\n data_use_instance\n state_dump_file /var/x\n}");
    assertThat(paths(files, "keepalived.data", named)).containsExactly(Path.of("/var/x"));
    assertThat(paths(new DumpFiles(Path.of("/tmp"), null), "keepalived.stats", named))
        .containsExactly(Path.of("/tmp/keepalived_one.stats"));
  }

  private static List<Path> paths(DumpFiles files, String name, Configuration configuration) {
    return files.of(
        name, configuration.further().process(), configuration.global().settings().files());
  }

  private static String between(String text, String from, String to) {
    return text.substring(text.indexOf(from), text.indexOf(to));
  }

  private static String resource(String name) throws IOException {
    try (var in = DumpTextTest.class.getResourceAsStream("/dump/" + name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Configuration configuration(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("router.conf"), text);
    return ConfigLoader.load(file, new EveryInterface()).configuration();
  }

  private DumpInput input() throws IOException {
    Configuration configuration = configuration(resource("router.conf"));
    var scripts = List.of(new VrrpSnapshot.Script("chk", "UP", "exit status 0", SINCE));
    var groups = List.of(new VrrpSnapshot.Group("G1", VrrpState.BACKUP, List.of("VI_2")));
    var instances =
        List.of(
            instance(configuration.vrrpInstances().get(0), VrrpState.MASTER, "10.255.1.10", null),
            instance(
                configuration.vrrpInstances().get(1),
                VrrpState.BACKUP,
                "10.255.2.11",
                Duration.ofMillis(1824)));
    return new DumpInput(
        configuration,
        new VrrpSnapshot(instances, groups, scripts, false, Map.of()),
        List.of(),
        List.of(),
        "lb1",
        NOW,
        ZoneOffset.UTC);
  }

  private static VrrpSnapshot.Instance instance(
      VrrpInstance c, VrrpState state, String master, @Nullable Duration timer) {
    boolean leads = state == VrrpState.MASTER;
    var counters = new EnumMap<VrrpCounter, Long>(VrrpCounter.class);
    for (VrrpCounter counter : VrrpCounter.values()) {
      counters.put(counter, 0L);
    }
    counters.put(leads ? VrrpCounter.ADVERT_SENT : VrrpCounter.ADVERT_RECEIVED, 4L);
    counters.put(VrrpCounter.BECAME_MASTER, leads ? 1L : 0L);
    return new VrrpSnapshot.Instance(
        c.name(),
        state,
        c.virtualRouterId(),
        c.version(),
        "eth0",
        InetAddress.ofLiteral(leads ? "10.255.1.10" : "10.255.2.10"),
        c.priority(),
        c.priority(),
        "base " + c.priority(),
        c.addresses().stream().map(a -> held(a, leads)).toList(),
        c.excludedAddresses().stream().map(a -> held(a, leads)).toList(),
        InetAddress.ofLiteral(master),
        leads ? c.priority() : 200,
        c.advertInterval(),
        leads ? c.advertInterval() : Duration.ofSeconds(1),
        c.preempt(),
        leads ? null : "G1",
        SINCE,
        leads ? Duration.ofMillis(672) : timer,
        counters,
        List.of(),
        List.of(),
        VrrpSnapshot.Election.none(),
        new VrrpSnapshot.Lease(10, leads));
  }

  private static VrrpSnapshot.Address held(VirtualAddress a, boolean present) {
    return new VrrpSnapshot.Address(a.address(), a.prefixLength(), "eth0", present);
  }
}
