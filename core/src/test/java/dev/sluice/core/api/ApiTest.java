package dev.sluice.core.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiTest {
  @Test
  void statusKeepsTheContractsNames() {
    var report =
        new StatusReport(
            "0.1",
            1,
            2,
            null,
            "2026-11-01T00:00:00Z",
            List.of(
                new StatusReport.Vrrp(
                    "VI_1",
                    "MASTER",
                    51,
                    2,
                    "eth0",
                    100,
                    90,
                    List.of("base 100"),
                    List.of("10.0.0.1"),
                    null,
                    "2026-11-01T00:00:00Z",
                    "won",
                    List.of(),
                    Map.of("sent", 3L),
                    null,
                    0,
                    true,
                    null,
                    null,
                    null,
                    false,
                    List.of(),
                    List.of(),
                    List.of(
                        new StatusReport.Decision(
                            "2026-11-01T00:00:00Z",
                            "MASTER",
                            "no master heard",
                            90,
                            "base 100 -10 chk",
                            null,
                            0)),
                    new StatusReport.Lease(10, false))),
            List.of(),
            List.of(),
            List.of(),
            new StatusReport.Plane("none", "auto", false, List.of(), Map.of(), null),
            List.of(),
            List.of(),
            new StatusReport.VrrpLoop(true, 5, 16, 64, 99, Map.of()));
    String json = Api.toJson(report);
    assertThat(json)
        .contains(
            "\"generation\":2",
            "\"effective_priority\":90",
            "\"vips\":[\"10.0.0.1\"]",
            "\"master\":null",
            "\"since\":",
            "\"bfd\":[]",
            "\"plane\":{\"kind\":\"none\",\"mode\":\"auto\"");
    assertThat(Api.statusFrom(json)).isEqualTo(report);
    assertThat(json).doesNotContain("\n");
  }
}
