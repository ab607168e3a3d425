package dev.sluice.vrrp.driver;

import dev.sluice.config.model.Authentication;
import dev.sluice.config.model.VrrpInstance;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.stream.Stream;

/** What an instance may ask for that is not built; such an instance stays in FAULT. */
final class Unsupported {
  private Unsupported() {}

  /** Why this instance cannot be served, in a sentence; empty: it can. */
  static Optional<String> reason(VrrpInstance instance) {
    boolean ipv6 =
        Stream.concat(
                instance.addresses().stream().map(address -> address.address()),
                Stream.concat(
                    instance.unicastPeers().stream().map(peer -> peer.address()),
                    Stream.ofNullable(instance.unicastSource())))
            .anyMatch(address -> !(address instanceof Inet4Address));
    if (ipv6 || (!isIpv4(instance.multicastGroup()) && !instance.unicast())) {
      return Optional.of(
          "VRRP over IPv6 is not built yet; IPv6 addresses may stand in"
              + " virtual_ipaddress_excluded of an IPv4 instance");
    }
    if (instance.authentication() instanceof Authentication.Ah) {
      return Optional.of("auth_type AH is not built yet; use PASS or no authentication");
    }
    if (instance.interfaceName() == null && instance.unicastSource() == null) {
      return Optional.of("without an interface a unicast_src_ip is needed");
    }
    return Optional.empty();
  }

  private static boolean isIpv4(InetAddress address) {
    return address instanceof Inet4Address;
  }
}
