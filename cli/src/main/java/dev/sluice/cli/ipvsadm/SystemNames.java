package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsKey;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The machine's own names: its resolver, and {@code /etc/services}, read when first needed. */
final class SystemNames implements Names {
  private static final Path SERVICES = Path.of("/etc/services");

  private final Map<String, Integer> ports = new HashMap<>();
  private final Map<String, String> portNames = new HashMap<>();
  private final Map<String, Optional<String>> hosts = new HashMap<>();
  private boolean read;

  @Override
  public Optional<InetAddress> address(String name) {
    try {
      return Arrays.stream(InetAddress.getAllByName(name))
          .filter(a -> a instanceof Inet4Address)
          .findFirst();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  @Override
  public OptionalInt port(String name, IpvsKey.Kind kind) {
    readServices();
    Integer port = ports.get(name + "/" + protocol(kind));
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }

  @Override
  public Optional<String> hostName(String address) {
    return hosts.computeIfAbsent(
        address,
        a -> {
          String name = InetAddress.ofLiteral(a).getHostName();
          // Without a name there is the address again, in whatever spelling.
          return name.indexOf(':') >= 0 || name.equals(a) ? Optional.empty() : Optional.of(name);
        });
  }

  @Override
  public Optional<String> portName(int port, IpvsKey.Kind kind) {
    readServices();
    return Optional.ofNullable(portNames.get(port + "/" + protocol(kind)));
  }

  private static String protocol(IpvsKey.Kind kind) {
    return switch (kind) {
      case UDP -> "udp";
      case SCTP -> "sctp";
      case TCP, FWM -> "tcp";
    };
  }

  private void readServices() {
    if (read) {
      return;
    }
    read = true;
    List<String> lines;
    try {
      lines = Files.readAllLines(SERVICES, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return; // without it ports have numbers only
    }
    for (String line : lines) {
      String text = line.indexOf('#') < 0 ? line : line.substring(0, line.indexOf('#'));
      String[] words = text.strip().split("\\s+", -1);
      int slash = words.length < 2 ? -1 : words[1].indexOf('/');
      OptionalInt port =
          slash < 0 ? OptionalInt.empty() : Place.number(words[1].substring(0, slash), 0, 65535);
      if (port.isEmpty()) {
        continue;
      }
      String protocol = words[1].substring(slash + 1).toLowerCase(Locale.ROOT);
      portNames.putIfAbsent(port.getAsInt() + "/" + protocol, words[0]);
      for (int i = 0; i < words.length; i++) {
        if (i != 1) {
          ports.putIfAbsent(words[i] + "/" + protocol, port.getAsInt());
        }
      }
    }
  }
}
