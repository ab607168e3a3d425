package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsKey;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/** Names of hosts and of ports, both ways; may ask the network. */
interface Names {
  /** The IPv4 address of a name. */
  Optional<InetAddress> address(String name);

  /** The port of a service's name; SCTP and marks have TCP's. */
  OptionalInt port(String name, IpvsKey.Kind kind);

  /** The name of a numeric address. */
  Optional<String> hostName(String address);

  /** The name of a port. */
  Optional<String> portName(int port, IpvsKey.Kind kind);

  /** {@code -n}: nothing has a name. */
  Names NUMERIC =
      new Names() {
        @Override
        public Optional<InetAddress> address(String name) {
          return Optional.empty();
        }

        @Override
        public OptionalInt port(String name, IpvsKey.Kind kind) {
          return OptionalInt.empty();
        }

        @Override
        public Optional<String> hostName(String address) {
          return Optional.empty();
        }

        @Override
        public Optional<String> portName(int port, IpvsKey.Kind kind) {
          return Optional.empty();
        }
      };
}
