package dev.sluice.vrrp.driver;

import dev.sluice.linux.SyscallException;
import dev.sluice.linux.Sysctl;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kernel settings that devices with a virtual MAC need, on them and on the devices under them
 * (as keepalived's vrrp_if_config.c sets them); what was before comes back when no such device is
 * left.
 */
final class VmacSettings {
  private static final Path CONF = Path.of("/proc/sys/net/ipv4/conf");

  private final VrrpListener listener;
  private final Map<String, String> before = new LinkedHashMap<>();
  private final Set<String> told = new HashSet<>();

  VmacSettings(VrrpListener listener) {
    this.listener = listener;
  }

  /** A device with a virtual MAC, before it is set up. */
  void device(String name, boolean ipv6) {
    // It answers for its own addresses only, and takes packets that carry the base's address.
    write(Sysctl.of("ipv4", name, "arp_ignore"), "1");
    write(Sysctl.of("ipv4", name, "accept_local"), "1");
    write(Sysctl.of("ipv4", name, "rp_filter"), "0");
    write(Sysctl.of("ipv4", name, "promote_secondaries"), "1");
    if (ipv6) {
      write(Sysctl.of("ipv6", name, "accept_ra"), "0");
      write(Sysctl.of("ipv6", name, "autoconf"), "0");
    } else {
      write(Sysctl.of("ipv6", name, "disable_ipv6"), "1");
    }
  }

  /** The device under it: it must not answer ARP for the virtual addresses. */
  void base(String name) {
    change(Sysctl.of("ipv4", name, "arp_ignore"), "1");
    change(Sysctl.of("ipv4", name, "arp_filter"), "1");
    moveReversePathFilter();
  }

  /** The stricter of all.rp_filter and a device's own counts; so it moves to the devices. */
  private void moveReversePathFilter() {
    String all = Sysctl.of("ipv4", "all", "rp_filter");
    String strict = Sysctl.read(all).orElse("0");
    if (strict.equals("0")) {
      return;
    }
    for (String device : devices()) {
      String own = Sysctl.of("ipv4", device, "rp_filter");
      String present = Sysctl.read(own).orElse(strict);
      if (present.compareTo(strict) < 0) {
        change(own, strict);
      }
    }
    change(all, "0");
  }

  private List<String> devices() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(CONF)) {
      for (Path one : all) {
        String name = String.valueOf(one.getFileName());
        if (!name.equals("all")) {
          names.add(name);
        }
      }
    } catch (IOException e) {
      warn("the devices' settings in " + CONF + " cannot be listed: " + e.getMessage());
    }
    return names;
  }

  private void change(String name, String value) {
    String present = Sysctl.read(name).orElse(null);
    if (present != null && !present.equals(value)) {
      before.putIfAbsent(name, present);
      write(name, value);
    }
  }

  private void write(String name, String value) {
    try {
      if (Sysctl.read(name).filter(present -> !present.equals(value)).isPresent()) {
        Sysctl.write(name, value);
      }
    } catch (SyscallException e) {
      warn(String.valueOf(e.getMessage()));
    }
  }

  private void warn(String text) {
    if (told.add(text)) {
      listener.on(new VrrpEvent.Warning("", "virtual MAC: " + text));
    }
  }

  /** Puts back what was before, the last change first. */
  void restore() {
    for (Map.Entry<String, String> entry : List.copyOf(before.entrySet()).reversed()) {
      write(entry.getKey(), entry.getValue());
    }
    before.clear();
  }
}
