package dev.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaemonSignalTest {
  @ParameterizedTest
  @CsvSource({"RELOAD,1", "STOP,15", "DATA,10", "STATS,12", "STATS_CLEAR,63", "JSON,36"})
  void numbersAreKeepalivedsOwn(String request, int number) {
    assertThat(DaemonSignal.requested(request)).map(DaemonSignal::number).contains(number);
    assertThat(DaemonSignal.of(number)).isEqualTo(DaemonSignal.requested(request));
  }

  @Test
  void anUnknownRequestHasNone() {
    assertThat(DaemonSignal.requested("TDATA")).isEmpty();
  }

  @Test
  @Tag("keepalived")
  void keepalivedOnThisMachineAgrees() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/keepalived")), "keepalived is not installed");
    for (String request : DaemonSignal.requests()) {
      assertThat(signum(request))
          .as(request)
          .isEqualTo(DaemonSignal.requested(request).orElseThrow().number());
    }
  }

  private static int signum(String request) throws IOException {
    var process =
        new ProcessBuilder("/usr/sbin/keepalived", "--signum=" + request)
            .redirectErrorStream(true)
            .start();
    return Integer.parseInt(
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
  }
}
