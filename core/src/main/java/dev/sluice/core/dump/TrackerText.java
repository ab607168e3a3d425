package dev.sluice.core.dump;

import dev.sluice.config.model.Script;
import dev.sluice.config.model.TrackFile;
import dev.sluice.config.model.TrackProcess;
import dev.sluice.config.model.TrackedObject;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.vrrp.VrrpSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Sync groups, scripts, files and processes: what moves instances. */
final class TrackerText {
  private TrackerText() {}

  static void write(DumpInput input, Lines out) {
    groups(input, out);
    scripts(input, out);
    files(input, out);
    processes(input, out);
  }

  private static void groups(DumpInput input, Lines out) {
    if (input.vrrp().groups().isEmpty()) {
      return;
    }
    out.section("VRRP Sync groups");
    for (VrrpSnapshot.Group g : input.vrrp().groups()) {
      out.head("VRRP Sync Group = " + g.name() + ", " + g.state());
      out.property(
          "Num member fault "
              + members(input, g, "FAULT")
              + ", num member init "
              + members(input, g, "INIT"));
      out.list("VRRP member instances", g.members());
      input.configuration().syncGroups().stream()
          .filter(c -> c.name().equals(g.name()))
          .findFirst()
          .ifPresent(c -> groupSettings(c, input, out));
    }
  }

  private static void groupSettings(VrrpSyncGroup c, DumpInput input, Lines out) {
    out.list(
        "Tracked interfaces",
        c.trackInterfaces().stream()
            .map(t -> t.interfaceName() + InstanceText.weight(" weight ", t.weight(), t.reverse()))
            .toList());
    out.list(
        "Tracked scripts",
        c.trackScripts().stream()
            .map(t -> t.script() + InstanceText.weight(" weight ", t.weight(), t.reverse()))
            .toList());
    out.property("Using smtp notification", Words.yes(c.options().smtpAlert()));
    InstanceText.transitions(out, c.notifyScripts(), input);
  }

  private static long members(DumpInput input, VrrpSnapshot.Group g, String state) {
    return input.vrrp().instances().stream()
        .filter(i -> g.members().contains(i.name()) && i.state().name().equals(state))
        .count();
  }

  private static void scripts(DumpInput input, Lines out) {
    List<VrrpScript> scripts = input.configuration().vrrpScripts();
    if (scripts.isEmpty()) {
      return;
    }
    out.section("VRRP Scripts");
    for (VrrpScript s : scripts) {
      VrrpSnapshot.Script standing =
          input.vrrp().scripts().stream()
              .filter(x -> x.name().equals(s.name()))
              .findFirst()
              .orElse(new VrrpSnapshot.Script(s.name(), "UNKNOWN", "", null));
      boolean up = standing.status().equals("UP");
      Script command = s.script();
      out.head("VRRP Script = " + s.name());
      out.property("Command", Words.command(command));
      out.property("Interval", span(s.interval()));
      out.property("Timeout", span(s.timeout()));
      out.property("Weight", InstanceText.weight("", s.weight(), s.reverse()));
      out.property("Rise", s.rise());
      out.property("Fall", s.fall());
      // Of keepalived's running number only the side is known here: good from rise on.
      out.property("Result", up ? s.rise() + s.fall() - 1 : 0);
      out.property("Insecure", "no");
      out.property("Init state", s.initFail() ? "failed" : "unknown");
      out.property("Status", status(standing.status()));
      out.property(
          "Script uid:gid",
          Words.owner(command.user(), input.configuration().global().scriptUser()));
      out.property("VRRP instances :");
      out.property("Tracking instances :");
      trackedBy(
          input,
          out,
          i ->
              i.trackScripts().stream()
                  .filter(t -> t.script().equals(s.name()))
                  .map(t -> InstanceText.weight(", weight ", t.weight(), t.reverse()))
                  .toList());
      out.property("State", "idle");
    }
  }

  private static String status(String status) {
    return switch (status) {
      case "UP" -> "GOOD";
      case "DOWN" -> "BAD";
      default -> "INIT";
    };
  }

  private static String span(Duration span) {
    return span.toNanosPart() == 0 ? span.toSeconds() + " sec" : Words.seconds(span) + " sec";
  }

  private static void files(DumpInput input, Lines out) {
    List<TrackFile> files = input.configuration().further().trackFiles();
    if (files.isEmpty()) {
      return;
    }
    out.section("VRRP Track files");
    for (TrackFile f : files) {
      out.head("Track file = " + f.name());
      out.property("File", f.file());
      out.property("Weight", InstanceText.weight("", f.weight(), f.reverse()));
      out.property("Tracking instances :");
      trackedBy(input, out, i -> weights(i.options().trackFiles(), f.name()));
    }
  }

  private static void processes(DumpInput input, Lines out) {
    List<TrackProcess> processes = input.configuration().further().trackProcesses();
    if (processes.isEmpty()) {
      return;
    }
    out.section("VRRP Track processes");
    for (TrackProcess p : processes) {
      out.head("VRRP Track process = " + p.name());
      out.property("Process", String.join(" ", p.command()));
      out.property("Min processes", p.quorum());
      if (p.quorumMax() != Integer.MAX_VALUE) {
        out.property("Max processes", p.quorumMax());
      }
      out.property("Weight", InstanceText.weight("", p.weight(), p.reverse()));
      out.property("Terminate delay", Words.seconds(p.terminateDelay()) + "s");
      out.property("Fork delay", Words.seconds(p.forkDelay()) + "s");
      out.property("Full command", p.fullCommand());
      out.property("Tracking instances :");
      trackedBy(input, out, i -> weights(i.options().trackProcesses(), p.name()));
    }
  }

  private static List<String> weights(List<TrackedObject> tracked, String name) {
    return tracked.stream()
        .filter(t -> t.name().equals(name))
        .map(t -> InstanceText.weight(", weight ", t.weight(), t.reverse()))
        .toList();
  }

  private static void trackedBy(
      DumpInput input, Lines out, Function<VrrpInstance, List<String>> weights) {
    for (VrrpInstance i : input.configuration().vrrpInstances()) {
      weights.apply(i).forEach(weight -> out.item(i.name() + weight));
    }
  }
}
