package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VrrpInstance;
import java.util.Optional;

/** What an instance may ask for that is not built; such an instance stays in FAULT. */
final class Unsupported {
  private Unsupported() {}

  /** Why this instance cannot be served, in a sentence; empty: it can. */
  static Optional<String> reason(VrrpInstance instance) {
    if (instance.interfaceName() == null && instance.unicastSource() == null) {
      return Optional.of("without an interface a unicast_src_ip is needed");
    }
    return Optional.empty();
  }
}
