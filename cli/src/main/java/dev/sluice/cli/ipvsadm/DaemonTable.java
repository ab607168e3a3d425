package dev.sluice.cli.ipvsadm;

import dev.sluice.cli.CommandException;
import dev.sluice.core.RuntimeDir;
import dev.sluice.core.api.Api;
import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsOutcome;
import dev.sluice.core.api.IpvsTable;
import dev.sluice.core.api.Request;
import dev.sluice.core.control.ControlClient;
import dev.sluice.core.control.ControlClient.NoDaemonException;
import java.util.List;

/** The table over the control socket. */
final class DaemonTable implements Table {
  private final RuntimeDir runtime;

  DaemonTable(RuntimeDir runtime) {
    this.runtime = runtime;
  }

  @Override
  public IpvsTable services() {
    return Api.ipvsTableFrom(ask(new Request("ipvs-table")));
  }

  @Override
  public IpvsTable servicesWithTemplates() {
    return Api.ipvsTableFrom(ask(new Request("ipvs-templates")));
  }

  @Override
  public IpvsTable connections() {
    return Api.ipvsTableFrom(ask(new Request("ipvs-connections")));
  }

  @Override
  public List<IpvsOutcome> change(List<IpvsChange> changes) {
    return Api.ipvsAnswerFrom(ask(new Request("ipvs-change", changes))).outcomes();
  }

  private String ask(Request request) {
    String answer;
    try {
      answer = ControlClient.request(runtime, request);
    } catch (NoDaemonException e) {
      throw e.forbidden()
          ? new CommandException(
              UsageError.USAGE,
              "Can't initialize ipvs: Permission denied (you must be root)\nsluice: "
                  + e.getMessage())
          : new CommandException(
              UsageError.REFUSED, "Can't initialize ipvs\nsluice: " + e.getMessage());
    }
    if (answer.startsWith("{\"error\":")) {
      throw new CommandException(
          UsageError.REFUSED, "sluice: the daemon answers: " + Api.failureFrom(answer).error());
    }
    return answer;
  }
}
