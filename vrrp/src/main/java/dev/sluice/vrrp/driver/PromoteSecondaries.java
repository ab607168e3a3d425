package dev.sluice.vrrp.driver;

import dev.sluice.linux.SyscallException;
import dev.sluice.linux.Sysctl;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * {@code promote_secondaries}: when the first address of a subnet goes, the kernel makes the next
 * one the first and does not remove them all. The setting of each device is restored when no
 * instance asks for it any more.
 */
final class PromoteSecondaries {
  private final VrrpListener listener;
  private final Map<String, String> before = new LinkedHashMap<>();

  PromoteSecondaries(VrrpListener listener) {
    this.listener = listener;
  }

  /** Makes these the devices that have it. */
  void configure(Collection<String> devices) {
    for (String device : List.copyOf(before.keySet())) {
      if (!devices.contains(device)) {
        write(device, Objects.requireNonNull(before.remove(device)));
      }
    }
    for (String device : devices) {
      if (!before.containsKey(device)) {
        Sysctl.read(name(device))
            .ifPresent(value -> {
              before.put(device, value);
              write(device, "1");
            });
      }
    }
  }

  private void write(String device, String value) {
    try {
      // The device may be gone, and its settings with it.
      if (Sysctl.read(name(device)).filter(now -> !now.equals(value)).isPresent()) {
        Sysctl.write(name(device), value);
      }
    } catch (SyscallException e) {
      listener.on(
          new VrrpEvent.Warning("", "promote_secondaries on " + device + ": " + e.getMessage()));
    }
  }

  private static String name(String device) {
    return Sysctl.of("ipv4", device, "promote_secondaries");
  }
}
