package dev.sluice.core.status;

import dev.sluice.core.api.StatusReport;
import dev.sluice.core.router.Routers;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpSnapshot;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The VRRP part of the status. */
final class VrrpReports {
  private VrrpReports() {}

  static List<StatusReport.Vrrp> instances(Routers routers, VrrpSnapshot vrrp) {
    var result = new ArrayList<StatusReport.Vrrp>();
    for (VrrpSnapshot.Instance i : vrrp.instances()) {
      result.add(
          new StatusReport.Vrrp(
              i.name(),
              i.state().name(),
              i.virtualRouterId(),
              i.version(),
              i.interfaceName().isEmpty() ? null : i.interfaceName(),
              i.basePriority(),
              i.effectivePriority(),
              List.of(i.terms()),
              i.addresses().stream().map(a -> a.address().getHostAddress()).toList(),
              i.master() == null ? null : i.master().getHostAddress(),
              i.since().truncatedTo(ChronoUnit.MILLIS).toString(),
              routers.cause(i.name()),
              i.faults(),
              counters(i.counters())));
    }
    return result;
  }

  private static Map<String, Long> counters(Map<VrrpCounter, Long> counters) {
    var result = new TreeMap<String, Long>();
    counters.forEach((counter, value) -> result.put(StatusReports.word(counter), value));
    return result;
  }

  static List<StatusReport.SyncGroup> groups(VrrpSnapshot vrrp) {
    return vrrp.groups().stream()
        .map(g -> new StatusReport.SyncGroup(g.name(), g.state().name(), g.members()))
        .toList();
  }

  static List<StatusReport.Script> scripts(VrrpSnapshot vrrp) {
    return vrrp.scripts().stream()
        .map(s ->
            new StatusReport.Script(
                s.name(),
                switch (s.status()) {
                  case "UP" -> "good";
                  case "DOWN" -> "bad";
                  default -> "unknown";
                },
                s.evidence()))
        .toList();
  }
}
