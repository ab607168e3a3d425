package dev.sluice.vrrp.objects;

import dev.sluice.config.model.RouteSpec;
import dev.sluice.config.model.RuleSpec;
import dev.sluice.config.model.StaticObjects;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What shall be in the kernel, in the order of coming: virtual addresses, excluded ones, routes,
 * rules (keepalived's vrrp_state_become_master).
 */
public final class Desired {
  private Desired() {}

  /** Of an instance that is MASTER; {@code device}: where an address goes, null for nowhere. */
  public static List<KernelObject> of(
      VrrpInstance instance, Function<VirtualAddress, @Nullable String> device) {
    List<KernelObject> all = new ArrayList<>();
    instance.addresses().forEach(address -> all.add(address(address, device)));
    instance.excludedAddresses().forEach(address -> all.add(address(address, device)));
    add(all, instance.options().routes(), instance.options().rules());
    return List.copyOf(all);
  }

  /** Of the daemon itself. */
  public static List<KernelObject> of(StaticObjects statics, String defaultDevice) {
    List<KernelObject> all = new ArrayList<>();
    for (VirtualAddress address : statics.addresses()) {
      String device = address.device();
      all.add(new KernelObject.Address(device == null ? defaultDevice : device, address));
    }
    add(all, statics.routes(), statics.rules());
    return List.copyOf(all);
  }

  private static KernelObject address(
      VirtualAddress address, Function<VirtualAddress, @Nullable String> device) {
    String name = device.apply(address);
    return new KernelObject.Address(name == null ? "" : name, address);
  }

  private static void add(List<KernelObject> to, List<RouteSpec> routes, List<RuleSpec> rules) {
    routes.forEach(route -> to.add(new KernelObject.Route(route)));
    rules.forEach(rule -> to.add(new KernelObject.Rule(rule)));
  }
}
