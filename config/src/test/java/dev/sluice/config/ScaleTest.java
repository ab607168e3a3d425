package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Nothing is looked up by going through everything: what is quadratic takes minutes at these sizes,
 * so the bounds are far from any honest time and still find it.
 */
final class ScaleTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final int SERVICES = 40_000;

  @Test
  void manyServicesThatNameThemselves() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < SERVICES; i++) {
      String address = "10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255) + " 80 {\n";
      text.append("virtual_server ").append(address);
      text.append("lb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server ").append(address);
      text.append("TCP_CHECK {\n}\n}\n}\n");
    }
    long begin = System.nanoTime();
    LoadResult result = ConfigLoader.parse("x", text.toString(), new FakeEnvironment());
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
    assertThat(result.configuration().virtualServers()).hasSize(SERVICES);
    assertThat(result.diagnostics()).extracting(Diagnostic::code).contains("real-is-service");
  }
}
