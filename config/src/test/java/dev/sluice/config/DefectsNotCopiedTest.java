package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keepalived gets wrong and this reader must not. */
final class DefectsNotCopiedTest {
  /** keepalived 2.4.3 switches the comparison off whatever the value says. */
  @ParameterizedTest
  @CsvSource({
    "'', '', false",
    "'', skip_check_adv_addr, true",
    "'', skip_check_adv_addr true, true",
    "'', skip_check_adv_addr false, false",
    "vrrp_skip_check_adv_addr, '', true",
    "vrrp_skip_check_adv_addr, skip_check_adv_addr off, false",
    "vrrp_skip_check_adv_addr false, skip_check_adv_addr, true"
  })
  void skipCheckAdvAddrMeansWhatItSays(String global, String instance, boolean skips) {
    LoadResult result = parse(global, instance);
    assertThat(result.configuration().vrrpInstances())
        .singleElement()
        .satisfies(i -> assertThat(i.skipCheckAdvAddr()).isEqualTo(skips));
    assertThat(result.verdict()).isEqualTo(Verdict.CLEAN);
  }

  @Test
  void aWrongWordLeavesTheDefault() {
    assertThat(parse("", "skip_check_adv_addr maybe").configuration().vrrpInstances())
        .singleElement()
        .satisfies(i -> assertThat(i.skipCheckAdvAddr()).isFalse());
  }

  private static LoadResult parse(String global, String instance) {
    return ConfigLoader.parse(
        "x",
        """
        global_defs {
          %s
        }
        vrrp_instance A {
          interface eth0
          virtual_router_id 1
          %s
          virtual_ipaddress {
            10.0.0.1/24
          }
        }
        """
            .formatted(global, instance),
        new FakeEnvironment());
  }
}
