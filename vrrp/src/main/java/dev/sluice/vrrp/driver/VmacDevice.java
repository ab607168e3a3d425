package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualMac;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.Link;
import dev.sluice.linux.MacAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A macvlan or ipvlan that an instance has on a device: what it shall be. Decided once, when the
 * instance is created.
 *
 * @param base the device under it
 * @param mac null: an ipvlan, which has its base's
 * @param group of the interface, as written; null: none
 */
record VmacDevice(
    String base, String name, @Nullable MacAddress mac, @Nullable String group, VirtualMac config) {
  private static final int LONGEST_NAME = 15;

  /** The virtual router's hardware address (RFC 9568 section 7.3), or the configured one. */
  static MacAddress mac(VrrpInstance instance, VirtualMac config) {
    int id = instance.virtualRouterId();
    String written = config.mac();
    if (written == null) {
      return MacAddress.of(
          new byte[] {0, 0, 0x5e, 0, (byte) (Wire.ipv6(instance) ? 2 : 1), (byte) id});
    }
    byte[] octets = new byte[6];
    String[] parts = written.split(":", -1);
    for (int i = 0; i < 6; i++) {
      octets[i] = i < parts.length ? (byte) HexFormat.fromHexDigits(parts[i]) : (byte) id;
    }
    return MacAddress.of(octets);
  }

  /** Whether a link is such a device already. */
  boolean is(Link link, @Nullable Link baseLink) {
    return (mac == null ? "ipvlan" : "macvlan").equals(link.kind())
        && (mac == null || mac.equals(link.mac()))
        && (baseLink == null || link.lowerIndex() == baseLink.index());
  }

  /**
   * Decides the name: the configured one; else that of a matching device which a predecessor left;
   * else the first that is free of PREFIX.VRID, of IPv6 PREFIX6.VRID, PREFIX.VRID.1 and so on.
   *
   * @param links by name; null: there is none
   * @param others all links
   * @param taken names that other instances have
   */
  static VmacDevice choose(
      VrrpInstance instance,
      VirtualMac config,
      String base,
      @Nullable String name,
      String prefix,
      Function<String, @Nullable Link> links,
      List<Link> others,
      Predicate<String> taken) {
    MacAddress mac = config.ipvlan() ? null : mac(instance, config);
    VmacDevice device = new VmacDevice(base, "", mac, config.group(), config);
    if (name != null) {
      return device.named(name);
    }
    Link baseLink = links.apply(base);
    for (Link link : others) {
      if (mac != null
          && baseLink != null
          && device.is(link, baseLink)
          && !taken.test(link.name())) {
        return device.named(link.name());
      }
    }
    for (String candidate : candidates(instance, prefix)) {
      Link present = links.apply(candidate);
      if (!taken.test(candidate) && (present == null || device.is(present, baseLink))) {
        return device.named(candidate);
      }
    }
    return device.named(cut(prefix + "." + instance.virtualRouterId()));
  }

  private static List<String> candidates(VrrpInstance instance, String prefix) {
    List<String> all = new ArrayList<>();
    int id = instance.virtualRouterId();
    all.add(cut(prefix + "." + id));
    if (Wire.ipv6(instance)) {
      all.add(cut(prefix + "6." + id));
    }
    for (int i = 1; i < 1000; i++) {
      all.add(cut(prefix + "." + id + "." + i));
    }
    return all;
  }

  private static String cut(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(name.length() - LONGEST_NAME);
  }

  private VmacDevice named(String chosen) {
    return new VmacDevice(base, chosen, mac, group, config);
  }

  /** For messages: "macvlan vrrp.51 on eth0". */
  String text() {
    return (mac == null ? "ipvlan " : "macvlan ") + name + " on " + base;
  }
}
