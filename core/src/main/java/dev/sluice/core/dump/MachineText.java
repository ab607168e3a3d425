package dev.sluice.core.dump;

import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.Addresses;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import java.util.List;
import java.util.stream.Collectors;

/** What surrounds the instances: static objects and the network interfaces. */
final class MachineText {
  private MachineText() {}

  /** Static addresses, routes and rules; a section for each kind that there is. */
  static void statics(DumpInput input, Lines out) {
    var statics = input.configuration().further().statics();
    section(
        out,
        "Static Addresses",
        statics.addresses().stream().map(a -> Words.address(a, a.device(), true)).toList());
    section(out, "Static Routes", statics.routes().stream().map(Words::route).toList());
    section(out, "Static Rules", statics.rules().stream().map(Words::rule).toList());
    var groups = input.configuration().further().trackGroups();
    if (!groups.isEmpty()) {
      out.section("Static Track groups");
      groups.forEach(g -> {
        out.head("Static Track Group = " + g.name());
        out.list("VRRP member instances", g.instances());
      });
    }
  }

  private static void section(Lines out, String title, List<String> items) {
    if (!items.isEmpty()) {
      out.section(title);
      items.forEach(out::item);
    }
  }

  static void interfaces(DumpInput input, Lines out) {
    out.section("Interfaces");
    for (Link l : input.links()) {
      out.head("Name = " + l.name());
      out.property("index", l.index());
      out.property("IPv4 address", first(input, l, true));
      out.property("IPv6 address", first(input, l, false));
      if (l.mac() != null && !l.loopback()) {
        out.property("MAC", l.mac());
        out.property("MAC broadcast", "ff:ff:ff:ff:ff:ff");
      }
      out.property(
          "State",
          (l.up() ? "UP" : "DOWN")
              + (l.running() ? ", RUNNING" : ", not RUNNING")
              + (l.loopback() ? ", no broadcast, loopback" : "")
              + (l.multicast() ? "" : ", no multicast"));
      out.property("MTU", l.mtu());
      out.property("HW Type", hardware(l));
      tracking(input, l, out);
    }
  }

  private static String first(DumpInput input, Link link, boolean ipv4) {
    return input.addresses().stream()
        .filter(a -> a.ifindex() == link.index() && a.ipv4() == ipv4)
        .findFirst()
        .map(InterfaceAddress::address)
        .map(Addresses::text)
        .orElse("(none)");
  }

  private static String hardware(Link link) {
    if (link.loopback()) {
      return "LOOPBACK";
    }
    return link.arpType() == Link.ETHERNET ? "ETHERNET" : Integer.toString(link.arpType());
  }

  private static void tracking(DumpInput input, Link link, Lines out) {
    List<String> lines =
        input.configuration().vrrpInstances().stream()
            .filter(i ->
                Words.device(i).equals(link.name())
                    || link.name().equals(i.interfaceName())
                    || tracks(i, link))
            .map(i -> i.name() + ", weight " + weight(i, link))
            .collect(Collectors.toList());
    out.list("Tracking VRRP instances", lines);
  }

  private static boolean tracks(VrrpInstance i, Link link) {
    return i.trackInterfaces().stream().anyMatch(t -> t.interfaceName().equals(link.name()));
  }

  private static int weight(VrrpInstance i, Link link) {
    return i.trackInterfaces().stream()
        .filter(t -> t.interfaceName().equals(link.name()))
        .findFirst()
        .map(t -> t.weight())
        .orElse(0);
  }
}
