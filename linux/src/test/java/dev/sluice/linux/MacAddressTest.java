package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {
  @Test
  void readsAndWrites() {
    MacAddress mac = MacAddress.parse("00:00:5E:00:01:33");
    assertThat(mac).hasToString("00:00:5e:00:01:33");
    assertThat(mac.bytes()).containsExactly(0, 0, 0x5e, 0, 1, 0x33);
    assertThat(MacAddress.of(mac.bytes())).isEqualTo(mac);
    assertThat(MacAddress.BROADCAST).hasToString("ff:ff:ff:ff:ff:ff");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00:00:5e:00:01", "00:00:5e:00:01:33:44", "00-00-5e-00-01-33", "x"})
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> MacAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a MAC address: " + text);
  }
}
