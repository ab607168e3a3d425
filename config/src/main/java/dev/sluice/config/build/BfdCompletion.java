package dev.sluice.config.build;

import dev.sluice.config.model.BfdInstance;
import dev.sluice.config.text.Diagnostics;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** BFD sessions after reading. */
final class BfdCompletion {
  private BfdCompletion() {}

  static List<BfdInstance> instances(Plan plan, Diagnostics diagnostics) {
    List<BfdInstance> result = new ArrayList<>();
    Map<String, String> sessions = new HashMap<>();
    for (BfdBuilder b : plan.bfds.values()) {
      if (b.neighbour == null) {
        diagnostics.error(
            b.at,
            "no-neighbour",
            "bfd_instance " + b.name + " has no neighbor_ip",
            "it is left out",
            "neighbor_ip ADDRESS");
        continue;
      }
      if (b.source != null
          && b.source instanceof Inet4Address != b.neighbour instanceof Inet4Address) {
        diagnostics.error(
            b.sourceAt,
            "address-family",
            "source_ip is not of the family of neighbor_ip",
            "bfd_instance " + b.name + " is left out",
            "");
        continue;
      }
      String other = sessions.putIfAbsent(b.neighbour.getHostAddress() + " " + b.source, b.name);
      if (other != null) {
        diagnostics.error(
            b.at,
            "duplicate",
            "bfd_instance " + b.name + " has the same ends as " + other,
            "it is left out",
            "");
        continue;
      }
      result.add(b.build(b.neighbour));
    }
    return result;
  }
}
