package dev.sluice.core.status;

import dev.sluice.core.api.StatusReport;
import dev.sluice.core.router.Routers;
import dev.sluice.core.service.Services;
import dev.sluice.vrrp.VrrpSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts the whole status together; to be asked on the core thread. */
public final class StatusReports {
  private final Services services;
  private final Routers routers;

  /** Of these. */
  public StatusReports(Services services, Routers routers) {
    this.services = services;
    this.routers = routers;
  }

  /**
   * The daemon at this moment.
   *
   * @param planeNote what is to be said of the plane; null: nothing
   */
  public StatusReport report(
      String version,
      long generation,
      @Nullable String configFile,
      String startedAt,
      @Nullable String planeNote) {
    VrrpSnapshot vrrp = routers.snapshot();
    var serviceReports = ServiceReports.of(services, Times.now());
    var plane = PlaneReports.of(services.plane(), planeNote);
    return new StatusReport(
        version,
        ProcessHandle.current().pid(),
        generation,
        configFile,
        startedAt,
        VrrpReports.instances(routers, vrrp),
        VrrpReports.groups(vrrp),
        VrrpReports.scripts(vrrp),
        serviceReports,
        plane,
        List.of(),
        warnings(vrrp, serviceReports, services.planeFault()),
        VrrpReports.loop(vrrp));
  }

  private static List<String> warnings(
      VrrpSnapshot vrrp, List<StatusReport.Service> services, String planeFault) {
    var warnings = new ArrayList<String>();
    for (VrrpSnapshot.Instance i : vrrp.instances()) {
      if (!i.faults().isEmpty()) {
        warnings.add(i.name() + " is " + i.state() + ": " + String.join("; ", i.faults()));
      }
    }
    for (StatusReport.Service s : services) {
      String name = s.vip() + ":" + s.port() + "/" + s.protocol();
      if (s.sorryServerActive()) {
        warnings.add(name + ": the sorry server takes all traffic");
      } else if (s.state().equals("down") || s.state().equals("below_quorum")) {
        warnings.add(name + " is " + s.state().replace('_', ' '));
      }
      for (StatusReport.Real r : s.reals()) {
        if (r.state().equals("down")) {
          warnings.add(
              name
                  + ": "
                  + r.address()
                  + " is down"
                  + (r.check() == null ? "" : ": " + r.check().evidence()));
        }
      }
    }
    if (!planeFault.isEmpty()) {
      warnings.add("plane: " + planeFault);
    }
    return warnings;
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
