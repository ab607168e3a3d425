package dev.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReloadRuleTest {
  private static @org.jspecify.annotations.Nullable String refusal(String text) {
    return ReloadRule.refusal(
        ConfigLoader.parse("test.conf", text, ConfigEnvironment.ofThisMachine()));
  }

  private static final String GOOD =
      """
      vrrp_instance VI_1 {
        interface lo
        virtual_router_id 51
        virtual_ipaddress {
          10.0.0.1
        }
      """;

  @Test
  void aMissingBraceIsRefusedWithItsPlace() {
    assertThat(refusal(GOOD)).contains("test.conf:");
  }

  @Test
  void aMissingFileIsRefused() {
    assertThat(
            ReloadRule.refusal(
                ConfigLoader.load(
                    Path.of("/certainly/not/there.conf"), ConfigEnvironment.ofThisMachine())))
        .isNotEmpty();
  }

  @Test
  void anUnknownKeywordIsNoReasonToStandStill() {
    assertThat(refusal("global_defs {\n  router_id x\n  certainly_not_a_keyword 5\n}\n")).isNull();
  }
}
