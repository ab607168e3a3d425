package dev.sluice.cli.ipvsadm;

import dev.sluice.cli.Terminal;
import dev.sluice.core.api.IpvsKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** One command line and what came of it, with names as the recording machine had them. */
record Run(int exitCode, String out, String err) {
  private static final Map<String, Integer> PORTS =
      Map.of("http", 80, "https", 443, "domain", 53, "sip", 5060, "http-alt", 8080);
  private static final Map<String, String> HOSTS =
      Map.of("vip.example.com", "192.0.2.10", "rs1", "10.0.0.1");

  static final Names NAMES = names(HOSTS);

  /** Those of the live recordings. */
  static final Names LIVE_NAMES = names(Map.of("vip.example.com", "10.9.9.9", "rs1", "10.2.0.11"));

  static Run of(Table table, List<String> words) {
    return of(table, words, "");
  }

  static Run of(Table table, List<String> words, String input) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of());
    var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    int code = new IpvsadmCommand(table, terminal, in, NAMES).run(words);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Names names(Map<String, String> hosts) {
    return new Names() {
      @Override
      public Optional<InetAddress> address(String name) {
        return Optional.ofNullable(hosts.get(name)).map(InetAddress::ofLiteral);
      }

      @Override
      public OptionalInt port(String name, IpvsKey.Kind kind) {
        Integer port = PORTS.get(name);
        return port == null ? OptionalInt.empty() : OptionalInt.of(port);
      }

      @Override
      public Optional<String> hostName(String address) {
        return hosts.entrySet().stream()
            .filter(e -> e.getValue().equals(address))
            .map(Map.Entry::getKey)
            .findFirst();
      }

      @Override
      public Optional<String> portName(int port, IpvsKey.Kind kind) {
        return kind == IpvsKey.Kind.SCTP
            ? Optional.empty()
            : PORTS.entrySet().stream()
                .filter(e -> e.getValue() == port)
                .map(Map.Entry::getKey)
                .findFirst();
      }
    };
  }
}
