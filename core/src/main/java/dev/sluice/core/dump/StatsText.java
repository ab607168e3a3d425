package dev.sluice.core.dump;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpSnapshot;
import java.util.Map;

/** {@code keepalived.stats}: the counters of every instance. */
final class StatsText {
  private StatsText() {}

  static String of(VrrpSnapshot vrrp, StatsBaseline baseline) {
    var text = new StringBuilder();
    for (VrrpSnapshot.Instance i : vrrp.instances()) {
      text.append("VRRP Instance: ").append(i.name()).append('\n');
      Map<VrrpCounter, Long> counters = baseline.since(i);
      String open = "";
      for (VrrpCounter counter : VrrpCounter.values()) {
        String section = counter.section();
        if (section == null) {
          continue;
        }
        if (!section.equals(open)) {
          open = section;
          if (!section.isEmpty()) {
            text.append("  ").append(section).append(":\n");
          }
        }
        text.append(section.isEmpty() ? "  " : "    ")
            .append(counter.label())
            .append(": ")
            .append(counters.getOrDefault(counter, 0L))
            .append('\n');
      }
    }
    return text.toString();
  }
}
