package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsOutcome;
import dev.sluice.core.api.IpvsRules;
import dev.sluice.core.api.IpvsTable;
import dev.sluice.core.ipvs.table.HandTable;
import java.util.ArrayList;
import java.util.List;

/** The daemon's rules without the daemon. */
final class MemoryTable implements Table {
  private HandTable rules = HandTable.empty();
  private IpvsChange.Timeouts timeouts = IpvsChange.Timeouts.DEFAULT;

  @Override
  public IpvsTable services() {
    var services = new ArrayList<IpvsTable.Service>();
    for (IpvsRules.Rule rule : rules.rules()) {
      var servers = new ArrayList<IpvsTable.Server>();
      rule.servers()
          .forEach(s -> servers.add(new IpvsTable.Server(s, 0, 0, 0, IpvsTable.Statistics.ZERO)));
      services.add(new IpvsTable.Service(rule.service(), true, IpvsTable.Statistics.ZERO, servers));
    }
    return new IpvsTable(4096, timeouts, services, List.of());
  }

  @Override
  public IpvsTable connections() {
    return new IpvsTable(4096, timeouts, List.of(), List.of());
  }

  @Override
  public List<IpvsOutcome> change(List<IpvsChange> changes) {
    var outcomes = new ArrayList<IpvsOutcome>();
    for (IpvsChange change : changes) {
      HandTable.Step step = rules.on(change, _ -> false);
      rules = step.table();
      outcomes.add(step.outcome());
      IpvsChange.Timeouts next = change.timeouts();
      timeouts = next == null ? timeouts : next.over(timeouts);
    }
    return outcomes;
  }
}
