package dev.sluice.config.build;

import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Nearest;
import java.util.function.Function;

/** The {@code track_*} rows that instances and groups share. */
final class Trackers {
  private Trackers() {}

  static <B> void rows(Block<B> table, Function<B, Plan.Trackers> of) {
    table
        .lines(
            "track_interface",
            "INTERFACE [weight N [reverse]]",
            _ -> {},
            (b, args) -> interfaceLine(of.apply(b), args))
        .meaning("Interfaces whose failure is a FAULT, or lowers the priority.");
    table
        .lines(
            "track_script",
            "SCRIPT [weight N [reverse|noreverse]]",
            _ -> {},
            (b, args) -> scriptLine(of.apply(b), args))
        .meaning("vrrp_scripts whose failure is a FAULT, or moves the priority.");
    table
        .lines("track_file", "FILE [weight N [reverse]]", _ -> {}, (b, args) -> args.rest())
        .notYet()
        .meaning("track_files whose number moves the priority.");
    table
        .lines("track_process", "PROCESS [weight N [reverse]]", _ -> {}, (b, args) -> args.rest())
        .notYet()
        .meaning("vrrp_track_processes whose absence is a FAULT, or moves the priority.");
    table
        .lines("track_bfd", "BFD [weight N [reverse]]", _ -> {}, (b, args) -> args.rest())
        .notYet()
        .meaning("bfd_instances whose failure is a FAULT, or moves the priority.");
  }

  private static void interfaceLine(Plan.Trackers trackers, Args args) {
    TrackLines.Line line = TrackLines.read(args, 253, "interface");
    if (line == null || line.faulty()) {
      return;
    }
    if (duplicate(trackers, args, "interface", line)) {
      return;
    }
    Interfaces.missing(args.context(), line.name());
    trackers.interfaces.add(new Plan.Tracked(line.name().text(), line.weight(), line.name().at()));
  }

  private static boolean duplicate(
      Plan.Trackers trackers, Args args, String kind, TrackLines.Line line) {
    if (trackers.seen.putIfAbsent(kind + ' ' + line.name().text(), line.name().at()) == null) {
      return false;
    }
    args.diagnostics()
        .error(
            line.name().at(),
            "duplicate",
            kind + " '" + line.name().text() + "' is tracked a second time",
            "ignored",
            "");
    return true;
  }

  private static void scriptLine(Plan.Trackers trackers, Args args) {
    TrackLines.Line line = TrackLines.read(args, 253, "script");
    if (line == null || line.faulty()) {
      return;
    }
    ScriptBuilder script = trackers.plan.scripts.get(line.name().text());
    if (script == null) {
      args.diagnostics()
          .error(
              line.name().at(),
              "unknown-tracker",
              "there is no vrrp_script '" + line.name().text() + "' above this line",
              "ignored",
              Nearest.of(line.name().text(), trackers.plan.scripts.keySet())
                  .map(near -> "did you mean '" + near + "'?")
                  .orElse("a tracker must be defined before the block that names it"));
      return;
    }
    if (duplicate(trackers, args, "script", line)) {
      return;
    }
    script.used = true;
    trackers.scripts.add(new Plan.Tracked(line.name().text(), line.weight(), line.name().at()));
  }
}
