package dev.sluice.config.build;

import dev.sluice.config.table.Context;
import dev.sluice.config.text.At;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of IPVS's schedulers, and maglev, which is ours. */
final class Schedulers {
  static final Map<String, String> BY_NAME = new LinkedHashMap<>();

  static {
    for (String name :
        List.of(
            "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "fo", "ovf", "sed", "nq",
            "twos", "maglev")) {
      BY_NAME.put(name, name);
    }
  }

  /** Those that no plane can carry out. */
  private static final Set<String> NOT_BUILT = Set.of("lblc", "lblcr");

  private Schedulers() {}

  /** Says once that a scheduler is not built. */
  static void announce(Context context, At at, String scheduler) {
    if (NOT_BUILT.contains(scheduler)) {
      context.notYet(at, "'lb_algo " + scheduler + "'");
    }
  }
}
