package dev.sluice.config.build;

import dev.sluice.config.table.Context;
import dev.sluice.config.text.Word;

/** Whether named interfaces exist; the daemon's consequence is decided at the end of a load. */
final class Interfaces {
  private Interfaces() {}

  /** Whether an interface is missing; that is reported. */
  static boolean missing(Context context, Word name) {
    if (context.environment().interfaceExists(name.text())) {
      return false;
    }
    context
        .diagnostics()
        .warning(
            name.at(),
            "no-such-interface",
            "there is no interface '" + name.text() + "'",
            "",
            "'ip link' lists the interfaces; with dynamic_interfaces it may come later");
    return true;
  }
}
