package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {
  /** RFC 5952 section 4. */
  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "0:0:0:0:0:0:0:0, ::",
    "0:0:0:0:0:0:0:1, ::1",
    "fe80:0:0:0:0:0:0:0, fe80::",
    "ff02::12, ff02::12",
  })
  void text(String written, String expected) {
    assertThat(Addresses.text(InetAddress.ofLiteral(written))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 65535, ::ffff:0.0.255.255"})
  void mapped(long high, int low, String expected) {
    assertThat(Addresses.text(Addresses.ofHalves(high, 0xffff_0000_0000L | low)))
        .isEqualTo(expected);
  }
}
