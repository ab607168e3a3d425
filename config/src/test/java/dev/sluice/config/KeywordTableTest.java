package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.build.Language;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Keyword;
import dev.sluice.config.table.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every row of every table: its limits are accepted, what lies outside is reported. */
final class KeywordTableTest {
  private static final Map<String, String> HEADERS =
      Map.of(
          "vrrp_instance", "vrrp_instance A",
          "vrrp_sync_group", "vrrp_sync_group A",
          "vrrp_script", "vrrp_script A",
          "vrrp_track_process", "vrrp_track_process A",
          "track_file", "track_file A",
          "bfd_instance", "bfd_instance A",
          "track_group", "track_group A",
          "virtual_server", "virtual_server 10.0.0.1 80",
          "real_server", "real_server 10.0.0.2 80");

  @TestFactory
  Stream<DynamicTest> rows() {
    List<DynamicTest> tests = new ArrayList<>();
    collect(Language.root(), List.of(), tests);
    return tests.stream();
  }

  private static void collect(Block<?> block, List<String> path, List<DynamicTest> tests) {
    for (Keyword<?> row : block.rows()) {
      ValueType<?> type = row.type();
      if (type != null && row.dialect().isEmpty()) {
        String name = String.join(" ", path) + " " + row.name();
        tests.add(DynamicTest.dynamicTest(name.strip(), () -> check(row, type, path)));
      }
      Block<?> inner = row.block();
      if (inner != null) {
        List<String> deeper = new ArrayList<>(path);
        deeper.add(row.name());
        collect(inner, deeper, tests);
      }
    }
  }

  private static void check(Keyword<?> row, ValueType<?> type, List<String> path) {
    for (String value : type.accepted()) {
      assertThat(errors(row.name() + " " + value, path))
          .as("%s %s is accepted", row.name(), value)
          .isEmpty();
    }
    for (String value : type.refused()) {
      assertThat(errors(row.name() + " " + value, path))
          .as("%s %s is reported once", row.name(), value)
          .hasSize(1);
    }
    defaultHolds(row, type, path);
    LoadResult bare = load(row.name(), path);
    if (type.required()) {
      if (bare.verdict().exitStatus() != 2) {
        assertThat(errors(row.name(), path)).as("%s lacks its parameter", row.name()).hasSize(1);
      }
    } else {
      assertThat(errors(row.name(), path)).as("%s alone", row.name()).isEmpty();
    }
  }

  /** What the table calls the default makes the same model as leaving the line out. */
  private static void defaultHolds(Keyword<?> row, ValueType<?> type, List<String> path) {
    String standard = row.standard();
    boolean value =
        type.words().contains(standard) || standard.matches("-?\\d+(\\.\\d+)?|0177|\\d+-\\d+");
    if (!value || UNLIKE.contains(row.name())) {
      return;
    }
    String written = row.name() + " " + standard;
    if (!errors(written, path).isEmpty()) {
      return; // 0 for "off" is the default of some times that begin above it.
    }
    assertThat(ModelJson.of(load(written, path).configuration()))
        .as("%s is the default", written)
        .isEqualTo(ModelJson.of(load("", path).configuration()));
  }

  /** Whose default depends on what stands around it. */
  private static final List<String> UNLIKE = List.of();

  /** What makes a block that holds nothing else count; it stands behind the line. */
  private static final Map<String, String> COMPLETE =
      Map.of(
          "vrrp_instance",
          "interface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\n",
          "vrrp_script",
          "script /usr/bin/true\n",
          "vrrp_track_process",
          "process x\n",
          "track_file",
          "file /x\n",
          "bfd_instance",
          "neighbor_ip 10.0.0.9\n",
          "virtual_server",
          "real_server 10.0.0.8 80 {\n}\n",
          "url",
          "path /\n",
          "MISC_CHECK",
          "misc_path /usr/bin/true\n",
          "HTTP_GET",
          "url {\npath /\n}\n",
          "SSL_GET",
          "url {\npath /\n}\n");

  private static LoadResult load(String line, List<String> path) {
    StringBuilder text = new StringBuilder();
    for (String block : path) {
      text.append(HEADERS.getOrDefault(block, block)).append(" {\n");
    }
    text.append(line).append('\n');
    for (String block : path.reversed()) {
      text.append(COMPLETE.getOrDefault(block, "")).append("}\n");
    }
    if (path.contains("vrrp_script")) {
      text.append("vrrp_instance U {\ninterface eth0\nvirtual_router_id 9\n");
      text.append("virtual_ipaddress {\n10.0.0.3\n}\ntrack_script {\nA\n}\n}\n");
    }
    FakeEnvironment machine = new FakeEnvironment();
    machine.interfaces.add("something");
    machine.script("/usr/bin/true");
    return ConfigLoader.parse("x", text.toString(), machine);
  }

  /** Counted messages about the line itself, deprecation aside. */
  private static List<String> errors(String line, List<String> path) {
    return load(line, path).diagnostics().stream()
        .filter(d -> d.counted() && !d.code().equals("deprecated"))
        .filter(d -> d.position() != null && d.position().line() == path.size() + 1)
        .filter(d -> !AFTER.contains(d.code()))
        .map(d -> d.code() + ": " + d.message())
        .toList();
  }

  /** What the completion says about a line that is fine by itself. */
  private static final List<String> AFTER =
      List.of(
          "ops",
          "address-family",
          "owner-only",
          "timer-expired",
          "unicast-without-peer",
          "quorum-too-large",
          "authentication",
          "hysteresis-too-large",
          "tracks-itself",
          "unknown-tracker",
          "preempt-delay",
          "advert-interval",
          "unknown-host");
}
