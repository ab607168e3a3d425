package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsOutcome;
import dev.sluice.core.api.IpvsTable;
import java.util.List;

/** The table that commands work on: the running daemon's. */
interface Table {
  /** Services, servers, counters. */
  IpvsTable services();

  /** The same with the number of templates, which costs a walk through all connections. */
  default IpvsTable servicesWithTemplates() {
    return services();
  }

  /** Without services, with connections. */
  IpvsTable connections();

  /** Makes changes in this order, each whatever became of the one before. */
  List<IpvsOutcome> change(List<IpvsChange> changes);
}
