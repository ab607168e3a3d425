package dev.sluice.vrrp.driver;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.VrrpTimers;
import dev.sluice.vrrp.objects.KernelObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code garp_extra_if}: where adverts leave by another device than the one with a virtual MAC, no
 * frame of that MAC would keep the switches' tables fresh. So its addresses are announced again and
 * again while the instance is MASTER.
 */
final class ExtraAnnouncements {
  private final VrrpEngine engine;

  /** When the masters that want it are due. */
  private final Map<Running, Long> dueNanos = new LinkedHashMap<>();

  private boolean everyDevice;

  ExtraAnnouncements(VrrpEngine engine) {
    this.engine = engine;
  }

  /** Whether the device that carries the adverts is meant, too. */
  void everyDevice(boolean yes) {
    everyDevice = yes;
  }

  /** An instance has changed its state or its settings, or has gone. */
  void reconsider(Running instance, VrrpState state, long nowNanos) {
    long period = periodNanos(instance);
    if (state != VrrpState.MASTER || period == 0) {
      dueNanos.remove(instance);
    } else {
      dueNanos.putIfAbsent(instance, nowNanos + period);
    }
  }

  private static long periodNanos(Running instance) {
    return instance.config.options().garpExtraInterfaceSeconds() * 1_000_000_000L;
  }

  long deadlineNanos() {
    long deadline = VrrpTimers.NONE;
    for (long due : dueNanos.values()) {
      deadline = Math.min(deadline, due);
    }
    return deadline;
  }

  void tick(long nowNanos) {
    if (dueNanos.isEmpty()) {
      return;
    }
    for (Map.Entry<Running, Long> entry : dueNanos.entrySet()) {
      if (entry.getValue() <= nowNanos) {
        Running instance = entry.getKey();
        entry.setValue(nowNanos + periodNanos(instance));
        announce(instance, nowNanos);
      }
    }
  }

  private void announce(Running instance, long nowNanos) {
    for (KernelObject object : instance.objects()) {
      if (object instanceof KernelObject.Address address) {
        String device = instance.device(address.config());
        int ifindex = engine.keeper.ifindex(address);
        if (device != null
            && ifindex != 0
            && engine.vmacs.names().contains(device)
            && (everyDevice || !device.equals(instance.advertDevice))) {
          engine.announcer.announce(instance, ifindex, address.config().address(), 1, nowNanos);
        }
      }
    }
  }
}
