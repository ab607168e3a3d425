package dev.sluice.config.build;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  private Schedulers() {}
}
