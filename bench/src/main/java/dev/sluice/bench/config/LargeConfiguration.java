package dev.sluice.bench.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A configuration as large as the largest ones: every virtual server with its own address, every
 * real server with its own address and a check, nothing wrong with it.
 *
 * @param virtualServers at most 65,536
 * @param realServersEach at most 16
 */
record LargeConfiguration(int virtualServers, int realServersEach) {
  /** 10,000 virtual servers with 100,000 real servers. */
  static final LargeConfiguration USUAL = new LargeConfiguration(10_000, 10);

  private static final int MOST_VIRTUAL = 1 << 16;
  private static final int MOST_REAL = 16;

  LargeConfiguration {
    if (virtualServers < 0
        || virtualServers > MOST_VIRTUAL
        || realServersEach < 0
        || realServersEach > MOST_REAL) {
      throw new IllegalArgumentException(
          virtualServers
              + " x "
              + realServersEach
              + ": at most "
              + MOST_VIRTUAL
              + " x "
              + MOST_REAL);
    }
  }

  /** The text of it. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (int v = 0; v < virtualServers; v++) {
      text.append("virtual_server 10.1.");
      octets(text, v);
      text.append(" 80 {\n    delay_loop 6\n    lb_algo wrr\n    lb_kind DR\n    protocol TCP\n");
      for (int r = 0; r < realServersEach; r++) {
        int number = v * realServersEach + r;
        text.append("    real_server 172.").append(16 + (number >> 16)).append('.');
        octets(text, number);
        text.append(" 80 {\n        weight 1\n        TCP_CHECK {\n");
        text.append("            connect_timeout 3\n        }\n    }\n");
      }
      text.append("}\n");
    }
    return text.toString();
  }

  /** Writes it to a new temporary file, which the caller deletes. */
  Path write() {
    try {
      Path file = Files.createTempFile("sluice-bench-", ".conf");
      return Files.writeString(file, text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void octets(StringBuilder text, int number) {
    text.append((number >> 8) & 0xff).append('.').append(number & 0xff);
  }
}
