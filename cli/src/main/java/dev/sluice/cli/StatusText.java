package dev.sluice.cli;

import dev.sluice.core.api.StatusReport;
import dev.sluice.core.api.StatusReport.Check;
import dev.sluice.core.api.StatusReport.CheckDetail;
import dev.sluice.core.api.StatusReport.Interface;
import dev.sluice.core.api.StatusReport.Plane;
import dev.sluice.core.api.StatusReport.Real;
import dev.sluice.core.api.StatusReport.Service;
import dev.sluice.core.api.StatusReport.Tracker;
import dev.sluice.core.api.StatusReport.Vrrp;
import dev.sluice.core.api.StatusReport.VrrpLoop;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A status report as one screen of text: what is up, what is not, and why. */
final class StatusText {
  private final StatusReport report;
  private final Instant now;
  private final boolean wide;

  /**
   * @param now for "since" as lengths of time
   * @param wide with counters
   */
  StatusText(StatusReport report, Instant now, boolean wide) {
    this.report = report;
    this.now = now;
    this.wide = wide;
  }

  /** The whole screen. */
  String all() {
    var text = new StringBuilder(head());
    section(text, "VRRP", vrrp() + loop());
    section(text, "Services", services());
    section(text, "Plane", plane());
    if (!report.scripts().isEmpty()) {
      section(text, "Scripts", scripts());
    }
    if (!report.warnings().isEmpty()) {
      text.append("\nWarnings\n");
      report.warnings().forEach(w -> text.append("  ").append(w).append('\n'));
    }
    return text.toString();
  }

  private static void section(StringBuilder text, String title, String body) {
    text.append('\n').append(title).append('\n').append(body.isEmpty() ? "  none\n" : body);
  }

  private String head() {
    String file = report.configFile() == null ? "no configuration file" : report.configFile();
    return "sluice "
        + report.version()
        + "  pid "
        + report.pid()
        + "  up "
        + Span.since(report.startedAt(), now)
        + "  generation "
        + report.generation()
        + "  "
        + file
        + "\n";
  }

  /** The instances; below one that is not as configured, why; then the groups. */
  String vrrp() {
    var table = new Table("  ");
    instanceRows(table);
    groupRows(table);
    return table.text();
  }

  /** How punctual VRRP is; nothing where no timer ever ran. */
  private String loop() {
    VrrpLoop loop = report.vrrpLoop();
    if (loop.timers() == 0) {
      return "";
    }
    return "  timers late by "
        + millis(loop.lateP99Micros())
        + " (99 of 100), "
        + millis(loop.lateWorstMicros())
        + " at worst"
        + (loop.realTime() ? "" : "; without real-time priority")
        + (wide && !loop.unmatched().isEmpty() ? "; " + counters(loop.unmatched()) : "")
        + "\n";
  }

  private static String millis(long micros) {
    return String.format(Locale.ROOT, "%.1f ms", micros / 1000.0);
  }

  /** The instances alone. */
  String instances() {
    var table = new Table("  ");
    instanceRows(table);
    return table.text();
  }

  /** The sync groups alone. */
  String groups() {
    var table = new Table("  ");
    groupRows(table);
    return table.text();
  }

  private void instanceRows(Table table) {
    for (Vrrp v : report.vrrp()) {
      table.row(
          v.name(),
          v.state(),
          Span.since(v.since(), now),
          "vrid " + v.vrid(),
          "v" + v.version(),
          v.interfaceName() == null ? "-" : v.interfaceName(),
          "prio " + priority(v),
          "master " + (v.master() == null ? "unknown" : v.master()),
          v.vips().isEmpty() ? "-" : String.join(" ", v.vips()));
      if (v.priority() != v.effectivePriority() && !v.priorityTerms().isEmpty()) {
        table.row("    priority " + v.effectivePriority() + ": " + list(v.priorityTerms()));
      }
      v.faults().forEach(fault -> table.row("    fault: " + fault));
      if (!v.cause().isEmpty() && (wide || v.state().equals("FAULT"))) {
        table.row("    why: " + v.cause());
      }
      if (wide) {
        table.row("    " + lease(v));
      }
      long both = v.counters().getOrDefault("dual_master_millis", 0L);
      if (both > 0) {
        table.row("    another master was heard beside us for " + millis(both * 1000));
      }
      if (wide && !v.counters().isEmpty()) {
        table.row("    " + counters(v.counters()));
      }
    }
  }

  private static String lease(Vrrp v) {
    int seconds = v.lease().seconds();
    return seconds == 0
        ? "addresses stay for ever (vip_lease 0)"
        : "addresses are leased for "
            + seconds
            + " s"
            + (v.lease().runs()
                ? ""
                : v.state().equals("MASTER") ? " once another router was heard" : " when MASTER");
  }

  private void groupRows(Table table) {
    report
        .syncGroups()
        .forEach(g -> table.row(g.name(), g.state(), "", "group of " + list(g.members())));
  }

  /** What every instance tracks, a line each. */
  String trackers() {
    var table = new Table("  ");
    for (Vrrp v : report.vrrp()) {
      for (Tracker t : v.trackers()) {
        table.row(
            t.kind() + " " + t.name(),
            "of " + v.name(),
            t.standing(),
            t.weight() == 0 ? "weight 0: a fault when bad" : "weight " + t.weight(),
            t.term() == 0 ? "adds nothing" : (t.term() > 0 ? "adds +" : "adds ") + t.term(),
            t.evidence());
      }
    }
    return table.text();
  }

  /** Every virtual address, a line each. */
  String vips() {
    var table = new Table("  ");
    for (Vrrp v : report.vrrp()) {
      for (String vip : v.vips()) {
        table.row(
            vip,
            "of " + v.name(),
            v.state(),
            "master " + (v.master() == null ? "unknown" : v.master()));
      }
    }
    return table.text();
  }

  private static String priority(Vrrp v) {
    return v.priority() == v.effectivePriority()
        ? Integer.toString(v.priority())
        : v.effectivePriority() + " of " + v.priority();
  }

  /** Each service with its real servers. */
  String services() {
    var text = new StringBuilder();
    for (Service s : report.services()) {
      text.append("  ").append(serviceLine(s)).append('\n');
      if (s.sorryServer() != null) {
        text.append("      sorry server ")
            .append(s.sorryServer())
            .append(s.sorryServerActive() ? " takes all traffic now\n" : " stands by\n");
      }
      var reals = new Table("      ");
      s.reals().forEach(real -> realRow(reals, real));
      text.append(reals.text());
    }
    return text.toString();
  }

  /** The services alone, a line each. */
  String serviceLines() {
    var text = new StringBuilder();
    report.services().forEach(s -> text.append("  ").append(serviceLine(s)).append('\n'));
    return text.toString();
  }

  private String serviceLine(Service s) {
    long up = s.reals().stream().filter(StatusText::carriesTraffic).count();
    return serviceName(s)
        + "  "
        + s.scheduler()
        + " "
        + s.mode()
        + "  "
        + s.state().toUpperCase(Locale.ROOT)
        + " "
        + up
        + "/"
        + s.reals().size()
        + "  quorum "
        + s.quorum()
        + "  "
        + Span.amount(s.connections())
        + " conn"
        + (wide ? traffic(s.inPackets(), s.inBytes()) : "")
        + (s.byHand() ? "  by hand (ipvsadm)" : "");
  }

  private static boolean carriesTraffic(Real real) {
    return switch (real.state()) {
      case "up", "unchecked", "going_down" -> true;
      default -> false;
    };
  }

  /** {@code 192.0.2.10:443/tcp}, {@code [2001:db8::10]:53/udp}. */
  static String serviceName(Service s) {
    return endpoint(s.vip(), s.port()) + "/" + s.protocol().toLowerCase(Locale.ROOT);
  }

  private static String endpoint(String address, int port) {
    return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
  }

  private void realRow(Table table, Real r) {
    Check check = r.check();
    String weight =
        r.weight() == r.configuredWeight()
            ? "weight " + r.weight()
            : "weight " + r.weight() + " of " + r.configuredWeight();
    String since = check == null ? "" : Span.since(check.since(), now);
    table.row(
        endpoint(r.address(), r.port()),
        r.state().toUpperCase(Locale.ROOT) + (since.isEmpty() ? "" : " " + since),
        weight,
        Span.amount(r.active()) + " active",
        Span.amount(r.inactive()) + " inactive",
        Span.amount(r.connections()) + " conn" + (wide ? traffic(r.inPackets(), r.inBytes()) : ""),
        check == null ? "not checked" : evidence(check));
  }

  private static String evidence(Check check) {
    return check.type()
        + ": "
        + (check.evidence().isEmpty() ? "not yet" : check.evidence())
        + (check.durationMs() > 0
            ? String.format(Locale.ROOT, " (%.1f ms)", check.durationMs())
            : "");
  }

  private static String traffic(long packets, long bytes) {
    return "  " + Span.amount(packets) + " packets  " + Span.amount(bytes) + "B in";
  }

  /** Every real server, a line each, with its service. */
  String reals() {
    var table = new Table("  ");
    for (Service s : report.services()) {
      for (Real r : s.reals()) {
        table.row(
            endpoint(r.address(), r.port()),
            "of " + serviceName(s),
            r.state().toUpperCase(Locale.ROOT),
            "weight " + r.weight(),
            Span.amount(r.active()) + " active",
            Span.amount(r.inactive()) + " inactive",
            Span.amount(r.connections())
                + " conn"
                + (wide ? traffic(r.inPackets(), r.inBytes()) : ""));
      }
    }
    return table.text();
  }

  /** Every check, a line each. */
  String checks() {
    var table = new Table("  ");
    for (Service s : report.services()) {
      for (Real r : s.reals()) {
        Check check = r.check();
        if (wide && !r.checks().isEmpty()) {
          r.checks().forEach(c -> checkRow(table, s, r, c));
        } else if (check != null) {
          table.row(
              endpoint(r.address(), r.port()),
              "of " + serviceName(s),
              check.up() ? "passes" : "fails",
              Span.since(check.since(), now),
              evidence(check));
        }
      }
    }
    return table.text();
  }

  private void checkRow(Table table, Service s, Real r, CheckDetail c) {
    table.row(
        endpoint(r.address(), r.port()),
        "of " + serviceName(s),
        c.type() + " " + c.target(),
        c.phase(),
        Span.since(c.since(), now),
        c.inARow() + (c.passed() ? " passed" : " failed") + " in a row",
        c.failed() + " of " + c.runs() + " failed",
        "down " + Math.round(c.downtimeSeconds()) + " s in all",
        c.evidence() + (c.at() == null ? "" : " (" + c.durationMs() + " ms)"));
  }

  /** What it hooks in by; what was asked for, only while it is attached nowhere. */
  private static String hooks(Plane plane) {
    List<String> hooks =
        plane.interfaces().stream().map(Interface::hook).filter(h -> h != null).distinct().toList();
    return hooks.isEmpty() ? plane.mode() + ", attached nowhere" : String.join(", ", hooks);
  }

  private String plane() {
    Plane plane = report.plane();
    var table = new Table("  ");
    table.row(
        plane.kind()
            + (plane.kind().equals("none") ? "" : " (" + hooks(plane) + ")")
            + (plane.adopted() ? ", taken over from the daemon before" : "")
            + (plane.note() == null ? "" : ": " + plane.note()));
    for (Interface i : plane.interfaces()) {
      table.row("  " + i.name(), i.hook() == null ? "not attached" : i.hook(), i.reason());
    }
    if (wide && !plane.verdicts().isEmpty()) {
      table.row("  " + counters(plane.verdicts()));
    }
    return table.text();
  }

  /** The scripts, a line each. */
  String scripts() {
    var table = new Table("  ");
    report.scripts().forEach(s -> table.row(s.name(), s.result(), s.evidence()));
    return table.text();
  }

  private static String counters(Map<String, Long> counters) {
    var text = new StringBuilder();
    new TreeMap<>(counters)
        .forEach((name, n) -> text.append(text.isEmpty() ? "" : "  ").append(name + " " + n));
    return text.toString();
  }

  private static String list(Iterable<String> words) {
    return String.join(", ", words);
  }
}
