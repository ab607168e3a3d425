package dev.sluice.core.status;

import dev.sluice.core.api.StatusReport;
import dev.sluice.lvs.Plane;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The plane part of the status. */
final class PlaneReports {
  private PlaneReports() {}

  /**
   * What forwards.
   *
   * @param plane null: nothing does
   * @param note why, or what is amiss; null: nothing to say
   */
  static StatusReport.Plane of(@Nullable Plane plane, @Nullable String note) {
    if (plane == null) {
      return new StatusReport.Plane("none", "none", false, List.of(), Map.of(), note);
    }
    Plane.Status status = plane.status();
    var interfaces = new ArrayList<StatusReport.Interface>();
    for (Plane.Attachment a : status.interfaces()) {
      interfaces.add(new StatusReport.Interface(a.name(), a.index(), a.hook(), a.reason()));
    }
    return new StatusReport.Plane(
        status.kind(),
        status.mode(),
        status.adopted(),
        interfaces,
        new TreeMap<>(status.verdicts()),
        note);
  }
}
