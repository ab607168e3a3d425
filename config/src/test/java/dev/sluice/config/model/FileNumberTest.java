package dev.sluice.config.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** keepalived.md 5.3: one number, base detected; missing or empty is 0. */
class FileNumberTest {
  @ParameterizedTest
  @CsvSource({
    "3, 3",
    "-200, -200",
    "+7, 7",
    "0, 0",
    "0x1f, 31",
    "-0X10, -16",
    "010, 8",
    "'  5\n', 5",
    "'12 rubbish', 12",
    "'', 0",
    "'\n', 0",
    "abc, 0",
    "1.5, 0",
    "99999999999999999999, 0"
  })
  void content(String content, long value) {
    assertThat(FileNumber.of("f", content).value()).isEqualTo(value);
  }

  @Test
  void saysHowItCameAbout() {
    assertThat(FileNumber.of("/f", "0x10").evidence()).isEqualTo("/f holds 16");
    assertThat(FileNumber.of("/f", "up").evidence())
        .isEqualTo("/f holds 'up', no number, which counts as 0");
    assertThat(FileNumber.absent("/f").value()).isZero();
  }
}
