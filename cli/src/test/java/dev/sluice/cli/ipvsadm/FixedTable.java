package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsOutcome;
import dev.sluice.core.api.IpvsTable;
import java.util.List;

/** A table that does not change. */
record FixedTable(IpvsTable services) implements Table {
  @Override
  public IpvsTable connections() {
    return services;
  }

  @Override
  public List<IpvsOutcome> change(List<IpvsChange> changes) {
    throw new UnsupportedOperationException();
  }
}
