package dev.sluice.core.status;

import dev.sluice.config.model.Checker;
import dev.sluice.linux.Addresses;
import java.net.Inet6Address;

/** What a check asks, in one line for people. */
final class CheckTargets {
  private CheckTargets() {}

  static String text(Checker checker) {
    return switch (checker) {
      case Checker.Tcp tcp -> endpoint(tcp.connection());
      case Checker.Http http -> {
        String first = http.urls().isEmpty() ? "" : http.urls().getFirst().path();
        String more = http.urls().size() > 1 ? " and " + (http.urls().size() - 1) + " more" : "";
        yield endpoint(http.connection()) + " " + first + more;
      }
      case Checker.Misc misc -> String.join(" ", misc.script().command());
      case Checker.Smtp smtp ->
          endpoint(smtp.hosts().getFirst())
              + (smtp.hosts().size() > 1 ? " and " + (smtp.hosts().size() - 1) + " more" : "");
      case Checker.Dns dns -> endpoint(dns.connection()) + " " + dns.type() + " " + dns.name();
      case Checker.Udp udp -> endpoint(udp.connection());
      case Checker.Ping ping -> Addresses.text(ping.connection().address());
      case Checker.FileValue file -> file.file();
      case Checker.Greeting greeting -> endpoint(greeting.connection());
    };
  }

  private static String endpoint(Checker.Connection to) {
    String address = Addresses.text(to.address());
    return (to.address() instanceof Inet6Address ? "[" + address + "]" : address) + ":" + to.port();
  }
}
