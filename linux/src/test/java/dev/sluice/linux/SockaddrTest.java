package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Bytes as a little-endian machine has them; the families are in its own order. */
class SockaddrTest {
  private final MemorySegment at = Arena.ofAuto().allocate(128).fill((byte) 0xee);

  private String hex(int length) {
    return HexFormat.of().formatHex(at.asSlice(0, length).toArray(JAVA_BYTE));
  }

  @Test
  void ipv4() {
    int length = Sockaddr.internet(at, InetAddress.ofLiteral("192.0.2.1"), 443);
    assertThat(hex(length)).isEqualTo("0200" + "01bb" + "c0000201" + "0000000000000000");
  }

  @Test
  void ipv6() {
    int length = Sockaddr.internet(at, InetAddress.ofLiteral("2001:db8::7"), 80);
    assertThat(hex(length))
        .isEqualTo("0a00" + "0050" + "00000000" + "20010db8000000000000000000000007" + "00000000");
  }

  @Test
  void packet() {
    int length = Sockaddr.packet(at, 3, 0x0806);
    assertThat(hex(length))
        .isEqualTo("1100" + "0806" + "03000000" + "0000" + "00" + "00" + "0".repeat(16));
  }

  @Test
  void aPathHasNoTrailingNul() {
    int length = Sockaddr.unix(at, "/run/x");
    assertThat(hex(length)).isEqualTo("0100" + "2f72756e2f78");
  }

  @Test
  void anAbstractNameBeginsWithNul() {
    int length = Sockaddr.unix(at, "@ab");
    assertThat(hex(length)).isEqualTo("0100" + "006162");
  }

  @Test
  void aNameThatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> Sockaddr.unix(at, "/" + "x".repeat(120)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("107 bytes");
  }
}
