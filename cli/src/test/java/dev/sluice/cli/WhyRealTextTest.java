package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.core.api.StatusReport.CheckChange;
import dev.sluice.core.api.StatusReport.CheckDetail;
import dev.sluice.core.api.StatusReport.Real;
import dev.sluice.core.api.WhyReal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhyRealTextTest {
  private static final Instant NOW = Instant.parse("2026-11-23T22:00:12Z");

  private static CheckDetail check(String type, String phase, String evidence) {
    return new CheckDetail(
        type,
        "10.0.0.11:80",
        phase,
        phase.equals("up"),
        evidence,
        1.25,
        "2026-11-23T22:00:10Z",
        "2026-11-23T22:00:00Z",
        40,
        3,
        3,
        12,
        List.of(new CheckChange("2026-11-23T22:00:00Z", phase.equals("up"), evidence)));
  }

  @Test
  void marksTheCheckThatDecides() {
    var real =
        new Real(
            "10.0.0.11",
            80,
            0,
            1,
            "down",
            0,
            0,
            0,
            0,
            0,
            null,
            List.of(
                check("TCP_CHECK", "up", "connected"),
                check("HTTP_GET", "down", "HTTP 503, expected 200-299")));
    var why = new WhyReal(List.of(new WhyReal.Place("192.0.2.1", 80, "tcp", false, real)));
    assertThat(WhyRealText.of(why, List.of(), "10.0.0.11", NOW).text())
        .isEqualTo(
            """
            10.0.0.11:80 of tcp 192.0.2.1:80 is down, weight 0 of 1
                TCP_CHECK 10.0.0.11:80  up for 12s  connected (1.25 ms)
                  3 of 40 tries failed, 3 passed in a row; down 12 s in all
                  2026-11-23T22:00:00Z  up  connected
              > HTTP_GET 10.0.0.11:80  down for 12s  HTTP 503, expected 200-299 (1.25 ms)
                  3 of 40 tries failed, 3 failed in a row; down 12 s in all
                  2026-11-23T22:00:00Z  down  HTTP 503, expected 200-299
            """);
  }

  @Test
  void saysThatThereIsNoSuchServer() {
    assertThatThrownBy(() -> WhyRealText.of(new WhyReal(List.of()), List.of(), "10.0.0.9", NOW))
        .hasMessage("the daemon has no real server '10.0.0.9'; it has none at all");
  }
}
